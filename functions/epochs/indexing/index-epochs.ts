import { metric } from '../../../contract/names.ts';
import type { Embedder } from '../../embeddings/embedder.ts';
import { vectorOfNothing } from '../../embeddings/embedder.ts';
import type { IndexPoint } from '../../embeddings/point.ts';
import { termsOf } from '../../embeddings/words.ts';
import type { App } from '../../platform/app.ts';
import { describeEpoch } from '../epochs/epoch-text.ts';
import { finishEpochs } from './finish-epochs.ts';
import { findVectors, listEpochsToIndex, upsertVectors } from './index-store.ts';
import type { DescribedEpoch, StoredVector } from './index-store.ts';
import type { KnowledgeSource } from '../learning/knowledge.ts';
import { linkEpochs } from './link-epochs.ts';
import type { Memory } from '../index-handle.ts';
import { findModels } from './model-store.ts';
import type { Model, ModelsOfWorkspace } from './model-store.ts';
import { createRarity } from '../learning/rarity.ts';
import type { Rarity } from '../learning/rarity.ts';

export type IndexApp = Pick<
  App,
  'db' | 'queues' | 'fanOutQueueUrl' | 'epochsQueueUrl' | 'embeddingsQueueUrl' | 'clock' | 'log' | 'metrics'
> & {
  readonly memory: Memory;
  readonly knowledge: KnowledgeSource;
};

/**
 * Labels closed epochs, embeds, indexes and links them. Safe to repeat: each is read as it is now, the same text is embedded once, what is
 * in the index is replaced, and what is noted as indexed is the revision that was read. Throws `EmbeddingFailed` and `IndexUnavailable`:
 * then they wait, and what was paid for is kept. `isInOrder`: all epochs are taken in the order of their ids, so that those behind are linked
 * when it is their turn.
 */
export async function indexEpochs(
  app: IndexApp,
  workspaceId: string,
  epochIds: readonly string[],
  { isInOrder = false }: { readonly isInOrder?: boolean } = {},
): Promise<ModelsOfWorkspace> {
  const embedder = await app.memory.embedder();
  const { epochs, models, rarity } = await read(app, workspaceId, epochIds, embedder);
  const closed = epochs.filter(({ epoch }) => epoch.status === 'closed');
  if (closed.length === 0) return models;
  const speaking = closed.filter(({ described }) => termsOf(described.text).length > 0);
  const vectors = await embedOnce(app, workspaceId, speaking, embedder);
  for (const model of [models.active, ...(models.next ? [models.next] : [])]) {
    await replacePoints(app, workspaceId, closed, model, isSame(model, embedder) ? vectors : undefined);
  }
  // Of another model than the index stands on there is nothing to compare with yet.
  const links = isSame(models.active, embedder)
    ? await linkEpochs(app, workspaceId, { epochs: speaking, vectors, embedder, rarity, isInOrder })
    : new Map<string, never>();
  await finishEpochs(app, workspaceId, closed, links);
  app.metrics.count(metric.epochsIndexed, closed.length);
  return models;
}

const isSame = (a: Model, b: Model): boolean => a.model === b.model && a.dimension === b.dimension;

interface ReadEpochs {
  readonly epochs: readonly DescribedEpoch[];
  readonly models: ModelsOfWorkspace;
  readonly rarity: Rarity;
}

async function read(app: IndexApp, workspaceId: string, epochIds: readonly string[], embedder: Embedder): Promise<ReadEpochs> {
  return app.db.transaction(workspaceId, async (tx) => {
    const [found, models] = await Promise.all([listEpochsToIndex(tx, epochIds), findModels(tx, embedder)]);
    const rarity = createRarity(await app.knowledge.newest(tx));
    const epochs = found.map((epoch) => ({ ...epoch, described: describeEpoch(epoch.texts, rarity.ofTerm) }));
    return { epochs, models, rarity };
  });
}

/** The vectors of epochs, by id: those that are kept, and of what they lack, all from one call. */
async function embedOnce(
  app: IndexApp,
  workspaceId: string,
  epochs: readonly DescribedEpoch[],
  embedder: Embedder,
): Promise<Map<string, Float32Array>> {
  const ids = epochs.map(({ epoch }) => epoch.id);
  const kept = ids.length === 0 ? [] : await app.db.transaction(workspaceId, (tx) => findVectors(tx, ids, embedder));
  const byId = new Map(kept.map((stored) => [stored.epochId, stored]));
  const lacking = epochs.filter(({ epoch, described }) => byId.get(epoch.id)?.hash.equals(described.hash) !== true);
  if (lacking.length > 0) {
    const made = await embedder.embed(
      lacking.map(({ described }) => described.text),
      'document',
    );
    const stored = lacking.map(({ epoch, described }, at): StoredVector => {
      const vector = made[at];
      if (!vector) throw new Error('The embedder gave fewer vectors than texts');
      return { epochId: epoch.id, hash: described.hash, vector };
    });
    // They are paid for: kept before anything else can fail.
    const now = app.clock.now();
    await app.db.transaction(workspaceId, (tx) => upsertVectors(tx, stored, { ...embedder, model: embedder.model, now }));
    for (const vector of stored) byId.set(vector.epochId, vector);
  }
  return new Map([...byId].map(([id, { vector }]) => [id, vector]));
}

/** Writes epochs into the index of one model. Without vectors of it they are found there by their words. */
async function replacePoints(
  app: IndexApp,
  workspaceId: string,
  epochs: readonly DescribedEpoch[],
  model: Model,
  vectors: ReadonlyMap<string, Float32Array> | undefined,
): Promise<void> {
  const index = await app.memory.indexOf(model);
  const silent = epochs.filter(({ described }) => termsOf(described.text).length === 0);
  await index.remove(
    workspaceId,
    silent.map(({ epoch }) => epoch.id),
  );
  await index.upsert(
    epochs
      .filter((epoch) => !silent.includes(epoch))
      .map((epoch) => toPoint(workspaceId, epoch, vectors?.get(epoch.epoch.id) ?? vectorOfNothing(model.dimension))),
  );
}

function toPoint(workspaceId: string, { epoch, described, isPublic }: DescribedEpoch, vector: Float32Array): IndexPoint {
  return {
    id: epoch.id,
    kind: 'epoch',
    workspaceId,
    streamId: epoch.streamId,
    visibility: isPublic ? 'public' : 'private',
    at: new Date(epoch.lastEventAt),
    // A label that memory has made says nothing that is not in the text.
    ...(epoch.labelSource === 'member' && epoch.label !== null && { title: epoch.label }),
    text: described.text,
    vector,
  };
}
