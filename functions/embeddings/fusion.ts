import type { Hit } from './point.ts';

/** A ranking of one search method, and its weight. */
export interface Ranking {
  /** Hits, best first. */
  readonly hits: readonly Hit[];
  readonly weight: number;
  /**
   * The rank after which a score means nothing, because all vectors of a model are somewhat near to each other. Rankings that score
   * unrelated texts 0 need none.
   */
  readonly worthlessFrom?: number;
}

/**
 * Merges rankings whose scores cannot be compared. Each is scaled so that its best score is 1 and a meaningless one 0; a missing hit
 * counts 0. Scores are used, not ranks: a ranking that is sure of its first hit outweighs one that is not.
 */
export function fuse(rankings: readonly Ranking[]): Hit[] {
  const fused = new Map<string, Hit>();
  for (const { hits, weight, worthlessFrom } of rankings) {
    const best = hits[0]?.score ?? 0;
    const least = worthlessFrom === undefined ? 0 : ((hits[worthlessFrom - 1] ?? hits.at(-1))?.score ?? 0);
    for (const hit of hits) {
      const share = best > least ? Math.max(0, (hit.score - least) / (best - least)) : 1;
      fused.set(hit.id, { ...hit, score: (fused.get(hit.id)?.score ?? 0) + weight * share });
    }
  }
  // Sorting is stable: equal hits keep the order in which they were found.
  return [...fused.values()].toSorted((a, b) => b.score - a.score);
}
