import type { MemoryJob } from '../../../contract/epoch.ts';
import { newId } from '../../../contract/ids.ts';
import type { App } from '../../platform/app.ts';
import type { ApiKeyCaller } from '../../platform/authenticate.ts';
import { nudgeIndex } from '../cutting/nudge-memory.ts';
import { startJob } from './job-store.ts';

/** Starts to rebuild the index from the database, or returns the job that does so already. */
export async function reindexMemory(
  app: Pick<App, 'db' | 'queues' | 'embeddingsQueueUrl' | 'clock' | 'log'>,
  { workspaceId }: ApiKeyCaller,
): Promise<{ job: MemoryJob; isNew: boolean }> {
  const now = app.clock.now();
  const started = await app.db.transaction({ workspaceId }, (tx) =>
    startJob(tx, { id: newId('job', now.getTime()), kind: 'reindex', now }),
  );
  // Also for a running job: if the message of its last step was lost, this one continues it.
  await nudgeIndex(app, [{ kind: 'job', workspaceId, jobId: started.job.id }]);
  return started;
}
