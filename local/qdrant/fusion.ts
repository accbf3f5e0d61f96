import { compareIds, type PointId } from './point.ts';
import { placeIn } from './posting.ts';

/** A found point, before its payload is read. */
export interface Hit {
  readonly id: PointId;
  readonly score: number;
}

/** Orders hits by score; the smaller id decides between equal scores, which makes answers deterministic. */
export const compareHits = (a: Hit, b: Hit): number => b.score - a.score || compareIds(a.id, b.id);

/** Keeps the best of many hits, in order. */
export class Best {
  readonly #hits: Hit[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get hits(): readonly Hit[] {
    return this.#hits;
  }

  /** Lowest score that is kept. */
  get floor(): number {
    return this.#hits.length < this.#limit ? -Infinity : (this.#hits.at(-1)?.score ?? -Infinity);
  }

  offer(hit: Hit): void {
    const hits = this.#hits;
    const last = hits.at(-1);
    if (hits.length >= this.#limit) {
      if (last === undefined || compareHits(hit, last) >= 0) return;
      hits.pop();
    }
    const at = placeIn(hits.length, (other) => compareHits(hits[other] as Hit, hit) < 0);
    hits.splice(at, 0, hit);
  }
}

/** Qdrant's default of `k`. */
const usualK = 2;

export interface RankFusion {
  readonly k?: number | null;
  readonly weights?: readonly number[] | null;
}

/** Reciprocal rank fusion: each list adds `1 / ((rank + 1) / weight + k - 1)`, ranks from 0; without weights that is `1 / (k + rank)`. */
export function fuseRanks(lists: readonly (readonly Hit[])[], { k, weights }: RankFusion = {}): Hit[] {
  return sumUp(
    lists.map((hits, list) => {
      const weight = weights?.[list] ?? 1;
      return hits.map(({ id }, rank) => ({ id, score: weight <= 0 ? 0 : 1 / ((rank + 1) / weight + (k ?? usualK) - 1) }));
    }),
  );
}

/** Distribution-based fusion: the scores of each list are scaled so that three deviations around their mean become 0 to 1, then added. */
export function fuseDistributions(lists: readonly (readonly Hit[])[]): Hit[] {
  return sumUp(
    lists.map((hits) => {
      if (hits.length < 2) return hits.map(({ id }) => ({ id, score: 0.5 }));
      const mean = hits.reduce((sum, { score }) => sum + score, 0) / hits.length;
      const variance = hits.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / (hits.length - 1);
      const [low, width] = [mean - 3 * Math.sqrt(variance), 6 * Math.sqrt(variance)];
      return hits.map(({ id, score }) => ({ id, score: width === 0 ? 0.5 : (score - low) / width }));
    }),
  );
}

function sumUp(lists: readonly (readonly Hit[])[]): Hit[] {
  const scores = new Map<PointId, number>();
  for (const { id, score } of lists.flat()) scores.set(id, (scores.get(id) ?? 0) + score);
  return [...scores].map(([id, score]) => ({ id, score: Math.fround(score) })).sort(compareHits);
}
