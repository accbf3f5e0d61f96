import { EmbeddingFailed } from '../../embeddings/embedder.ts';
import type { Embedder } from '../../embeddings/embedder.ts';
import { IndexUnavailable } from '../../embeddings/index-errors.ts';
import type { VectorIndex } from '../../embeddings/vector-index.ts';
import type { App } from '../../platform/app.ts';
import type { IndexHandle } from '../index-handle.ts';
import type { Model } from '../indexing/index-store.ts';
import type { ReadableStreams } from './search-store.ts';

/** The parts of the app that a search uses. */
export type SearchApp = Pick<App, 'db' | 'clock' | 'log'> & { readonly index: IndexHandle };

/** The scope of a query: epochs of the streams that the caller may read. */
export const scopeOf = (workspaceId: string, { isGuest, streamIds }: ReadableStreams) => ({
  workspaceId,
  kinds: ['epoch'] as const,
  readable: { publicToo: !isGuest, streamIds },
});

/**
 * Opens the index of a workspace and the embedder for its queries. The embedder is undefined while the workspace is still indexed with
 * another model than the configured one, or when the provider does not answer.
 */
export async function openSearch(
  { index, log }: Pick<SearchApp, 'index' | 'log'>,
  indexed: Model | undefined,
): Promise<{ index: VectorIndex; embedder: Embedder | undefined }> {
  const embedder = await index.embedder().catch((error: unknown) => {
    if (!(error instanceof EmbeddingFailed) || !indexed) throw error;
    log.warn('The embedder could not be opened', { error });
    return undefined;
  });
  const model = indexed ?? embedder;
  if (!model) throw new Error('Without an embedder there is a model that was indexed with');
  const isItsOwn = embedder?.model === model.model && embedder.dimension === model.dimension;
  return { index: await index.open(model), embedder: isItsOwn ? embedder : undefined };
}

/** Tells whether a query failed because the provider or the index is unavailable; the same query can be retried later. */
export const isUnavailable = (error: unknown): error is IndexUnavailable | EmbeddingFailed =>
  error instanceof IndexUnavailable || error instanceof EmbeddingFailed;
