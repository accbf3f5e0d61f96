import type { StreamEvent } from '../../../contract/event.ts';
import { room } from '../../../contract/frames.ts';
import { newId, NotificationId, UserId } from '../../../contract/ids.ts';
import { metric } from '../../../contract/names.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { insertMentions, deleteMentions, markHiddenRead } from './mention-store.ts';
import type { NotifiedMember } from './mention-store.ts';

type NotifyApp = Pick<App, 'clock' | 'metrics'>;

/**
 * Notifies the members an event mentions by name and stores one row for @here, which members read on demand. Does nothing without mentions.
 */
export async function notifyMentioned(
  app: NotifyApp,
  tx: OutboxTransaction,
  stream: Pick<Stream, 'id' | 'name' | 'streamType'>,
  event: StreamEvent,
  already: readonly string[] = [],
): Promise<void> {
  const mentions = (event.content?.mentions ?? []).filter(({ id }) => !already.includes(id));
  const now = app.clock.now();
  const named = mentions.flatMap(({ type, id }) =>
    type === 'user' ? [{ userId: id, notificationId: newId('notification', now.getTime()) }] : [],
  );
  const isForAll = mentions.some(({ type }) => type === 'here');
  if (named.length === 0 && !isForAll) return;
  const notified = await insertMentions(tx, {
    streamId: stream.id,
    eventId: event.id,
    seq: event.seq,
    actorId: event.actorId,
    named,
    here: isForAll ? { notificationId: newId('notification', now.getTime()) } : undefined,
    createdAt: now,
  });
  for (const one of notified) enqueueNotification(tx, stream, { kind: 'mention', event, at: now }, one);
  app.metrics.count(metric.notificationsCreated, notified.length);
}

/** Enqueues a new notification, with the new counts, for all devices of its member. */
export function enqueueNotification(
  tx: OutboxTransaction,
  stream: Pick<Stream, 'id' | 'name' | 'streamType'>,
  { kind, event, at }: { kind: 'mention' | 'invited'; event: StreamEvent; at: Date },
  { userId, notificationId, rev, gen, read, unreadNotifications }: NotifiedMember,
): void {
  tx.enqueue(room.user(tx.workspaceId, userId), gen, {
    seq: rev,
    type: 'notification:new',
    at: at.toISOString(),
    actor: event.actorId,
    data: {
      notification: {
        id: NotificationId.parse(notificationId),
        kind,
        streamId: stream.id,
        streamName: stream.name,
        streamType: stream.streamType,
        eventId: event.id,
        seq: event.seq,
        actor: { id: event.actorId, name: event.actorName },
        text: event.content?.text.slice(0, shownCharacters) ?? null,
        createdAt: at.toISOString(),
        readAt: null,
      },
      read: read ?? null,
      unreadNotifications,
    },
  });
}

/** Characters of a text that an activity entry shows. */
export const shownCharacters = 300;

/** Withdraws the mentions of an event on all devices, except for members it still mentions. */
export async function withdrawMentions(
  app: NotifyApp,
  tx: OutboxTransaction,
  event: Pick<StreamEvent, 'id' | 'streamId' | 'seq' | 'actorId'>,
  keep: readonly string[] = [],
): Promise<void> {
  enqueueRemovals(app, tx, event.actorId, await deleteMentions(tx, { streamId: event.streamId, eventId: event.id, seq: event.seq, keep }));
}

/** Withdraws activity entries of this stream and its descendants, on all devices, for members who can no longer read it. */
export async function withdrawHidden(
  app: NotifyApp,
  tx: OutboxTransaction,
  actorId: string,
  { streamId, userId }: { streamId: string; userId?: string },
): Promise<void> {
  enqueueRemovals(app, tx, actorId, await markHiddenRead(tx, { streamId, userId, at: app.clock.now() }));
}

function enqueueRemovals(
  app: NotifyApp,
  tx: OutboxTransaction,
  actorId: string,
  changed: Awaited<ReturnType<typeof markHiddenRead>>,
): void {
  for (const { userId, rev, gen, removed, unreadNotifications } of changed) {
    tx.enqueue(room.user(tx.workspaceId, userId), gen, {
      seq: rev,
      type: 'notification:changed',
      at: app.clock.now().toISOString(),
      actor: UserId.parse(actorId),
      data: { removed: removed.map((id) => NotificationId.parse(id)), read: [], unreadNotifications },
    });
  }
}
