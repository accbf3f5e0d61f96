import type { NotificationLevel, NotificationSettings } from '../../../contract/notification-settings.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessOf, seesIt } from '../../streams/streams/stream-rows.ts';
import { settingsColumns, settingsOf } from '../settings/settings-store.ts';
import type { SettingsRow } from '../settings/settings-store.ts';
import type { News, NewsStream } from './news-store.ts';

/** A member who may have to be notified, and why. */
export interface Recipient {
  readonly userId: string;
  /** Position of the newest event that concerns them, and the number of such events. */
  readonly seq: number;
  readonly count: number;
  readonly isNamed: boolean;
  readonly isIncident: boolean;
  readonly settings: NotificationSettings;
  readonly hasDevice: boolean;
  readonly email: string | null;
  /** Unread notifications, up to 100. */
  readonly badge: number;
}

interface RecipientRow extends SettingsRow {
  user_id: string;
  seq: number;
  count: number;
  is_named: boolean;
  is_incident: boolean;
  has_device: boolean;
  email_address: string | null;
  badge: number;
}

/** Most events of a stream that one decision looks at. */
const maxEvents = 500;

/**
 * SQL of the common table expression `members`: whom the news concern, by their own choice. Stream `$2`, positions `$3` to `$4`, moment `$5`, type
 * `$6`, whether it was opened `$7` and by whom `$8`, level of the workspace `$9`, after `$10`.
 */
const concerned = `fresh as (
       select e.seq, e.actor_id, e.event_type, e.payload, e.ordinal from stream_events e
       where e.workspace_id = $1 and e.stream_id = $2 and e.seq > $3 and e.seq <= $4 and e.deleted_at is null and e.created_at > $5
       order by e.seq desc limit ${maxEvents}
     ), alarming as (
       select f.seq, f.actor_id from fresh f where $6 = 'incident' and (
         f.event_type = 'reopened' or (f.event_type = 'promoted' and f.payload ->> 'streamType' = 'incident')
         or (f.event_type = 'system' and f.payload ->> 'kind' = 'severity_changed' and f.payload ->> 'to' < f.payload ->> 'from'))
       union all
       select 0, $8::text where $7::boolean
     ), concerned as (
       select n.user_id, f.seq, 1 as count, true as is_named, false as is_incident
       from fresh f join mentions n on n.stream_id = $2 and n.seq = f.seq where n.user_id <> '@here' and n.user_id <> f.actor_id
       union all
       select sm.user_id, f.seq, 1, true, false
       from fresh f join mentions n on n.stream_id = $2 and n.seq = f.seq and n.user_id = '@here'
       join stream_members sm on sm.stream_id = $2 and sm.left_at is null and sm.user_id <> f.actor_id
       union all
       select sm.user_id, x.seq, x.count, false, false
       from stream_members sm
       left join notification_settings own on own.workspace_id = $1 and own.user_id = sm.user_id
       cross join lateral (
         select max(f.seq) as seq, count(*)::int as count from fresh f
         where f.ordinal is not null and f.actor_id <> sm.user_id and f.seq > sm.read_seq) x
       where sm.workspace_id = $1 and sm.stream_id = $2 and sm.left_at is null and x.count > 0 and (sm.notify_level = 'all'
         or (sm.notify_level = 'default' and ($6 in ('dm', 'thread') or coalesce(own.level, $9) = 'all')))
       union all
       select wm.user_id, x.seq, 1, false, true
       from workspace_members wm
       cross join lateral (select max(a.seq) as seq from alarming a where a.actor_id <> wm.user_id) x
       where wm.workspace_id = $1 and wm.removed_at is null and x.seq is not null
     ), members as (
       select user_id, max(seq) as seq, count(distinct seq) filter (where not is_incident) as events, max(count) as count,
         bool_or(is_named) as is_named, bool_or(is_incident) as is_incident
       from concerned where user_id > $10 group by user_id
     )`;

/**
 * Lists members whom the news concern by their own choice: who are named, in a direct message, follow the thread, or asked for all of it; and
 * everybody who sees it for incidents. Leaves out authors, who has read it, who was notified of it, who lost the stream, and who can be reached
 * neither on a device nor by mail. By id, after one.
 */
export async function listRecipients(
  tx: Transaction,
  stream: NewsStream,
  { from, upTo }: News,
  page: { since: Date; level: NotificationLevel; after: string; limit: number },
): Promise<Recipient[]> {
  const isOpened = stream.streamType === 'incident' && from < 0 && stream.createdAt > page.since;
  const rows = await tx.query<RecipientRow>(
    `with ${concerned}
     select c.user_id, c.seq, greatest(c.count, c.events, 1)::int as count, c.is_named,
       c.is_incident and coalesce(ns.incidents, true) as is_incident, ${settingsColumns},
       exists (select from push_subscriptions p where p.workspace_id = $1 and p.user_id = c.user_id) as has_device, u.email as email_address,
       (select count(*) from (select from notifications un
         where un.workspace_id = $1 and un.user_id = c.user_id and un.read_at is null limit 100) x)::int as badge
     from members c
     join workspace_members wm on wm.workspace_id = $1 and wm.user_id = c.user_id and wm.removed_at is null
     join users u on u.workspace_id = $1 and u.id = c.user_id
     join streams s on s.workspace_id = $1 and s.id = $2
     ${accessOf('c.user_id')}
     left join stream_members m on m.stream_id = $2 and m.user_id = c.user_id and m.left_at is null
     left join notification_settings ns on ns.workspace_id = $1 and ns.user_id = c.user_id
     left join notified_members nm on nm.stream_id = $2 and nm.user_id = c.user_id
     where ${seesIt(`(wm.role = 'guest')`)}
       and (coalesce(m.read_seq, 0) < c.seq or (c.is_incident and c.seq = 0)) and coalesce(nm.seq, -1) < c.seq
       and coalesce(m.notify_level, 'default') <> 'none'
       and (coalesce(m.notify_level, 'default') <> 'default' or coalesce(ns.level, $9) <> 'none')
       and (c.is_named or c.events > 0 or coalesce(ns.incidents, true))
       and (exists (select from push_subscriptions p where p.workspace_id = $1 and p.user_id = c.user_id)
         or (c.is_named and u.email is not null and coalesce(ns.email, true)))
     order by c.user_id limit $11`,
    [tx.workspaceId, stream.id, from, upTo, page.since, stream.streamType, isOpened, stream.createdBy, page.level, page.after, page.limit],
  );
  return rows.map((row) => ({
    userId: row.user_id,
    seq: row.seq,
    count: row.count,
    isNamed: row.is_named,
    isIncident: row.is_incident,
    settings: settingsOf(row),
    hasDevice: row.has_device,
    email: row.email_address,
    badge: row.badge,
  }));
}
