import type { Frequencies } from './feedback.ts';
import type { KeywordVector } from './keyword-vector.ts';
import type { VectorIndex } from './vector-index.ts';

/** Which words are common shows in so few texts already; the index itself knows exactly, but keeps it to itself. */
const sampleSize = 200;
const freshMilliseconds = 10 * 60_000;
const maxWorkspaces = 100;

type Held = Map<string, { frequencies: Promise<Frequencies>; until: number }>;
const held = new WeakMap<VectorIndex, Held>();

/**
 * How common terms are in a workspace, from a sample of what is indexed of it; asked for once in ten minutes. The sample is of all texts,
 * whoever may read them, and only counts leave it: as in the index itself, where they rank what is found.
 */
export function sampleFrequencies(index: VectorIndex, workspaceId: string): Promise<Frequencies> {
  const ofIndex: Held = held.get(index) ?? new Map();
  held.set(index, ofIndex);
  const now = Date.now();
  const known = ofIndex.get(workspaceId);
  if (known && known.until > now) return known.frequencies;
  const frequencies = index.sample(workspaceId, sampleSize).then(frequenciesIn);
  if (ofIndex.size >= maxWorkspaces) ofIndex.clear();
  ofIndex.set(workspaceId, { frequencies, until: now + freshMilliseconds });
  // What failed is not held: the next search asks again.
  frequencies.catch(() => ofIndex.delete(workspaceId));
  return frequencies;
}

/** Rarity is the inverse document frequency as BM25 has it. */
export function frequenciesIn(sample: readonly KeywordVector[]): Frequencies {
  const counts = new Map<number, number>();
  for (const { indices } of sample) for (const index of indices) counts.set(index, (counts.get(index) ?? 0) + 1);
  const countOf = (index: number) => (counts.get(index) ?? 0) + 0.5;
  return {
    rarityOf: (index) => Math.log(1 + (sample.length + 1 - countOf(index)) / countOf(index)),
    shareOf: (index) => countOf(index) / (sample.length + 1),
  };
}
