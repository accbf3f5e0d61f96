import type { Embedder } from '../../embeddings/embedder.ts';
import { vectorOfNothing } from '../../embeddings/embedder.ts';
import type { VectorIndex } from '../../embeddings/vector-index.ts';
import type { App } from '../../platform/app.ts';
import { describeEpoch } from '../epochs/epoch-text.ts';
import { findCandidates } from '../links/find-candidates.ts';
import type { Found } from '../links/find-candidates.ts';
import { findVectors, listEpochsToIndex } from './index-store.ts';
import type { DescribedEpoch } from './index-store.ts';
import type { Memory } from '../index-handle.ts';
import type { Rarity } from '../learning/rarity.ts';
import { countRejections } from '../links/relate-store.ts';
import { likelyRelated } from '../links/likely-links.ts';
import type { Likely } from '../links/likely-links.ts';

type LinkApp = Pick<App, 'db'> & { readonly memory: Memory };

interface Linking {
  readonly epochs: readonly DescribedEpoch[];
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly embedder: Embedder;
  readonly rarity: Rarity;
  /** They are taken in the order of their ids, and those behind them come too. */
  readonly isInOrder: boolean;
}

/** Epochs that came into the index late have others behind them that were linked without them: so many of those are linked again. */
const maxRelinked = 200;

/**
 * What epochs are related to, of what was said before them, by id. Where one of them comes late, as after an outage, what is near to it and
 * later is linked again. Throws `IndexUnavailable`.
 */
export async function linkEpochs(app: LinkApp, workspaceId: string, linking: Linking): Promise<Map<string, Likely[]>> {
  const { epochs, embedder, rarity, isInOrder } = linking;
  const index = await app.memory.indexOf(embedder);
  const near = new Map<DescribedEpoch, Found[]>();
  for (const epoch of epochs) near.set(epoch, await look(index, workspaceId, epoch, linking));
  const known = new Set<string>(epochs.map(({ epoch }) => epoch.id));
  const later = [...near].flatMap(([epoch, found]) =>
    found.filter(({ id, at }) => !known.has(id) && at > endOf(epoch) && (!isInOrder || id < epoch.epoch.id)).map(({ id }) => id),
  );
  const again = await readAgain(app, workspaceId, [...new Set(later)].slice(0, maxRelinked), linking);
  const relinking = { ...linking, ...again, embedder, rarity };
  for (const epoch of again.epochs) near.set(epoch, await look(index, workspaceId, epoch, relinking));
  return choose(app, workspaceId, near);
}

const startOf = ({ epoch }: DescribedEpoch): Date => new Date(epoch.openedAt);
/** Only what began after it can come back to it; where two were talked of at the same time, neither does. */
const endOf = ({ epoch }: DescribedEpoch): Date => new Date(epoch.lastEventAt);

/** What is near, earlier and later. Where there is later, the earlier are asked for alone: how many there are decides what stands out. */
async function look(
  index: VectorIndex,
  workspaceId: string,
  described: DescribedEpoch,
  { vectors, embedder, rarity }: Linking,
): Promise<Found[]> {
  const scope = { workspaceId, kinds: ['epoch'], readable: 'all', exclude: [described.epoch.id] } as const;
  const sought = {
    text: described.described.text,
    vector: vectors.get(described.epoch.id) ?? vectorOfNothing(embedder.dimension),
    isOffline: embedder.isOffline,
    rarityOf: rarity.ofIndex,
  };
  const found = await findCandidates(index, { ...sought, scope });
  const start = startOf(described);
  if (found.every(({ at }) => at < start)) return found;
  const earlier = await findCandidates(index, { ...sought, scope: { ...scope, before: start } });
  return [...earlier, ...found.filter(({ at }) => at >= start)];
}

/** Epochs that are in the index already, with their vectors. */
async function readAgain(
  app: LinkApp,
  workspaceId: string,
  epochIds: readonly string[],
  { embedder, rarity }: Linking,
): Promise<Pick<Linking, 'epochs' | 'vectors'>> {
  if (epochIds.length === 0) return { epochs: [], vectors: new Map() };
  return app.db.transaction(workspaceId, async (tx) => {
    const [found, stored] = await Promise.all([listEpochsToIndex(tx, epochIds), findVectors(tx, epochIds, embedder)]);
    return {
      epochs: found
        .filter(({ epoch }) => epoch.status === 'closed')
        .map((epoch) => ({ ...epoch, described: describeEpoch(epoch.texts, rarity.ofTerm) })),
      vectors: new Map(stored.map(({ epochId, vector }) => [epochId, vector])),
    };
  });
}

/** Each time that members said of an epoch that it is not related, it has to be so much more alike. */
const rejected = 0.8;

/** Of what is near, what stands out; what the workspace has often refused stands out less. */
async function choose(
  app: LinkApp,
  workspaceId: string,
  near: ReadonlyMap<DescribedEpoch, readonly Found[]>,
): Promise<Map<string, Likely[]>> {
  const ids = [...new Set([...near.values()].flat().map(({ id }) => id))];
  const rejections = ids.length === 0 ? new Map<string, number>() : await app.db.transaction(workspaceId, (tx) => countRejections(tx, ids));
  return new Map(
    [...near].map(([described, found]) => {
      const earlier = found.filter(({ at }) => at < startOf(described));
      return [described.epoch.id, likelyRelated(earlier.map((one) => discounted(one, rejections)))];
    }),
  );
}

/** A candidate as likely as the workspace has left it. */
export const discounted = (candidate: Found, rejections: ReadonlyMap<string, number>): Found => ({
  ...candidate,
  likeness: candidate.likeness * rejected ** (rejections.get(candidate.id) ?? 0),
});
