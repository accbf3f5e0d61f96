import type { NotificationDefaults, NotificationSettings } from '../../../contract/notification-settings.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { accessMember } from '../../streams/access.ts';
import { findDefaults, findSettings, storeDefaults, storeSettings } from './settings-store.ts';

/** Reads the caller's settings. */
export async function readNotificationSettings(app: Pick<App, 'db'>, caller: UserCaller): Promise<NotificationSettings> {
  return app.db.transaction(caller, async (tx) => {
    await accessMember(tx, caller);
    return findSettings(tx, caller.userId);
  });
}

/** Replaces the caller's settings. */
export async function putNotificationSettings(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  { level, quietHours, incidents, email }: NotificationSettings,
): Promise<NotificationSettings> {
  return app.db.transaction(
    caller,
    async (tx) => {
      await accessMember(tx, caller);
      await storeSettings(tx, caller.userId, { level, quietHours, incidents, email });
      return findSettings(tx, caller.userId);
    },
    'shared',
  );
}

/** Reads the settings for members who have set nothing. */
export async function readNotificationDefaults(app: Pick<App, 'db'>, caller: UserCaller): Promise<NotificationDefaults> {
  return app.db.transaction(caller, async (tx) => {
    await accessMember(tx, caller);
    return findDefaults(tx);
  });
}

/** Replaces the settings for members who have set nothing. Throws `forbidden` unless the caller is an owner or admin. */
export async function putNotificationDefaults(
  app: Pick<App, 'db'>,
  caller: UserCaller,
  { level, showText }: NotificationDefaults,
): Promise<NotificationDefaults> {
  return app.db.transaction(
    caller,
    async (tx) => {
      const role = await accessMember(tx, caller);
      if (role !== 'owner' && role !== 'admin') throw new AppError('forbidden', 'Ask an owner or admin of the workspace.');
      await storeDefaults(tx, { level, showText });
      return findDefaults(tx);
    },
    'shared',
  );
}
