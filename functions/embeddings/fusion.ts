import type { Hit } from './point.ts';

/** What was found in one way, and how much it counts beside the others. */
export interface Ranking {
  /** Best first. */
  readonly hits: readonly Hit[];
  readonly weight: number;
  /**
   * From which place on a score says nothing: all vectors of a model are somewhat near to each other. Scores that are zero for what has
   * nothing in common need none.
   */
  readonly worthlessFrom?: number;
}

/**
 * One ranking out of several whose scores cannot be compared: each is stretched so that its best is 1 and what is worth nothing 0; what a
 * ranking does not hold is worth nothing there. Distances count, not places: one that is sure of its first is heard above one that is not.
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
  // Equals stay in the order in which they were found.
  return [...fused.values()].toSorted((a, b) => b.score - a.score);
}
