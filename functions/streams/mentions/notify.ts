import type { StreamEvent } from '../../../contract/event.ts';
import { room } from '../../../contract/frames.ts';
import { newId, NotificationId, UserId } from '../../../contract/ids.ts';
import { metric } from '../../../contract/names.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { insertMentions, removeMentions, removeUnseen } from './mention-store.ts';
import type { Notified } from './mention-store.ts';

type NotifyApp = Pick<App, 'clock' | 'metrics'>;

/** Notifies those whom an event mentions by name, and notes an @here for whoever looks; nothing where it mentions nobody. */
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
  for (const one of notified) tellNotified(tx, stream, { kind: 'mention', event, at: now }, one);
  app.metrics.count(metric.notificationsCreated, notified.length);
}

/** Pushes a new notification to all devices of whom it is for, with what their counts have become. */
export function tellNotified(
  tx: OutboxTransaction,
  stream: Pick<Stream, 'id' | 'name' | 'streamType'>,
  { kind, event, at }: { kind: 'mention' | 'invited'; event: StreamEvent; at: Date },
  { userId, notificationId, rev, gen, read, unreadNotifications }: Notified,
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

/** How much of a text a line of the activity shows. */
export const shownCharacters = 300;

/** Takes back what an event's mentions made, but for those that it still mentions, on all devices. */
export async function unnotify(
  app: NotifyApp,
  tx: OutboxTransaction,
  event: Pick<StreamEvent, 'id' | 'streamId' | 'seq' | 'actorId'>,
  keep: readonly string[] = [],
): Promise<void> {
  tellRemoved(app, tx, event.actorId, await removeMentions(tx, { streamId: event.streamId, eventId: event.id, seq: event.seq, keep }));
}

/** Takes back what a stream, and what branched off below it, made of activity for who may not see it any more, on all their devices. */
export async function unnotifyUnseen(
  app: NotifyApp,
  tx: OutboxTransaction,
  actorId: string,
  { streamId, userId }: { streamId: string; userId?: string },
): Promise<void> {
  tellRemoved(app, tx, actorId, await removeUnseen(tx, { streamId, userId, at: app.clock.now() }));
}

function tellRemoved(app: NotifyApp, tx: OutboxTransaction, actorId: string, changed: Awaited<ReturnType<typeof removeUnseen>>): void {
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
