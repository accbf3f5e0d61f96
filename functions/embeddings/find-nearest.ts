import { keywordQuery } from './keyword-vector.ts';
import type { Hit } from './point.ts';
import type { Scope } from './scope.ts';
import type { VectorIndex } from './vector-index.ts';

/** What something is compared by: its vector, and its words. */
export interface Nearest {
  readonly scope: Scope;
  readonly text: string;
  readonly vector: Float32Array;
  readonly limit: number;
}

/** Something that is near. */
export interface Near extends Hit {
  /** -1 to 1. */
  readonly cosine: number;
  /** BM25 of the words of the one in the other; longer texts have higher ones, so it is compared within one answer only. */
  readonly keywordScore: number;
}

/** Finds what is about the same as a text, best first. Throws `IndexUnavailable`. */
export async function findNearest(index: VectorIndex, { scope, text, vector, limit }: Nearest): Promise<Near[]> {
  const byWords = { by: { keywords: keywordQuery(text) }, limit } as const;
  const [found = []] = await index.ask(scope, [byWords]);
  const among = found.map(({ id }) => id);
  const [near = []] = await index.ask(scope, [{ by: { dense: vector }, limit, among }]);
  const cosines = new Map(near.map(({ id, score }) => [id, score]));
  return found.map((hit) => ({ ...hit, cosine: cosines.get(hit.id) ?? 0, keywordScore: hit.score }));
}
