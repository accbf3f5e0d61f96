import type { Embedder } from './embedder.ts';
import { EmbeddingFailed } from './embedder.ts';
import { keywordQuery } from './keyword-vector.ts';
import type { Hit } from './point.ts';
import type { Scope } from './scope.ts';
import type { VectorIndex } from './vector-index.ts';

/** `keyword`: what holds the words. `vector`: what is near in meaning, as far as the model knows. `hybrid`: both, and words learnt from what was found. */
export type SearchMode = 'keyword' | 'vector' | 'hybrid';

export interface Search {
  readonly scope: Scope;
  readonly mode: SearchMode;
  readonly text: string;
  readonly limit: number;
}
export interface SearchAnswer {
  /** Best first. Scores of one answer can be compared, those of two answers cannot. */
  readonly hits: Hit[];
  /** The provider of embeddings could not be asked: what is here was found by words alone. */
  readonly isDegraded: boolean;
}

/** Searches what memory holds. Throws `IndexUnavailable`. */
export async function searchIndex(index: VectorIndex, embedder: Embedder, search: Search): Promise<SearchAnswer> {
  const { scope, mode, text, limit } = search;
  const vector = mode === 'keyword' ? undefined : await vectorOf(embedder, text);
  const isDegraded = mode !== 'keyword' && vector === undefined;
  const byWords = { by: { keywords: keywordQuery(text) }, limit } as const;
  if (mode === 'keyword' || !vector) {
    const [hits = []] = await index.ask(scope, [byWords]);
    return { hits, isDegraded };
  }
  const [hits = []] = await index.ask(scope, [{ by: { dense: vector }, limit }]);
  return { hits, isDegraded };
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
