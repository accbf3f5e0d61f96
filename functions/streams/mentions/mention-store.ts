import type { NotifyLevel, ReadState } from '../../../contract/stream.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessOf, mentionCount, seesIt, shareStream, unreadCount } from '../streams/stream-rows.ts';

/** User id that stands for everyone in the stream, in rows of mentions and notifications. */
export const here = '@here';

/**
 * Resolves names in a text. Ids resolve to members that the author knows. Slugs resolve to streams that the author and every reader of the
 * stream may see, because a mention reveals that its target exists. Of several with one slug the author's own comes first, then a public one.
 */
export async function resolveNames(
  tx: Transaction,
  authorId: string,
  names: { streamId: string; userIds: readonly string[]; slugs: readonly string[] },
): Promise<{ users: { id: string; name: string }[]; streams: { id: string; slug: string }[] }> {
  const rows = await tx.query<{ kind: 'user' | 'stream'; id: string; label: string }>(
    `select 'user' as kind, wm.user_id as id, u.name as label from workspace_members wm
     join users u on u.workspace_id = wm.workspace_id and u.id = wm.user_id
     join workspace_members author on author.workspace_id = $1 and author.user_id = $2
     where wm.workspace_id = $1 and wm.user_id = any($3) and wm.removed_at is null
       and (author.role <> 'guest' or wm.user_id = $2 or ${shareStream('$2', 'wm.user_id')})
     union all
     select 'stream', named.id, named.slug from (
       select distinct on (s.slug) s.id, s.slug from workspace_members wm
       join streams s on s.workspace_id = wm.workspace_id ${accessOf('wm.user_id')}
       where wm.workspace_id = $1 and wm.user_id = $2 and s.slug = any($4) and ${seesIt(`(wm.role = 'guest')`)}
         and (a.is_public or exists (select from streams said where said.id = $5 and said.access_ids <@ s.access_ids))
       order by s.slug, exists (
         select from stream_members own where own.stream_id = s.id and own.user_id = $2 and own.left_at is null
       ) desc, a.is_public desc, s.id
     ) named`,
    [tx.workspaceId, authorId, names.userIds, names.slugs, names.streamId],
  );
  return {
    users: rows.filter(({ kind }) => kind === 'user').map(({ id, label }) => ({ id, name: label })),
    streams: rows.filter(({ kind }) => kind === 'stream').map(({ id, label }) => ({ id, slug: label })),
  };
}

/** SQL that counts unread personal notifications, up to 100. */
export const unreadNotifications = (userId: string): string =>
  `(select count(*) from (select from notifications un
     where un.workspace_id = $1 and un.user_id = ${userId} and un.read_at is null limit 100) x)`;

/** A notified member: position of the member's own room, and the new counts. */
export interface NotifiedMember {
  readonly userId: string;
  readonly notificationId: string;
  readonly rev: number;
  readonly gen: string;
  readonly unreadNotifications: number;
  /** Undefined for a member who sees the stream without being in it. */
  readonly read: ReadState | undefined;
}

interface NotifiedMemberRow {
  user_id: string;
  notification_id: string;
  rev: number;
  gen: string;
  unread_notifications: number;
  read_rev: number | null;
  read_seq: number | null;
  unread_count: number;
  mention_count: number;
  last_read_at: Date | null;
}

/**
 * Inserts mentions and notifies the named members who may see the stream and did not mute it. One statement for all of them; no work for
 * other members, however many the stream has.
 */
export async function insertMentions(
  tx: Transaction,
  event: {
    streamId: string;
    eventId: string;
    seq: number;
    actorId: string;
    named: readonly { userId: string; notificationId: string }[];
    here: { notificationId: string } | undefined;
    createdAt: Date;
  },
): Promise<NotifiedMember[]> {
  const quiet: NotifyLevel = 'none';
  const rows = await tx.query<NotifiedMemberRow>(
    `with recipient as (
       select c.user_id, c.notification_id from unnest($6::text[], $7::text[]) as c(user_id, notification_id)
       join workspace_members wm on wm.workspace_id = $1 and wm.user_id = c.user_id and wm.removed_at is null
       join streams s on s.id = $2 and s.workspace_id = $1
       left join stream_members q on q.stream_id = s.id and q.user_id = c.user_id and q.left_at is null and q.notify_level = '${quiet}'
       ${accessOf('c.user_id')}
       where c.user_id <> $5 and q.user_id is null and ${seesIt(`(wm.role = 'guest')`)}
       order by c.user_id for no key update of wm
     ), mentioned as (
       insert into mentions (workspace_id, stream_id, seq, user_id, actor_id)
       select $1, $2, $4::bigint, user_id, $5 from recipient union all select $1, $2, $4, '${here}', $5 where $8::text is not null
       on conflict do nothing
     ), notified as (
       insert into notifications (id, workspace_id, user_id, kind, stream_id, event_id, seq, actor_id, created_at)
       select notification_id, $1, user_id, 'mention', $2, $3, $4::bigint, $5, $9::timestamptz from recipient
       union all select $8, $1, '${here}', 'here', $2, $3, $4, $5, $9 where $8::text is not null
     ), moved as (
       update workspace_members wm set rev = wm.rev + 1 from recipient where wm.workspace_id = $1 and wm.user_id = recipient.user_id
       returning wm.user_id, wm.rev, wm.gen
     )
     select recipient.user_id, recipient.notification_id, moved.rev, moved.gen,
       least(${unreadNotifications('recipient.user_id')} + 1, 100) as unread_notifications,
       m.read_rev, m.read_seq, m.last_read_at, ${unreadCount} as unread_count, ${mentionCount} + 1 as mention_count
     from recipient join moved on moved.user_id = recipient.user_id
     join streams s on s.id = $2
     left join stream_members m on m.stream_id = s.id and m.user_id = recipient.user_id and m.left_at is null`,
    [
      tx.workspaceId,
      event.streamId,
      event.eventId,
      event.seq,
      event.actorId,
      event.named.map(({ userId }) => userId),
      event.named.map(({ notificationId }) => notificationId),
      event.here?.notificationId ?? null,
      event.createdAt,
    ],
  );
  return rows.map(notifiedMemberOf);
}

function notifiedMemberOf(row: NotifiedMemberRow): NotifiedMember {
  const read = row.read_rev === null ? undefined : readStateOf({ ...row, read_rev: row.read_rev, read_seq: row.read_seq ?? 0 });
  return {
    userId: row.user_id,
    notificationId: row.notification_id,
    rev: row.rev,
    gen: row.gen,
    unreadNotifications: row.unread_notifications,
    read,
  };
}

export const readStateOf = (row: {
  read_rev: number;
  read_seq: number;
  unread_count: number;
  mention_count: number;
  last_read_at: Date | null;
}): ReadState => ({
  rev: row.read_rev,
  readSeq: row.read_seq,
  unreadCount: row.unread_count,
  mentionCount: row.mention_count,
  lastReadAt: row.last_read_at?.toISOString() ?? null,
});

/** Locks members, in the order of their ids, before a change that notifies some and withdraws from others. */
export async function lockMembers(tx: Transaction, userIds: readonly string[]): Promise<void> {
  await tx.query('select user_id from workspace_members where workspace_id = $1 and user_id = any($2) order by user_id for no key update', [
    tx.workspaceId,
    userIds,
  ]);
}

/**
 * Deletes the mentions and notifications of an event, except for members it still mentions. Returns the affected members who can read it,
 * with their new counts.
 */
export async function deleteMentions(
  tx: Transaction,
  event: { streamId: string; eventId: string; seq: number; keep: readonly string[] },
): Promise<RemovedNotifications[]> {
  const rows = await tx.query<RemovedNotificationsRow>(
    `with unmentioned as (
       delete from mentions where workspace_id = $1 and stream_id = $2 and seq = $4 and not user_id = any($5)
     ), locked as (
       select wm.user_id from workspace_members wm where wm.workspace_id = $1 and wm.user_id in (
         select n.user_id from notifications n where n.workspace_id = $1 and n.event_id = $3 and n.kind = 'mention' and not n.user_id = any($5))
       order by wm.user_id for no key update
     ), deleted as (
       delete from notifications n where n.workspace_id = $1 and n.event_id = $3 and not n.user_id = any($5)
         and (n.kind = 'mention' and n.user_id in (select user_id from locked) or n.kind = 'here')
       returning n.id, n.user_id, n.read_at
     ), gone as (
       select d.* from deleted d join workspace_members wm on wm.workspace_id = $1 and wm.user_id = d.user_id
       join streams s on s.id = $2 ${accessOf('d.user_id')} where ${seesIt(`(wm.role = 'guest')`)}
     ), ${affectedMembers}`,
    [tx.workspaceId, event.streamId, event.eventId, event.seq, event.keep],
  );
  return rows.map(removedOf);
}

/**
 * Marks as read, and returns, notifications of a stream and its descendants that their members can no longer see. `userId` undefined: of every
 * member. They are not listed unless the member regains access.
 */
export async function markHiddenRead(
  tx: Transaction,
  { streamId, userId, at }: { streamId: string; userId: string | undefined; at: Date },
): Promise<RemovedNotifications[]> {
  const rows = await tx.query<RemovedNotificationsRow>(
    `with recursive below as (
       select id from streams where id = $2 and workspace_id = $1
       union select c.id from streams c join below b on c.parent_stream_id = b.id
     ), gone as (
       select n.id, n.user_id, n.read_at from below join streams s on s.id = below.id
       join notifications n on n.workspace_id = $1 and n.stream_id = s.id and n.user_id = coalesce($3, n.user_id)
       join workspace_members wm on wm.workspace_id = $1 and wm.user_id = n.user_id
       ${accessOf('n.user_id')}
       where not ${seesIt(`(wm.role = 'guest')`)}
     ), settled as (
       update notifications n set read_at = $4 from gone where n.id = gone.id and gone.read_at is null
     ), ${affectedMembers}`,
    [tx.workspaceId, streamId, userId ?? null, at],
  );
  return rows.map(removedOf);
}

/** Notifications that left a member's activity, with the position of the member's own room and the new count. */
interface RemovedNotifications {
  readonly userId: string;
  readonly rev: number;
  readonly gen: string;
  readonly removed: string[];
  readonly unreadNotifications: number;
}
interface RemovedNotificationsRow {
  user_id: string;
  rev: number;
  gen: string;
  removed: string[];
  unread_notifications: number;
}
const removedOf = (row: RemovedNotificationsRow): RemovedNotifications => ({
  userId: row.user_id,
  rev: row.rev,
  gen: row.gen,
  removed: row.removed,
  unreadNotifications: row.unread_notifications,
});

/** SQL tail after `gone`, the notifications no longer listed: the own room of each affected member takes its next position. */
const affectedMembers = `held as (
       select user_id from workspace_members where workspace_id = $1 and user_id in (select user_id from gone) and removed_at is null
       order by user_id for no key update
     ), moved as (
       update workspace_members wm set rev = wm.rev + 1 from held where wm.workspace_id = $1 and wm.user_id = held.user_id
       returning wm.user_id, wm.rev, wm.gen
     )
     select moved.user_id, moved.rev, moved.gen, array_agg(gone.id) as removed,
       ${unreadNotifications('moved.user_id')} - count(*) filter (where gone.read_at is null) as unread_notifications
     from moved join gone on gone.user_id = moved.user_id group by moved.user_id, moved.rev, moved.gen`;
