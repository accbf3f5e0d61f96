import { room } from '../../contract/frames.ts';
import { UserId } from '../../contract/ids.ts';
import type { MarkNotificationsRead } from '../../contract/notification.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { withOutbox } from '../platform/outbox.ts';
import { accessMember } from '../streams/access.ts';
import { countUnread, markReadOf } from './store.ts';

type NotificationsApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** Marks the caller's notifications as read on all their devices. Skips those already read and those of other members. */
export async function markNotificationsRead(
  app: NotificationsApp,
  caller: UserCaller,
  input: MarkNotificationsRead,
): Promise<{ unreadNotifications: number }> {
  return withOutbox(app, caller, async (tx) => {
    await accessMember(tx, caller);
    const at = app.clock.now();
    const { read, place } = await markReadOf(tx, caller.userId, { ...input, at });
    const unreadNotifications = await countUnread(tx, caller.userId);
    if (place) {
      tx.enqueue(room.user(caller.workspaceId, caller.userId), place.gen, {
        seq: place.rev,
        type: 'notification:changed',
        at: at.toISOString(),
        actor: UserId.parse(caller.userId),
        data: { removed: [], read, unreadNotifications },
      });
    }
    return { unreadNotifications };
  });
}
