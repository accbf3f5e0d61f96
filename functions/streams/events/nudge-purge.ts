import type { App } from '../../platform/app.ts';
import { nudge } from '../../platform/nudge.ts';

/** The parts of the app that tell the purge worker of deleted texts. */
export type PurgeNudgeApp = Pick<App, 'queues' | 'retentionQueueUrl' | 'log'>;

/** Nudges the worker that purges deleted texts. A lost nudge costs at most the minute to the next sweep. */
export async function nudgePurge(app: PurgeNudgeApp, workspaceId: string): Promise<void> {
  await nudge(app, 'retention', { kind: 'purge', workspaceId }).catch((error: unknown) => {
    app.log.warn('Deleted texts wait for the sweep', { workspaceId, error: error as Error });
  });
}
