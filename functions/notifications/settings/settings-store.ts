import type { NotificationDefaults, NotificationLevel, NotificationSettings } from '../../../contract/notification-settings.ts';
import type { Transaction } from '../../platform/database.ts';

/** Columns of a row of notification_settings, which is null for members without one. */
export interface SettingsRow {
  level: NotificationLevel | null;
  quiet_from: string | null;
  quiet_to: string | null;
  time_zone: string | null;
  incidents: boolean | null;
  email: boolean | null;
}
export const settingsColumns = 'ns.level, ns.quiet_from, ns.quiet_to, ns.time_zone, ns.incidents, ns.email';

export const settingsOf = (row: SettingsRow | undefined): NotificationSettings => ({
  level: row?.level ?? null,
  quietHours: row?.quiet_from && row.quiet_to && row.time_zone ? { from: row.quiet_from, to: row.quiet_to, timeZone: row.time_zone } : null,
  incidents: row?.incidents ?? true,
  email: row?.email ?? true,
});

export async function findSettings(tx: Transaction, userId: string): Promise<NotificationSettings> {
  const [row] = await tx.query<SettingsRow>(
    `select ${settingsColumns} from notification_settings ns where ns.workspace_id = $1 and ns.user_id = $2`,
    [tx.workspaceId, userId],
  );
  return settingsOf(row);
}

export async function storeSettings(
  tx: Transaction,
  userId: string,
  { level, quietHours, incidents, email }: NotificationSettings,
): Promise<void> {
  await tx.query(
    `insert into notification_settings (workspace_id, user_id, level, quiet_from, quiet_to, time_zone, incidents, email)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, user_id) do update
       set level = $3, quiet_from = $4, quiet_to = $5, time_zone = $6, incidents = $7, email = $8`,
    [tx.workspaceId, userId, level, quietHours?.from ?? null, quietHours?.to ?? null, quietHours?.timeZone ?? null, incidents, email],
  );
}

/** Settings of a workspace that has set nothing. */
const usual: NotificationDefaults = { level: 'default', showText: true };

export async function findDefaults(tx: Transaction): Promise<NotificationDefaults> {
  const [row] = await tx.query<{ level: NotificationLevel; show_text: boolean }>(
    'select level, show_text from notification_defaults where workspace_id = $1',
    [tx.workspaceId],
  );
  return row ? { level: row.level, showText: row.show_text } : usual;
}

export async function storeDefaults(tx: Transaction, { level, showText }: NotificationDefaults): Promise<void> {
  await tx.query(
    `insert into notification_defaults (workspace_id, level, show_text) values ($1, $2, $3)
     on conflict (workspace_id) do update set level = $2, show_text = $3`,
    [tx.workspaceId, level, showText],
  );
}

/** Ends mails to the member with this key; false when there is none. */
export async function endMails(tx: Transaction, mailKey: string): Promise<boolean> {
  const rows = await tx.query(
    'update notification_settings set email = false where workspace_id = $1 and mail_key = $2 returning user_id',
    [tx.workspaceId, mailKey],
  );
  return rows.length > 0;
}
