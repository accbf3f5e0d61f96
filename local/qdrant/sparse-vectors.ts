import type { SparseVector } from './point.ts';
import { Posting } from './posting.ts';

/** Candidates of a search: their slots when an index knows them, and a test for each. */
export interface Selection {
  readonly slots: Iterable<number> | undefined;
  /** Upper bound of the number of slots, when known. */
  readonly size: number;
  readonly matches: (slot: number) => boolean;
}

/** The sparse vectors of one name with their posting lists. */
export class SparseVectors {
  readonly usesIdf: boolean;
  readonly #vectors = new Map<number, SparseVector>();
  /** Slots with an empty vector: stored, never found, not counted. */
  readonly #empty = new Set<number>();
  readonly #postings = new Map<number, Posting>();

  constructor(usesIdf: boolean) {
    this.usesIdf = usesIdf;
  }

  /** Number of points with a vector of this name that is not empty. */
  get count(): number {
    return this.#vectors.size;
  }

  set(slot: number, vector: SparseVector): void {
    this.delete(slot);
    if (vector.indices.length === 0) return void this.#empty.add(slot);
    this.#vectors.set(slot, vector);
    for (const [at, index] of vector.indices.entries()) {
      let posting = this.#postings.get(index);
      if (posting === undefined) this.#postings.set(index, (posting = new Posting()));
      posting.set(slot, Math.fround(vector.values[at] as number));
    }
  }

  delete(slot: number): void {
    this.#empty.delete(slot);
    const vector = this.#vectors.get(slot);
    if (vector === undefined) return;
    this.#vectors.delete(slot);
    for (const index of vector.indices) {
      const posting = this.#postings.get(index);
      posting?.delete(slot);
      if (posting?.size === 0) this.#postings.delete(index);
    }
  }

  get(slot: number): SparseVector | undefined {
    return this.#vectors.get(slot) ?? (this.#empty.has(slot) ? { indices: [], values: [] } : undefined);
  }

  /**
   * Scores of the points that share an index with the query. With the idf modifier the query's weights are multiplied by `ln((N - n +
   * 0.5) / (n + 0.5) + 1)`, counted over the points with a vector, or over those of them in `corpus`.
   */
  search(query: SparseVector, { slots, size, matches }: Selection, corpus?: Selection): Map<number, number> {
    const terms = query.indices.flatMap((index, at) => {
      const posting = this.#postings.get(index);
      return posting === undefined ? [] : [{ posting, weight: Math.fround(query.values[at] as number) }];
    });
    if (this.usesIdf) {
      const all = corpus === undefined ? this.count : countOf(this.#vectors.keys(), corpus);
      for (const term of terms) term.weight *= idf(all, corpus === undefined ? term.posting.size : countOf(term.posting.slots, corpus));
    }
    const scores = new Map<number, number>();
    const total = terms.reduce((sum, { posting }) => sum + posting.size, 0);
    if (slots !== undefined && size * terms.length < total) {
      for (const slot of slots) {
        if (!matches(slot)) continue;
        for (const { posting, weight } of terms) add(scores, slot, posting.weightOf(slot), weight);
      }
      return scores;
    }
    const refused = new Set<number>();
    for (const { posting, weight } of terms) {
      for (const [at, slot] of posting.slots.entries()) {
        if (refused.has(slot)) continue;
        if (scores.has(slot) || matches(slot)) add(scores, slot, posting.weights[at], weight);
        else refused.add(slot);
      }
    }
    return scores;
  }
}

function add(scores: Map<number, number>, slot: number, value: number | undefined, weight: number): void {
  if (value !== undefined) scores.set(slot, (scores.get(slot) ?? 0) + value * weight);
}

function countOf(slots: Iterable<number>, { matches }: Selection): number {
  let count = 0;
  for (const slot of slots) if (matches(slot)) count++;
  return count;
}

const idf = (all: number, having: number): number => Math.log((all - having + 0.5) / (having + 0.5) + 1);
