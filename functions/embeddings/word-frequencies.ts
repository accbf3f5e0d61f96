import type { Frequencies } from './feedback.ts';
import type { KeywordVector } from './keyword-vector.ts';
import type { VectorIndex } from './vector-index.ts';

/** Sample size: common words show in few texts. Qdrant knows exact frequencies but does not expose them. */
const sampleSize = 200;
const freshMilliseconds = 10 * 60_000;
const maxWorkspaces = 100;

type WorkspaceCache = Map<string, { frequencies: Promise<Frequencies>; until: number }>;
const caches = new WeakMap<VectorIndex, WorkspaceCache>();

/**
 * Term frequencies of a workspace, from a sample that is cached for ten minutes. The sample ignores who may read the texts, but only
 * counts leave it, as in the index's own ranking.
 */
export function sampleFrequencies(index: VectorIndex, workspaceId: string): Promise<Frequencies> {
  const ofIndex: WorkspaceCache = caches.get(index) ?? new Map();
  caches.set(index, ofIndex);
  const now = Date.now();
  const known = ofIndex.get(workspaceId);
  if (known && known.until > now) return known.frequencies;
  const frequencies = index.sample(workspaceId, sampleSize).then(frequenciesIn);
  if (ofIndex.size >= maxWorkspaces) ofIndex.clear();
  ofIndex.set(workspaceId, { frequencies, until: now + freshMilliseconds });
  // A failed sample is not cached: the next search asks again.
  frequencies.catch(() => ofIndex.delete(workspaceId));
  return frequencies;
}

/** Frequencies in a sample. The rarity is BM25's inverse document frequency. */
export function frequenciesIn(sample: readonly KeywordVector[]): Frequencies {
  const counts = new Map<number, number>();
  for (const { indices } of sample) for (const index of indices) counts.set(index, (counts.get(index) ?? 0) + 1);
  const countOf = (index: number) => (counts.get(index) ?? 0) + 0.5;
  return {
    rarityOf: (index) => Math.log(1 + (sample.length + 1 - countOf(index)) / countOf(index)),
    shareOf: (index) => countOf(index) / (sample.length + 1),
  };
}
