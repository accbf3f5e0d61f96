import type { NotificationSettings } from '../../../contract/notification-settings.ts';
import type { Transaction } from '../../platform/database.ts';
import { settingsColumns, settingsOf } from '../settings/settings-store.ts';
import type { SettingsRow } from '../settings/settings-store.ts';

/** A member whose unread mentions may be mailed. */
export interface MailReader {
  readonly email: string | null;
  readonly workspaceName: string;
  readonly settings: NotificationSettings;
  readonly hasDevice: boolean;
  readonly mailKey: string;
  /** The last notification that a mail told of. */
  readonly mailedThrough: string;
}

/** Locks the mails of a present member; `mailKey` is stored where they have none yet. */
export async function lockMailReader(tx: Transaction, userId: string, mailKey: string): Promise<MailReader | undefined> {
  const [row] = await tx.query<
    SettingsRow & { address: string | null; name: string; has_device: boolean; mail_key: string; mailed_through: string }
  >(
    `with held as (
       update notification_settings set mail_key = coalesce(mail_key, $3), mail_due_at = null where workspace_id = $1 and user_id = $2 returning *
     )
     select ${settingsColumns}, u.email as address, w.name, ns.mail_key, coalesce(ns.mailed_through, '') as mailed_through,
       exists (select from push_subscriptions p where p.workspace_id = $1 and p.user_id = $2) as has_device
     from held ns join workspaces w on w.id = $1
     join workspace_members wm on wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null
     join users u on u.workspace_id = $1 and u.id = $2`,
    [tx.workspaceId, userId, mailKey],
  );
  if (!row) return undefined;
  const { address, name, has_device, mail_key, mailed_through } = row;
  return {
    email: address,
    workspaceName: name,
    settings: settingsOf(row),
    hasDevice: has_device,
    mailKey: mail_key,
    mailedThrough: mailed_through,
  };
}

/** Stores what the member's last mail told of. */
export async function storeMailed(tx: Transaction, userId: string, through: string): Promise<void> {
  await tx.query('update notification_settings set mailed_through = $3 where workspace_id = $1 and user_id = $2', [
    tx.workspaceId,
    userId,
    through,
  ]);
}

/** Stores when a mail to the member is due. */
export async function storeMailDue(tx: Transaction, userId: string, due: Date): Promise<void> {
  await tx.query('update notification_settings set mail_due_at = $3 where workspace_id = $1 and user_id = $2', [
    tx.workspaceId,
    userId,
    due,
  ]);
}
