import { room } from '../../../contract/frames.ts';
import type { Pointer } from '../../../contract/frames.ts';
import { metric } from '../../../contract/names.ts';
import type { App } from '../../platform/app.ts';
import type { Transaction } from '../../platform/database.ts';
import type { FollowUp } from '../../../contract/messages/follow-up.ts';
import { nudge, push } from '../../platform/nudge.ts';
import type { Push } from '../../platform/nudge.ts';
import { withOutbox } from '../../platform/outbox.ts';
import { tellChange } from '../events/change-event.ts';
import { takePosition, touchEvent } from '../events/log-store.ts';
import { findEventForRoom } from '../events/event-store.ts';
import {
  findStreamOfEvent,
  listDescendants,
  listPersonalPointers,
  listShares,
  lockAnnouncement,
  noteAnnounced,
  noteLook,
  noteRootTold,
} from './follow-up-store.ts';
import type { Announcement, PersonalPointer } from './follow-up-store.ts';

export type FollowUpApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'followUpQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** A stream is announced at most this often. */
const announceSeconds = 3;

/**
 * What follows from a change in a stream, off the path of who made it. Safe to repeat: everything is read as it is now, and told as it is
 * now; telling it twice changes nothing for who hears it.
 */
export async function followUp(app: FollowUpApp, message: FollowUp): Promise<void> {
  if (message.kind === 'stream') await announce(app, message);
  else if (message.kind === 'shares') await refreshShares(app, message);
  else await revokeBelow(app, message);
}

type Nudge = Extract<FollowUp, { kind: 'stream' }>;

/** Tells sidebars how far a stream is, and the root event of a thread how many replies it has. */
async function announce(app: FollowUpApp, message: Nudge): Promise<void> {
  const stream = await app.db.transaction(message.workspaceId, async (tx) => {
    const stream = await lockAnnouncement(tx, message.streamId);
    if (!stream || isTold(stream)) return stream;
    const now = app.clock.now();
    const dueAt = stream.before ? stream.before.announcedAt.getTime() + announceSeconds * 1000 : 0;
    if (now.getTime() < dueAt) {
      await lookLater(app, tx, message, stream, now, dueAt);
      return undefined;
    }
    // Noted only when it was sent: should this be cut short, it is told again.
    await send(app, message, stream, await listPersonalPointers(tx, stream));
    await noteAnnounced(tx, stream, now);
    return stream;
  });
  if (stream) await refreshRoot(app, message, stream);
}

/** A nudge that comes a little before its time is still one that was put off. */
const looksEarlyMs = 500;

/** Puts a nudge off until the stream may be told again; one is enough, however many come too early. */
async function lookLater(
  app: FollowUpApp,
  tx: Transaction,
  message: Nudge,
  { before }: Announcement,
  now: Date,
  dueAt: number,
): Promise<void> {
  if (before?.looksAt && before.looksAt > now) return;
  const delaySeconds = Math.ceil((dueAt - now.getTime()) / 1000);
  await nudge(app, 'followUp', message, delaySeconds);
  await noteLook(tx, message.streamId, new Date(now.getTime() + delaySeconds * 1000 - looksEarlyMs));
}

const isTold = ({ pointer, before }: Announcement): boolean => before?.head === pointer.head && before.countsRev === pointer.countsRev;

/** As many rooms as one message holds with room to spare. */
const roomsPerMessage = 200;

async function send(
  app: FollowUpApp,
  { workspaceId }: Nudge,
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
 * The root event shows what became of its thread: it takes a new position in its own stream when replies, name or status have changed. What
 * it was told is noted with it, so that it is told again when the announcement was cut short before.
 */
async function refreshRoot(app: FollowUpApp, { workspaceId }: Nudge, stream: Announcement): Promise<void> {
  const { rootEventId, replyCount, rev, before } = stream;
  if (rootEventId === null || (replyCount === (before?.replyCount ?? 0) && rev === (before?.rev ?? 0))) return;
  await refreshEvent(app, workspaceId, rootEventId, (tx) => noteRootTold(tx, stream));
}

/** What a shared event shows of its original is read anew where it is told anew. */
async function refreshShares(app: FollowUpApp, { workspaceId, eventId }: Extract<FollowUp, { kind: 'shares' }>): Promise<void> {
  const shares = await app.db.transaction(workspaceId, (tx) => listShares(tx, eventId));
  // One transaction each: no two streams are ever held at once.
  for (const share of shares) await refreshEvent(app, workspaceId, share.eventId);
}

async function refreshEvent(
  app: FollowUpApp,
  workspaceId: string,
  eventId: string,
  note?: (tx: Transaction) => Promise<void>,
): Promise<void> {
  await withOutbox(app, workspaceId, async (tx) => {
    await note?.(tx);
    const streamId = await findStreamOfEvent(tx, eventId);
    if (streamId === undefined) return;
    const { seq, gen } = await takePosition(tx, streamId);
    touchEvent(tx, eventId, seq);
    const event = await findEventForRoom(tx, eventId);
    if (event) tellChange(tx, gen, event, { type: 'event:updated', actor: null, at: app.clock.now() });
  });
}

/** Who lost a stream lost what branched off it: those rooms end for them too. */
async function revokeBelow(app: FollowUpApp, { workspaceId, streamId, userIds }: Extract<FollowUp, { kind: 'access' }>): Promise<void> {
  const below = await app.db.transaction(workspaceId, (tx) => listDescendants(tx, streamId));
  const rooms = below.map((id) => room.stream(workspaceId, id));
  await push(
    app,
    rooms.map((name) => ({ group: name, message: { kind: 'revoke', room: name, userIds, isBelow: true } })),
  );
}
