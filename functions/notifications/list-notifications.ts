import * as z from 'zod';
import { NotificationId } from '../../contract/ids.ts';
import type { ListNotifications, Notification } from '../../contract/notification.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { cutPage, readCursor } from '../platform/cursor.ts';
import { accessMember } from '../streams/access.ts';
import { shownCharacters } from '../streams/mentions/notify.ts';
import { listActivity } from './store.ts';

const Cursor = z.strictObject({ id: NotificationId });

/** A page of the caller's activity, newest first. */
export async function listNotifications(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  input: ListNotifications,
): Promise<{ items: Notification[]; nextCursor: string | null }> {
  const after = readCursor(Cursor, input.cursor)?.id;
  return app.db.transaction(caller, async (tx) => {
    await accessMember(tx, caller);
    const unreadOnly = input.unread === 'true';
    const found = await listActivity(tx, caller.userId, { unreadOnly, after, limit: input.limit + 1, textCharacters: shownCharacters });
    return cutPage(found, input.limit, ({ id }) => ({ id }));
  });
}
