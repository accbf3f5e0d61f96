import type { App } from '../../platform/app.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { withdrawMentions } from '../mentions/notify.ts';
import { enqueueChange } from './change-event.ts';
import { findEventsForRoom, listMentioning } from './event-store.ts';
import { lockLog } from './log-store.ts';
import { markAllDeleted } from './text-store.ts';

/**
 * Deletes messages of a stream on nobody's request, as retention and erasures do. Each takes a position, is announced to its room and waits
 * to be purged, as if a member had deleted it. Deleted ones are left out. Returns the number. Locks the stream.
 */
export async function deleteEvents(
  app: Pick<App, 'clock' | 'metrics'>,
  tx: OutboxTransaction,
  streamId: string,
  eventIds: readonly string[],
): Promise<number> {
  const log = await lockLog(tx, streamId);
  if (!log) return 0;
  const at = app.clock.now();
  const deleted = await markAllDeleted(tx, { streamId, eventIds, after: log.seq, deletedAt: at });
  if (deleted.length === 0) return 0;
  const events = await findEventsForRoom(tx, deleted);
  const mentioning = new Set(await listMentioning(tx, deleted));
  for (const event of events) {
    enqueueChange(tx, log.gen, event, { type: 'event:deleted', actor: null, at });
    if (mentioning.has(event.id)) await withdrawMentions(app, tx, event);
  }
  return deleted.length;
}
