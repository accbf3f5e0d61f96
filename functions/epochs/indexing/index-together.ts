import { EmbeddingFailed } from '../../embeddings/embedder.ts';
import { indexEpochs } from './index-epochs.ts';
import type { IndexApp } from './index-epochs.ts';
import { postpone } from './index-store.ts';
import type { ModelsOfWorkspace } from './model-store.ts';

/**
 * Indexes several epochs with as few calls as that takes. One text that a provider will not take holds up no others: then they go one by
 * one, and it waits behind all that wait. Throws as `indexEpochs` does where it is not about a text.
 */
export async function indexTogether(
  app: IndexApp,
  workspaceId: string,
  epochIds: readonly string[],
  order: { readonly isInOrder?: boolean } = {},
): Promise<ModelsOfWorkspace | undefined> {
  try {
    return await indexEpochs(app, workspaceId, epochIds, order);
  } catch (error) {
    if (!isAboutTheText(error)) throw error;
  }
  let models: ModelsOfWorkspace | undefined;
  for (const epochId of epochIds) {
    try {
      models = await indexEpochs(app, workspaceId, [epochId], order);
    } catch (error) {
      if (!isAboutTheText(error)) throw error;
      app.log.warn('An epoch cannot be embedded', { epochId, error: error as Error });
      await app.db.transaction(workspaceId, (tx) => postpone(tx, [epochId], app.clock.now()));
    }
  }
  return models;
}

const isAboutTheText = (error: unknown): boolean =>
  error instanceof EmbeddingFailed && (error.kind === 'invalid' || error.kind === 'refused');
