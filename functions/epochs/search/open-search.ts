import type { Embedder } from '../../embeddings/embedder.ts';
import { EmbeddingFailed } from '../../embeddings/embedder.ts';
import { IndexUnavailable } from '../../embeddings/index-errors.ts';
import type { VectorIndex } from '../../embeddings/vector-index.ts';
import type { App } from '../../platform/app.ts';
import type { Memory } from '../index-handle.ts';
import type { ReadableStreams } from '../settings/status-store.ts';
import type { Model } from '../indexing/model-store.ts';

/** What asking memory touches. */
export type AskApp = Pick<App, 'db' | 'clock' | 'log'> & { readonly memory: Memory };

/** Who asks whatever is about the streams that they may read. */
export const scopeOf = (workspaceId: string, { isGuest, streamIds }: ReadableStreams) => ({
  workspaceId,
  kinds: ['epoch'] as const,
  readable: { publicToo: !isGuest, streamIds },
});

/**
 * The index that a workspace is found in, and who makes vectors for it: nobody, while it is still that of a model which is not the
 * configured one any more, or when the provider cannot be asked how it is.
 */
export async function openAsked(
  { memory, log }: Pick<AskApp, 'memory' | 'log'>,
  indexed: Model | undefined,
): Promise<{ index: VectorIndex; embedder: Embedder | undefined }> {
  const embedder = await memory.embedder().catch((error: unknown) => {
    if (!(error instanceof EmbeddingFailed) || !indexed) throw error;
    log.warn('The embedder could not be opened', { error });
    return undefined;
  });
  const model = indexed ?? embedder;
  if (!model) throw new Error('Without an embedder there is a model that was indexed with');
  const isItsOwn = embedder?.model === model.model && embedder.dimension === model.dimension;
  return { index: await memory.indexOf(model), embedder: isItsOwn ? embedder : undefined };
}

/** Whether memory may be asked again later: the provider or the index is away, and nothing is wrong with the question. */
export const isAway = (error: unknown): error is IndexUnavailable | EmbeddingFailed =>
  error instanceof IndexUnavailable || error instanceof EmbeddingFailed;
