import type { MemoryJob } from '../../../contract/epoch.ts';
import { newId } from '../../../contract/ids.ts';
import type { App } from '../../platform/app.ts';
import type { ApiKeyCaller } from '../../platform/authenticate.ts';
import { startJob } from './job-store.ts';
import { nudgeIndex } from '../cutting/nudge.ts';

/** Begins to build the index anew from the database; while that is done already, the work that is going on is answered. */
export async function reindexMemory(
  app: Pick<App, 'db' | 'queues' | 'embeddingsQueueUrl' | 'clock' | 'log'>,
  { workspaceId }: ApiKeyCaller,
): Promise<{ job: MemoryJob; isNew: boolean }> {
  const now = app.clock.now();
  const started = await app.db.transaction(workspaceId, (tx) => startJob(tx, { id: newId('job', now.getTime()), kind: 'reindex', now }));
  // Also for one that runs: should its last step have been lost, it goes on with this one.
  await nudgeIndex(app, workspaceId, [{ kind: 'job', workspaceId, jobId: started.job.id }]);
  return started;
}
