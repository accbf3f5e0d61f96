import { newId } from '../../../contract/ids.ts';
import type { EmbeddingsMessage } from '../../../contract/messages/memory.ts';
import type { IndexApp } from './index-epochs.ts';
import { startJob } from './job-store.ts';
import { beginMove } from './model-store.ts';
import type { ModelsOfWorkspace } from './model-store.ts';

/**
 * Begins to move a workspace to the model that is configured now, where it is indexed with another: everything is embedded anew beside what
 * is there, which serves until the last of it is done.
 */
export async function moveModel(app: IndexApp, workspaceId: string, models: ModelsOfWorkspace | undefined): Promise<void> {
  if (!models) return;
  const { active } = models;
  const embedder = await app.memory.embedder();
  if (active.model === embedder.model && active.dimension === embedder.dimension) return;
  const begun = await app.db.transaction(workspaceId, async (tx) => {
    if (!(await beginMove(tx, embedder))) return undefined;
    const now = app.clock.now();
    return startJob(tx, { id: newId('job', now.getTime()), kind: 're-embed', now });
  });
  if (!begun) return;
  app.log.info('Moving to another embedding model', { workspaceId, from: active.model, to: embedder.model });
  const message: EmbeddingsMessage = { kind: 'job', workspaceId, jobId: begun.job.id };
  await app.queues.sendLater(app.embeddingsQueueUrl, message, 0, workspaceId);
}
