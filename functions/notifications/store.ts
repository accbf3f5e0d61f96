import type { Notification } from '../../contract/notification.ts';
import type { Transaction } from '../platform/database.ts';
import { accessOf, seesIt } from '../streams/streams/stream-rows.ts';

interface NotificationRow {
  id: string;
  kind: Notification['kind'];
  stream_id: string;
  stream_name: string | null;
  stream_type: string;
  event_id: string | null;
  seq: number;
  actor_id: string;
  actor_name: string | null;
  text: string | null;
  created_at: Date;
  read_at: Date | null;
}

const notificationOf = (row: NotificationRow): Notification =>
  ({
    id: row.id,
    kind: row.kind,
    streamId: row.stream_id,
    streamName: row.stream_name,
    streamType: row.stream_type,
    eventId: row.event_id,
    seq: row.seq,
    actor: { id: row.actor_id, name: row.actor_name ?? row.actor_id },
    text: row.text,
    createdAt: row.created_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  }) as Notification;

/**
 * Lists a member's activity before a key, newest first: their own rows, and the @here rows of streams they are in. An @here is read once
 * the member's read pointer has passed it. Entries of hidden streams and deleted events are left out.
 */
export async function listActivity(
  tx: Transaction,
  userId: string,
  page: { unreadOnly: boolean; after?: string; limit: number; textCharacters: number },
): Promise<Notification[]> {
  const rows = await tx.query<NotificationRow>(
    `with mine as (
       (select n.id, n.kind, n.stream_id, n.event_id, n.seq, n.actor_id, n.created_at, n.read_at from notifications n
        where n.workspace_id = $1 and n.user_id = $2 and ($3::text is null or n.id < $3) and (not $4::boolean or n.read_at is null)
        order by n.id desc limit $5 * 4)
       union all
       (select n.id, n.kind, n.stream_id, n.event_id, n.seq, n.actor_id, n.created_at,
          case when m.read_seq >= n.seq then m.last_read_at end from notifications n
        join stream_members m on m.workspace_id = $1 and m.user_id = $2 and m.stream_id = n.stream_id and m.left_at is null
        where n.workspace_id = $1 and n.user_id = '@here' and n.actor_id <> $2 and n.created_at >= m.joined_at
          and ($3::text is null or n.id < $3) and (not $4::boolean or m.read_seq < n.seq)
        order by n.id desc limit $5 * 4)
     )
     select n.*, s.name as stream_name, s.stream_type, u.name as actor_name, left(t.content, $6::int) as text
     from mine n
     join streams s on s.id = n.stream_id and s.workspace_id = $1
     join workspace_members wm on wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null
     left join users u on u.workspace_id = $1 and u.id = n.actor_id
     left join text_messages t on t.id = n.event_id
     ${accessOf('$2')}
     where ${seesIt(`(wm.role = 'guest')`)}
     order by n.id desc limit $5`,
    [tx.workspaceId, userId, page.after ?? null, page.unreadOnly, page.limit, page.textCharacters],
  );
  return rows.map(notificationOf);
}

/**
 * Marks the given notifications, or all up to one id, as read; returns those that were unread. If there were any, the member's own room
 * takes its next position.
 */
export async function markReadOf(
  tx: Transaction,
  userId: string,
  which: { ids?: readonly string[]; upTo?: string; at: Date },
): Promise<{ read: string[]; place: { rev: number; gen: string } | undefined }> {
  const rows = await tx.query<{ id: string; rev: number; gen: string }>(
    `with held as (
       select user_id from workspace_members where workspace_id = $1 and user_id = $2 for no key update
     ), seen as (
       update notifications n set read_at = $5 from held
       where n.workspace_id = $1 and n.user_id = held.user_id and n.read_at is null and (n.id = any($3::text[]) or n.id <= $4::text)
       returning n.id
     ), moved as (
       update workspace_members set rev = rev + 1 where workspace_id = $1 and user_id = $2 and exists (select from seen) returning rev, gen
     )
     select seen.id, moved.rev, moved.gen from seen, moved`,
    [tx.workspaceId, userId, which.ids ?? null, which.upTo ?? null, which.at],
  );
  const [first] = rows;
  return { read: rows.map(({ id }) => id), place: first && { rev: first.rev, gen: first.gen } };
}

/** Counts unread personal notifications, up to 100. */
export async function countUnread(tx: Transaction, userId: string): Promise<number> {
  const [row] = await tx.query<{ unread: number }>(
    `select count(*) as unread from (select from notifications
       where workspace_id = $1 and user_id = $2 and read_at is null limit 100) x`,
    [tx.workspaceId, userId],
  );
  return row?.unread ?? 0;
}
