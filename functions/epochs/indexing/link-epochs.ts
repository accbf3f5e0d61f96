import { vectorOfNothing } from '../../embeddings/embedder.ts';
import type { Embedder } from '../../embeddings/embedder.ts';
import type { VectorIndex } from '../../embeddings/vector-index.ts';
import type { App } from '../../platform/app.ts';
import { listEpochContents } from '../epochs/epoch-store.ts';
import { describeEpoch } from '../epochs/epoch-text.ts';
import type { DescribedEpoch } from '../epochs/epoch-text.ts';
import type { IndexHandle } from '../index-handle.ts';
import type { Rarity } from '../learning/rarity.ts';
import { chooseLinks, discountRejected } from '../links/choose-links.ts';
import type { ScoredLink } from '../links/choose-links.ts';
import { findCandidates } from '../links/find-candidates.ts';
import type { EpochCandidate } from '../links/find-candidates.ts';
import { countRejections } from '../links/link-store.ts';
import { findVectors } from './index-store.ts';

type LinkApp = Pick<App, 'db'> & { readonly index: IndexHandle };

interface LinkInput {
  readonly epochs: readonly DescribedEpoch[];
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly embedder: Embedder;
  readonly rarity: Rarity;
  /** The caller indexes all epochs in the order of their ids: later ones get their links in their own turn. */
  readonly isInOrder: boolean;
}

/** Later epochs that are linked again when an epoch reaches the index late, at most. */
const maxRelinked = 200;

/**
 * Chooses the earlier epochs that each epoch is related to, by epoch id. When an epoch reaches the index late, as after an outage, the later
 * epochs near it are linked again. Throws `IndexUnavailable`.
 */
export async function linkEpochs(app: LinkApp, workspaceId: string, input: LinkInput): Promise<Map<string, ScoredLink[]>> {
  const { epochs, embedder, rarity, isInOrder } = input;
  const index = await app.index.open(embedder);
  const near = new Map<DescribedEpoch, EpochCandidate[]>();
  for (const epoch of epochs) near.set(epoch, await findNear(index, workspaceId, epoch, input));
  const given = new Set<string>(epochs.map(({ epoch }) => epoch.id));
  const later = [...near].flatMap(([epoch, found]) =>
    found.filter(({ id, at }) => !given.has(id) && at > endOf(epoch) && (!isInOrder || id < epoch.epoch.id)).map(({ id }) => id),
  );
  const relinked = await readIndexed(app, workspaceId, [...new Set(later)].slice(0, maxRelinked), input);
  const relinkInput = { ...input, ...relinked, embedder, rarity };
  for (const epoch of relinked.epochs) near.set(epoch, await findNear(index, workspaceId, epoch, relinkInput));
  return choose(app, workspaceId, near);
}

const startOf = ({ epoch }: DescribedEpoch): Date => new Date(epoch.openedAt);
/** An epoch can only come back to one that ended before it began. Two that overlap are not linked. */
const endOf = ({ epoch }: DescribedEpoch): Date => new Date(epoch.lastEventAt);

/**
 * Candidates near an epoch, earlier and later. When there are later ones, the index is asked for the earlier ones alone: `chooseLinks`
 * depends on how many candidates it compares.
 */
async function findNear(
  index: VectorIndex,
  workspaceId: string,
  described: DescribedEpoch,
  { vectors, embedder, rarity }: LinkInput,
): Promise<EpochCandidate[]> {
  const scope = { workspaceId, kinds: ['epoch'], readable: 'all', exclude: [described.epoch.id] } as const;
  const query = {
    text: described.described.text,
    vector: vectors.get(described.epoch.id) ?? vectorOfNothing(embedder.dimension),
    isOffline: embedder.isOffline,
    rarityOf: rarity.ofIndex,
  };
  const found = await findCandidates(index, { ...query, scope });
  const start = startOf(described);
  if (found.every(({ at }) => at < start)) return found;
  const earlier = await findCandidates(index, { ...query, scope: { ...scope, before: start } });
  return [...earlier, ...found.filter(({ at }) => at >= start)];
}

/** Closed epochs that are in the index already, with their vectors. */
async function readIndexed(
  app: LinkApp,
  workspaceId: string,
  epochIds: readonly string[],
  { embedder, rarity }: LinkInput,
): Promise<Pick<LinkInput, 'epochs' | 'vectors'>> {
  if (epochIds.length === 0) return { epochs: [], vectors: new Map() };
  return app.db.transaction({ workspaceId }, async (tx) => {
    const [found, stored] = await Promise.all([listEpochContents(tx, epochIds), findVectors(tx, epochIds, embedder)]);
    return {
      epochs: found
        .filter(({ epoch }) => epoch.status === 'closed')
        .map((epoch) => ({ ...epoch, described: describeEpoch(epoch.texts, rarity.ofTerm) })),
      vectors: new Map(stored.map(({ epochId, vector }) => [epochId, vector])),
    };
  });
}

/** Chooses links among the earlier candidates of each epoch. Candidates that members have often rejected need a higher likeness. */
async function choose(
  app: LinkApp,
  workspaceId: string,
  near: ReadonlyMap<DescribedEpoch, readonly EpochCandidate[]>,
): Promise<Map<string, ScoredLink[]>> {
  const ids = [...new Set([...near.values()].flat().map(({ id }) => id))];
  const rejections =
    ids.length === 0 ? new Map<string, number>() : await app.db.transaction({ workspaceId }, (tx) => countRejections(tx, ids));
  return new Map(
    [...near].map(([described, found]) => {
      const earlier = found.filter(({ at }) => at < startOf(described));
      return [described.epoch.id, chooseLinks(earlier.map((one) => discountRejected(one, rejections)))];
    }),
  );
}
