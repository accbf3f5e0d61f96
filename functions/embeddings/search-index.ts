import type { Embedder } from './embedder.ts';
import { EmbeddingFailed } from './embedder.ts';
import { expandQuery, feedbackTexts } from './feedback.ts';
import { fuse } from './fusion.ts';
import { keywordQuery } from './keyword-vector.ts';
import type { Hit } from './point.ts';
import type { Scope } from './scope.ts';
import type { IndexQuery, VectorIndex } from './vector-index.ts';
import { sampleFrequencies } from './word-frequencies.ts';

/**
 * `keyword`: texts with the words. `vector`: texts that are near in meaning, as far as the model knows. `hybrid`: both, with feedback from
 * the first results.
 */
export type SearchMode = 'keyword' | 'vector' | 'hybrid';

export interface Search {
  readonly scope: Scope;
  readonly mode: SearchMode;
  readonly text: string;
  readonly limit: number;
}
export interface SearchAnswer {
  /** Hits, best first. Scores of one answer can be compared, those of two answers cannot. */
  readonly hits: Hit[];
  /** True when the provider was unavailable and the hits were found by words alone. */
  readonly isDegraded: boolean;
}

/** Hits of each method before they are merged. */
const fusedDepth = 100;
/** The weight of vectors relative to words: a model of meanings counts as much as the words. */
const trustInMeaning = 1;

/** Searches the index, in at most two round trips. Throws `IndexUnavailable`. */
export async function searchIndex(index: VectorIndex, embedder: Embedder, search: Search): Promise<SearchAnswer> {
  const { scope, mode, text, limit } = search;
  const keywords = keywordQuery(text);
  if (mode === 'keyword') return { hits: await queryOne(index, scope, { by: { keywords }, limit }), isDegraded: false };
  // Offline vectors find nothing that the words do not, and rank worse.
  const isByWords = mode === 'hybrid' && embedder.isOffline;
  const vector = isByWords ? undefined : await vectorOf(embedder, text);
  if (mode === 'vector' && vector) return { hits: await queryOne(index, scope, { by: { dense: vector }, limit }), isDegraded: false };
  const depth = Math.max(limit, fusedDepth);
  const [frequencies, [found = [], near = []]] = await Promise.all([
    sampleFrequencies(index, scope.workspaceId),
    index.query(scope, [
      { by: { keywords }, limit: feedbackTexts, withKeywords: true },
      ...(vector ? [{ by: { dense: vector }, limit: depth }] : []),
    ]),
  ]);
  const feedback = found.flatMap(({ score, keywords: own }) => (own ? [{ score, keywords: own }] : []));
  const byWords = await queryOne(index, scope, { by: { keywords: expandQuery(keywords, feedback, frequencies) }, limit: depth });
  const fused = fuse([
    { hits: byWords, weight: 1 },
    { hits: near, weight: trustInMeaning, worthlessFrom: fusedDepth },
  ]);
  return { hits: fused.slice(0, limit), isDegraded: !isByWords && vector === undefined };
}

async function queryOne(index: VectorIndex, scope: Scope, query: IndexQuery): Promise<Hit[]> {
  const [hits = []] = await index.query(scope, [query]);
  return hits;
}

async function vectorOf(embedder: Embedder, text: string): Promise<Float32Array | undefined> {
  try {
    const [vector] = await embedder.embed([text], 'query');
    return vector;
  } catch (error) {
    if (error instanceof EmbeddingFailed) return undefined;
    throw error;
  }
}
