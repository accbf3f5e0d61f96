import { room } from '../../../contract/frames.ts';
import type { Pointer } from '../../../contract/frames.ts';
import { metric } from '../../../contract/names.ts';
import type { App } from '../../platform/app.ts';
import type { Transaction } from '../../platform/database.ts';
import type { StreamNudge } from '../../../contract/messages/follow-up.ts';
import { nudge, push } from '../../platform/nudge.ts';
import type { Push } from '../../platform/nudge.ts';
import { refreshEvent } from './refresh-event.ts';
import { listPersonalPointers, lockAnnouncement, storeAnnounced, storePostponedNudge, storeRootAnnounced } from './follow-up-store.ts';
import type { Announcement, PersonalPointer } from './follow-up-store.ts';

export type FollowUpApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'followUpQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** Throttle in seconds: minimum time between two announcements of a stream. */
const announceSeconds = 3;

/**
 * Sends the stream's head to sidebars, and updates the root event of a thread with its number of replies, outside the sender's request.
 * Safe to repeat: it reads and sends current state, which clients apply idempotently.
 */
export async function followUp(app: FollowUpApp, message: StreamNudge): Promise<void> {
  const stream = await app.db.transaction(message, async (tx) => {
    const stream = await lockAnnouncement(tx, message.streamId);
    if (!stream || isAnnounced(stream)) return stream;
    const now = app.clock.now();
    const dueAt = stream.before ? stream.before.announcedAt.getTime() + announceSeconds * 1000 : 0;
    if (now.getTime() < dueAt) {
      await postponeNudge(app, tx, message, stream, now, dueAt);
      return undefined;
    }
    // Stored only after sending: after an interruption the announcement is sent again.
    await send(app, message, stream, await listPersonalPointers(tx, stream));
    await storeAnnounced(tx, stream, now);
    return stream;
  });
  if (stream) await refreshRoot(app, message, stream);
}

/** Tolerance in milliseconds: a postponed nudge may arrive this much early. */
const earlyArrivalMs = 500;

/** Postpones a nudge until the stream may be announced again. One postponed nudge serves all that come too early. */
async function postponeNudge(
  app: FollowUpApp,
  tx: Transaction,
  message: StreamNudge,
  { before }: Announcement,
  now: Date,
  dueAt: number,
): Promise<void> {
  if (before?.postponedUntil && before.postponedUntil > now) return;
  const delaySeconds = Math.ceil((dueAt - now.getTime()) / 1000);
  await nudge(app, 'followUp', message, delaySeconds);
  await storePostponedNudge(tx, message.streamId, new Date(now.getTime() + delaySeconds * 1000 - earlyArrivalMs));
}

const isAnnounced = ({ pointer, before }: Announcement): boolean => before?.head === pointer.head && before.countsRev === pointer.countsRev;

/** Rooms per queue message; leaves spare room. */
const roomsPerMessage = 200;

async function send(
  app: FollowUpApp,
  { workspaceId }: StreamNudge,
  { pointer, isPublic, isThread }: Announcement,
  people: readonly PersonalPointer[],
): Promise<void> {
  const everyone = isPublic && !isThread ? [{ room: room.workspace(workspaceId), items: [pointer] }] : [];
  const own = people.map(({ userId, read }): { room: string; items: Pointer[] } => ({
    room: room.user(workspaceId, userId),
    items: [{ ...pointer, ...(read && { read }) }],
  }));
  const rooms = [...everyone, ...own];
  const pushes: Push[] = [];
  for (let at = 0; at < rooms.length; at += roomsPerMessage) {
    pushes.push({ group: `pointers:${pointer.streamId}`, message: { kind: 'pointers', rooms: rooms.slice(at, at + roomsPerMessage) } });
  }
  await push(app, pushes);
  app.metrics.count(metric.pointersAnnounced, rooms.length);
}

/**
 * Refreshes the root event of a thread: it takes a new position in its own stream when replies, name or status changed. The state it shows
 * is stored with it, so an interrupted announcement is sent again.
 */
async function refreshRoot(app: FollowUpApp, { workspaceId }: StreamNudge, stream: Announcement): Promise<void> {
  const { rootEventId, replyCount, rev, before } = stream;
  if (rootEventId === null || (replyCount === (before?.replyCount ?? 0) && rev === (before?.rev ?? 0))) return;
  await refreshEvent(app, workspaceId, rootEventId, async (tx) => {
    await storeRootAnnounced(tx, stream);
    return true;
  });
}
