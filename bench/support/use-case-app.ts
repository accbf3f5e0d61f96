import { UserId } from '../../contract/ids.ts';
import type { WorkspaceId } from '../../contract/ids.ts';
import type { UserCaller } from '../../functions/platform/authenticate.ts';
import { log } from '../../functions/platform/log.ts';
import type { App } from '../../functions/platform/app.ts';
import type { Database } from '../../functions/platform/database.ts';

type UseCaseApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** Dependencies of use cases besides the database: a queue that accepts everything at once, and metrics that are discarded. */
export function appOver(db: Database): UseCaseApp {
  return {
    db,
    queues: {
      send: async (_url, messages) => ({ taken: new Set(messages.map(({ id }) => id)), refused: new Set() }),
      sendLater: async () => undefined,
    },
    fanOutQueueUrl: 'queue',
    clock: { now: () => new Date() },
    log,
    metrics: { count: () => undefined, milliseconds: () => undefined, flush: () => undefined },
  };
}

export const callerOf = (workspaceId: WorkspaceId, userId: string): UserCaller => ({
  kind: 'user',
  workspaceId,
  userId: UserId.parse(userId),
});
