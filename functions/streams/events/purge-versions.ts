import type { App } from '../../platform/app.ts';
import { recordAudit } from '../../platform/audit.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { nudgePurge } from './nudge-purge.ts';
import type { PurgeNudgeApp } from './nudge-purge.ts';
import { accessVersions } from './read-event.ts';
import { deleteVersionsOf } from './text-store.ts';

/**
 * Deletes the texts of an event before its edits. They are gone from its history at once, and soon from everything that was made of them.
 * Purging again changes nothing.
 */
export async function purgeVersions(
  app: Pick<App, 'db' | 'clock'> & PurgeNudgeApp,
  caller: UserCaller,
  input: { streamId: string; eventId: string },
): Promise<void> {
  const purged = await app.db.transaction(
    caller,
    async (tx) => {
      const event = await accessVersions(tx, caller, input);
      const at = app.clock.now();
      const versions = await deleteVersionsOf(tx, event, at);
      const subject = { kind: 'event', id: event.id } as const;
      if (versions > 0) recordAudit(tx, caller, { action: 'event.purged', subject, details: { streamId: event.streamId, versions }, at });
      return versions;
    },
    'shared',
  );
  if (purged > 0) await nudgePurge(app, caller.workspaceId);
}
