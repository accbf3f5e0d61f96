import { room } from '../../../contract/frames.ts';
import { metric } from '../../../contract/names.ts';
import { forgetEvents } from '../../epochs/cutting/forget-events.ts';
import { nudgeIndex } from '../../epochs/cutting/nudge-memory.ts';
import type { DueWorkspaces } from '../../epochs/due-workspaces.ts';
import { objectKey } from '../../files/file.ts';
import type { Objects } from '../../files/objects.ts';
import type { App } from '../../platform/app.ts';
import type { Transaction } from '../../platform/database.ts';
import { nudge } from '../../platform/nudge.ts';
import { deleteContents, forgetRequestHashes, listPurges, redactOutbox, takePurges } from './purge-store.ts';
import type { Purge } from './purge-store.ts';

/** The parts of the app that a purge uses. */
export type PurgeApp = Pick<App, 'db' | 'queues' | 'embeddingsQueueUrl' | 'retentionQueueUrl' | 'clock' | 'log' | 'metrics'> & {
  readonly objects: Pick<Objects, 'remove'>;
  readonly due: Pick<DueWorkspaces, 'note'>;
};

/** Events of one batch: its transaction takes well below a second. */
const eventsPerBatch = 100;
/** Milliseconds after which the sweep of memory looks for epochs whose nudge was lost. */
const lostNudgeMs = 2 * 60_000;

/**
 * Purges the next batch of a workspace: content of files, then all rows in one transaction, which takes the events off the list. Safe to
 * repeat, and to stop anywhere: until that transaction commits, everything is still on the list.
 */
export async function purgeEvents(app: PurgeApp, workspaceId: string): Promise<void> {
  const waiting = await app.db.transaction({ workspaceId }, (tx) => listPurges(tx, eventsPerBatch));
  const [oldest] = waiting;
  if (!oldest) return;
  // The rows name the objects, so the objects go first.
  for (const { fileId } of waiting) if (fileId !== null) await app.objects.remove(objectKey(workspaceId, fileId));
  const now = app.clock.now();
  await app.due.note(workspaceId, new Date(now.getTime() + lostNudgeMs));
  const { purged, closed } = await app.db.transaction({ workspaceId }, (tx) => purge(tx, waiting, now));
  app.metrics.count(metric.eventsPurged, purged);
  app.metrics.milliseconds(metric.purgeAge, now.getTime() - oldest.requestedAt.getTime());
  if (closed > 0) await nudgeIndex(app, [{ kind: 'waiting', workspaceId, attempt: 0 }]);
  if (waiting.length === eventsPerBatch) await nudge(app, 'retention', { kind: 'purge', workspaceId });
}

async function purge(tx: Transaction, waiting: readonly Purge[], now: Date): Promise<{ purged: number; closed: number }> {
  const events = await takePurges(tx, waiting);
  if (events.length === 0) return { purged: 0, closed: 0 };
  const { closed, streamIds } = await forgetEvents(tx, events, now);
  const ids = events.map(({ id }) => id);
  const deleted = events.filter(({ kind }) => kind === 'event').map(({ id }) => id);
  if (deleted.length > 0) deleteContents(tx, deleted);
  forgetRequestHashes(tx, ids);
  redactOutbox(
    tx,
    ids,
    streamIds.map((id) => room.stream(tx.workspaceId, id)),
  );
  return { purged: events.length, closed: closed.length };
}
