import type { RarityOfIndex } from './feedback.ts';
import type { KeywordVector } from './keyword-vector.ts';
import type { VectorIndex } from './vector-index.ts';

/** Which words are common shows in so few texts already; the index itself knows exactly, but keeps it to itself. */
const sampleSize = 200;
const freshMilliseconds = 10 * 60_000;
const maxWorkspaces = 100;

type Held = Map<string, { rarity: Promise<RarityOfIndex>; until: number }>;
const held = new WeakMap<VectorIndex, Held>();

/**
 * How rare terms are in a workspace, from a sample of what is indexed of it; asked for once in ten minutes. The sample is of all texts,
 * whoever may read them, and only counts leave it: as in the index itself, where they rank what is found.
 */
export function sampleRarity(index: VectorIndex, workspaceId: string): Promise<RarityOfIndex> {
  const ofIndex: Held = held.get(index) ?? new Map();
  held.set(index, ofIndex);
  const now = Date.now();
  const known = ofIndex.get(workspaceId);
  if (known && known.until > now) return known.rarity;
  const rarity = index.sample(workspaceId, sampleSize).then(rarityIn);
  if (ofIndex.size >= maxWorkspaces) ofIndex.clear();
  ofIndex.set(workspaceId, { rarity, until: now + freshMilliseconds });
  // What failed is not held: the next search asks again.
  rarity.catch(() => ofIndex.delete(workspaceId));
  return rarity;
}

/** Inverse document frequency, as BM25 has it. */
export function rarityIn(sample: readonly KeywordVector[]): RarityOfIndex {
  const counts = new Map<number, number>();
  for (const { indices } of sample) for (const index of indices) counts.set(index, (counts.get(index) ?? 0) + 1);
  return (index) => {
    const count = counts.get(index) ?? 0;
    return Math.log(1 + (sample.length - count + 0.5) / (count + 0.5));
  };
}
