import { metric } from '../../../contract/names.ts';
import { EmbeddingFailed, vectorOfNothing } from '../../embeddings/embedder.ts';
import type { Embedder } from '../../embeddings/embedder.ts';
import type { IndexPoint } from '../../embeddings/point.ts';
import { termsOf } from '../../embeddings/words.ts';
import type { App } from '../../platform/app.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { announceEpochs } from '../epochs/announce-epochs.ts';
import { incrementRevs, listEpochContents } from '../epochs/epoch-store.ts';
import { describeEpoch } from '../epochs/epoch-text.ts';
import type { DescribedEpoch } from '../epochs/epoch-text.ts';
import type { IndexHandle } from '../index-handle.ts';
import type { KnowledgeSource } from '../learning/knowledge.ts';
import { createRarity } from '../learning/rarity.ts';
import type { Rarity } from '../learning/rarity.ts';
import { announceRelated } from '../links/announce-related.ts';
import type { ScoredLink } from '../links/choose-links.ts';
import { replaceLinks } from '../links/link-store.ts';
import {
  deleteVectors,
  ensureModels,
  findVectors,
  listNewestOfStreams,
  markIndexed,
  postponeEpochs,
  upsertVectors,
} from './index-store.ts';
import type { IndexedEpoch, Model, StoredVector, WorkspaceModels } from './index-store.ts';
import { linkEpochs } from './link-epochs.ts';

/** The parts of the app that indexing uses. */
export type IndexApp = Pick<
  App,
  'db' | 'queues' | 'fanOutQueueUrl' | 'epochsQueueUrl' | 'embeddingsQueueUrl' | 'clock' | 'log' | 'metrics'
> & {
  readonly index: IndexHandle;
  readonly knowledge: KnowledgeSource;
};

/** `isInOrder`: the caller indexes all epochs in the order of their ids, so the links of later epochs are made in their own turn. */
interface IndexOptions {
  readonly isInOrder?: boolean;
}

/**
 * Indexes several epochs with few calls to the provider. When the provider rejects a text, the epochs are indexed one by one, and the
 * rejected one moves to the end of the queue. Throws as `indexEpochs` does for other failures.
 */
export async function indexEpochsOrPostpone(
  app: IndexApp,
  workspaceId: string,
  epochIds: readonly string[],
  options: IndexOptions = {},
): Promise<WorkspaceModels | undefined> {
  try {
    return await indexEpochs(app, workspaceId, epochIds, options);
  } catch (error) {
    if (!isTextRejected(error)) throw error;
  }
  let models: WorkspaceModels | undefined;
  for (const epochId of epochIds) {
    try {
      models = await indexEpochs(app, workspaceId, [epochId], options);
    } catch (error) {
      if (!isTextRejected(error)) throw error;
      app.log.warn('An epoch cannot be embedded', { epochId, error: error as Error });
      await app.db.transaction({ workspaceId }, (tx) => postponeEpochs(tx, [epochId], app.clock.now()));
    }
  }
  return models;
}

const isTextRejected = (error: unknown): boolean =>
  error instanceof EmbeddingFailed && (error.kind === 'invalid' || error.kind === 'refused');

/**
 * Labels closed epochs, embeds them, writes them into the index, links them and announces them to their rooms. Safe to repeat: a model
 * embeds a text once, and points are replaced. Each epoch is read as it is now, and marked as indexed with the revision that was read.
 * Throws `EmbeddingFailed` and `IndexUnavailable`; the epochs then wait, and the vectors made so far are stored.
 */
export async function indexEpochs(
  app: IndexApp,
  workspaceId: string,
  epochIds: readonly string[],
  { isInOrder = false }: IndexOptions = {},
): Promise<WorkspaceModels> {
  const embedder = await app.index.embedder();
  const { epochs, models, rarity } = await read(app, workspaceId, epochIds, embedder);
  const closed = epochs.filter(({ epoch }) => epoch.status === 'closed');
  if (closed.length === 0) return models;
  const withWords = closed.filter(hasWords);
  const vectors = await embed(app, workspaceId, withWords, embedder);
  for (const model of [models.active, ...(models.next ? [models.next] : [])]) {
    await replacePoints(app, workspaceId, closed, model, isSameModel(model, embedder) ? vectors : undefined);
  }
  // The index of another model holds no vectors to compare these with.
  const links = isSameModel(models.active, embedder)
    ? await linkEpochs(app, workspaceId, { epochs: withWords, vectors, embedder, rarity, isInOrder })
    : new Map<string, never>();
  await finish(app, workspaceId, closed, links);
  app.metrics.count(metric.epochsIndexed, closed.length);
  return models;
}

/** Tells whether vectors of two models can be compared. */
export const isSameModel = (a: Model, b: Model): boolean => a.model === b.model && a.dimension === b.dimension;

const hasWords = ({ described }: DescribedEpoch): boolean => termsOf(described.text).length > 0;

interface Reading {
  readonly epochs: readonly DescribedEpoch[];
  readonly models: WorkspaceModels;
  readonly rarity: Rarity;
}

async function read(app: IndexApp, workspaceId: string, epochIds: readonly string[], embedder: Embedder): Promise<Reading> {
  return app.db.transaction({ workspaceId }, async (tx) => {
    const [found, models] = await Promise.all([listEpochContents(tx, epochIds), ensureModels(tx, embedder)]);
    const rarity = createRarity(await app.knowledge.newest(tx));
    const epochs = found.map((epoch) => ({ ...epoch, described: describeEpoch(epoch.texts, rarity.ofTerm) }));
    return { epochs, models, rarity };
  });
}

/** Vectors of epochs by id: the stored ones, and one call to the provider for the rest. */
async function embed(
  app: IndexApp,
  workspaceId: string,
  epochs: readonly DescribedEpoch[],
  embedder: Embedder,
): Promise<Map<string, Float32Array>> {
  const ids = epochs.map(({ epoch }) => epoch.id);
  const found = ids.length === 0 ? [] : await app.db.transaction({ workspaceId }, (tx) => findVectors(tx, ids, embedder));
  const byId = new Map(found.map((stored) => [stored.epochId, stored]));
  const missing = epochs.filter(({ epoch, described }) => byId.get(epoch.id)?.hash.equals(described.hash) !== true);
  if (missing.length > 0) {
    const made = await embedder.embed(
      missing.map(({ described }) => described.text),
      'document',
    );
    const stored = missing.map(({ epoch, described }, at): StoredVector => {
      const vector = made[at];
      if (!vector) throw new Error('The embedder gave fewer vectors than texts');
      return { epochId: epoch.id, hash: described.hash, vector };
    });
    // The provider charges for vectors, so they are stored before the next step can fail.
    const now = app.clock.now();
    await app.db.transaction({ workspaceId }, (tx) => upsertVectors(tx, stored, { ...embedder, model: embedder.model, now }));
    for (const vector of stored) byId.set(vector.epochId, vector);
  }
  return new Map([...byId].map(([id, { vector }]) => [id, vector]));
}

/** Writes epochs into the index of one model. An epoch without a vector of that model is found by its words only. */
async function replacePoints(
  app: IndexApp,
  workspaceId: string,
  epochs: readonly DescribedEpoch[],
  model: Model,
  vectors: ReadonlyMap<string, Float32Array> | undefined,
): Promise<void> {
  const index = await app.index.open(model);
  await index.remove(
    workspaceId,
    epochs.filter((epoch) => !hasWords(epoch)).map(({ epoch }) => epoch.id),
  );
  await index.upsert(
    epochs.filter(hasWords).map((epoch) => toPoint(workspaceId, epoch, vectors?.get(epoch.epoch.id) ?? vectorOfNothing(model.dimension))),
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
    // The words of a generated label are in the text already.
    ...(epoch.labelSource === 'member' && epoch.label !== null && { title: epoch.label }),
    text: described.text,
    vector,
  };
}

/** Marks epochs as indexed, with their labels and links, and announces both to their rooms, in one transaction. */
async function finish(
  app: IndexApp,
  workspaceId: string,
  epochs: readonly DescribedEpoch[],
  links: ReadonlyMap<string, readonly ScoredLink[]>,
): Promise<void> {
  const now = app.clock.now();
  await withOutbox(app, { workspaceId }, async (tx) => {
    const revs = await incrementRevs(tx, [...new Set(epochs.map(({ epoch }) => epoch.streamId))]);
    const indexed = await markIndexed(tx, epochs.map(toIndexedEpoch), revs, now);
    const empty = epochs.filter((epoch) => !hasWords(epoch)).map(({ epoch }) => epoch.id);
    if (empty.length > 0) await deleteVectors(tx, empty);
    if (links.size > 0) await replaceLinks(tx, links, now);
    for (const [streamId, items] of Map.groupBy(indexed, ({ streamId }) => streamId))
      announceEpochs(tx, streamId, { rev: revs.get(streamId) ?? 0, epochs: items });
    const recent = indexed.filter(({ lastEventAt }) => now.getTime() - Date.parse(lastEventAt) < recentMs).map(({ id }) => id);
    const newest = recent.length === 0 ? [] : await listNewestOfStreams(tx, recent);
    for (const { id, streamId } of newest) await announceRelated(tx, streamId, id);
  });
  app.metrics.count(metric.linksFound, [...links.values()].flat().length);
}

/** Rooms are sent the related epochs of a conversation that ended this recently. An older one is on no screen. */
const recentMs = 60 * 60_000;

function toIndexedEpoch({ epoch: { id }, contentRev, described }: DescribedEpoch): IndexedEpoch {
  const { label, terms, snippet, messageCount } = described;
  return { id, contentRev, label, terms, snippet, messageCount };
}
