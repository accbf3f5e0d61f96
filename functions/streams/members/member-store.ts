import type { StreamMember } from '../../../contract/stream.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessOf, seesIt, shareStream } from '../streams/stream-rows.ts';

type Role = 'owner' | 'admin' | 'member';

interface MemberRow {
  user_id: string;
  name: string;
  role: Role;
  workspace_role: StreamMember['workspaceRole'];
  joined_at: Date;
}

const memberOf = (row: MemberRow): StreamMember =>
  ({
    user: { id: row.user_id, name: row.name },
    role: row.role,
    workspaceRole: row.workspace_role,
    joinedAt: row.joined_at.toISOString(),
  }) as StreamMember;

const memberColumns = 'm.user_id, u.name, m.role, wm.role as workspace_role, m.joined_at';
const memberJoins = `join users u on u.workspace_id = m.workspace_id and u.id = m.user_id
     join workspace_members wm on wm.workspace_id = m.workspace_id and wm.user_id = m.user_id and wm.removed_at is null`;

/** Lists the members of a stream after a key, by name; names compare by code point, in lower case as Postgres makes it. */
export async function listMembersOf(
  tx: Transaction,
  streamId: string,
  page: { q?: string; after?: { name: string; id: string } | undefined; limit: number; offset?: number },
): Promise<StreamMember[]> {
  const rows = await tx.query<MemberRow>(
    `select ${memberColumns} from stream_members m ${memberJoins}
     where m.workspace_id = $1 and m.stream_id = $2 and m.left_at is null
       and ($3::text is null or strpos(lower(u.name), lower($3)) > 0 or strpos(lower(u.id), lower($3)) > 0)
       and ($4::text is null or (lower(u.name) collate "C", u.id) > (lower($4) collate "C", $5))
     order by lower(u.name) collate "C", u.id limit $6 offset $7`,
    [tx.workspaceId, streamId, page.q || null, page.after?.name ?? null, page.after?.id ?? null, page.limit, page.offset ?? 0],
  );
  return rows.map(memberOf);
}

/** Counts the members of a stream. */
export async function countMembers(tx: Transaction, streamId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*) as count from stream_members m ${memberJoins} where m.workspace_id = $1 and m.stream_id = $2 and m.left_at is null`,
    [tx.workspaceId, streamId],
  );
  return row?.count ?? 0;
}

/** Finds one member of a stream; undefined for users who are not in it. */
export async function findMember(tx: Transaction, streamId: string, userId: string): Promise<StreamMember | undefined> {
  const [row] = await tx.query<MemberRow>(
    `select ${memberColumns} from stream_members m ${memberJoins}
     where m.workspace_id = $1 and m.stream_id = $2 and m.user_id = $3 and m.left_at is null`,
    [tx.workspaceId, streamId, userId],
  );
  return row && memberOf(row);
}

/** Finds those of the users who are workspace members, with their names. For a guest, only people in a common stream. */
export async function findPeople(tx: Transaction, userIds: readonly string[], guestId?: string): Promise<{ id: string; name: string }[]> {
  return tx.query<{ id: string; name: string }>(
    `select u.id, u.name from workspace_members wm join users u on u.workspace_id = wm.workspace_id and u.id = wm.user_id
     where wm.workspace_id = $1 and wm.user_id = any($2) and wm.removed_at is null
       and ($3::text is null or wm.user_id = $3 or ${shareStream('$3', 'wm.user_id')})`,
    [tx.workspaceId, userIds, guestId ?? null],
  );
}

/**
 * Adds members and skips existing ones. Everything before the join counts as read. The caller must have appended its event first: that
 * locks the stream's row, so concurrent joins and leaves run one after the other.
 */
export async function addMembers(
  tx: Transaction,
  streamId: string,
  members: readonly { userId: string; role: Role }[],
  joinedAt: Date,
): Promise<StreamMember[]> {
  const rows = await tx.query<MemberRow>(
    `with added as (
       insert into stream_members as m (stream_id, user_id, workspace_id, role, read_seq, read_ordinal, last_read_at, joined_at)
       select s.id, n.user_id, s.workspace_id, n.role, s.last_seq, s.message_count, $5, $5
       from unnest($3::text[], $4::text[]) as n(user_id, role)
       join workspace_members wm on wm.workspace_id = $1 and wm.user_id = n.user_id and wm.removed_at is null
       join streams s on s.id = $2 and s.workspace_id = $1
       on conflict (stream_id, user_id) do update set role = excluded.role, read_seq = excluded.read_seq,
         read_ordinal = excluded.read_ordinal, read_rev = m.read_rev + 1, last_read_at = excluded.last_read_at,
         joined_at = excluded.joined_at, left_at = null, notify_level = 'default'
         where m.left_at is not null
       returning *
     )
     select ${memberColumns} from added m ${memberJoins}`,
    [tx.workspaceId, streamId, members.map(({ userId }) => userId), members.map(({ role }) => role), joinedAt],
  );
  return rows.map(memberOf);
}

/** Makes the author of a reply a follower of the thread, read up to the reply. */
export function followThread(
  tx: Transaction,
  { stream, userId, event }: { stream: { id: string }; userId: string; event: { seq: number; createdAt: string } },
): void {
  tx.defer(
    `insert into stream_members as m (stream_id, user_id, workspace_id, role, read_seq, read_ordinal, last_read_at, joined_at)
     select s.id, $3, s.workspace_id, 'member', $4, s.message_count, $5, $5 from streams s where s.id = $2 and s.workspace_id = $1
     on conflict (stream_id, user_id) do update set read_seq = excluded.read_seq, read_ordinal = excluded.read_ordinal,
       read_rev = m.read_rev + 1, last_read_at = excluded.last_read_at, left_at = null`,
    [tx.workspaceId, stream.id, userId, event.seq, event.createdAt],
  );
}

/** Ends a membership; false when there was none. */
export async function endMembership(tx: Transaction, streamId: string, userId: string, leftAt: Date): Promise<boolean> {
  const rows = await tx.query<{ user_id: string }>(
    `update stream_members set left_at = $4 where workspace_id = $1 and stream_id = $2 and user_id = $3 and left_at is null
     returning user_id`,
    [tx.workspaceId, streamId, userId, leftAt],
  );
  return rows.length > 0;
}

/** A follower of a thread who no longer is, with the position that the follower's own room takes for it. */
export interface EndedFollowing {
  readonly userId: string;
  readonly streamId: string;
  readonly rev: number;
  readonly gen: string;
}

/**
 * Ends following of the threads below a stream, at any depth, for followers who cannot read them now. `leaverId` left the stream, and stops
 * following the threads right below it in any case. Former members of the workspace have no position.
 */
export async function endFollowing(
  tx: Transaction,
  { streamId, leaverId, at }: { streamId: string; leaverId: string | undefined; at: Date },
): Promise<EndedFollowing[]> {
  const rows = await tx.query<{ user_id: string; stream_id: string; rev: number; gen: string }>(
    `with recursive below as (
       select id from streams where id = $2 and workspace_id = $1
       union select c.id from streams c join below b on c.parent_stream_id = b.id
     ), hidden as (
       select f.stream_id, f.user_id from below
       join streams s on s.id = below.id and s.stream_type = 'thread'
       join stream_members f on f.workspace_id = $1 and f.stream_id = s.id and f.left_at is null
       join workspace_members wm on wm.workspace_id = $1 and wm.user_id = f.user_id
       ${accessOf('f.user_id')}
       where wm.removed_at is not null or not ${seesIt(`(wm.role = 'guest')`)} or (f.user_id = $3 and s.parent_stream_id = $2)
     ), ended as (
       update stream_members m set left_at = $4 from hidden
       where m.workspace_id = $1 and m.stream_id = hidden.stream_id and m.user_id = hidden.user_id
       returning m.user_id, m.stream_id
     ), held as (
       select user_id from workspace_members where workspace_id = $1 and user_id in (select user_id from ended) and removed_at is null
       order by user_id for no key update
     ), moved as (
       update workspace_members wm set rev = wm.rev + (select count(*) from ended e where e.user_id = wm.user_id) from held
       where wm.workspace_id = $1 and wm.user_id = held.user_id
       returning wm.user_id, wm.rev, wm.gen
     )
     select ended.user_id, ended.stream_id, moved.gen,
       moved.rev - row_number() over (partition by ended.user_id order by ended.stream_id desc) + 1 as rev
     from ended join moved on moved.user_id = ended.user_id order by ended.user_id, ended.stream_id`,
    [tx.workspaceId, streamId, leaverId ?? null, at],
  );
  return rows.map(({ user_id, stream_id, rev, gen }) => ({ userId: user_id, streamId: stream_id, rev, gen }));
}

/** Counts the other active members of a stream, and the owners among them. Former members of the workspace and guests own nothing. */
export async function countOthers(tx: Transaction, streamId: string, userId: string): Promise<{ members: number; owners: number }> {
  const [row] = await tx.query<{ members: number; owners: number }>(
    `select count(*) as members, count(*) filter (where m.role = 'owner' and wm.role <> 'guest') as owners from stream_members m
     join workspace_members wm on wm.workspace_id = m.workspace_id and wm.user_id = m.user_id and wm.removed_at is null
     where m.workspace_id = $1 and m.stream_id = $2 and m.user_id <> $3 and m.left_at is null`,
    [tx.workspaceId, streamId, userId],
  );
  return row ?? { members: 0, owners: 0 };
}

export async function setMemberRole(tx: Transaction, streamId: string, userId: string, role: Role): Promise<void> {
  await tx.query('update stream_members set role = $4 where workspace_id = $1 and stream_id = $2 and user_id = $3 and left_at is null', [
    tx.workspaceId,
    streamId,
    userId,
    role,
  ]);
}

export async function setNotifyLevel(tx: Transaction, streamId: string, userId: string, level: string): Promise<void> {
  await tx.query(
    'update stream_members set notify_level = $4 where workspace_id = $1 and stream_id = $2 and user_id = $3 and left_at is null',
    [tx.workspaceId, streamId, userId, level],
  );
}

/** Inserts a notification for each invited user and takes the next position of each user's own room. */
export async function insertInvitations(
  tx: Transaction,
  invitation: {
    streamId: string;
    eventId: string;
    seq: number;
    actorId: string;
    invited: readonly { userId: string; notificationId: string }[];
    createdAt: Date;
  },
): Promise<{ userId: string; notificationId: string; rev: number; gen: string; unreadNotifications: number }[]> {
  const rows = await tx.query<{ user_id: string; notification_id: string; rev: number; gen: string; unread_notifications: number }>(
    `with invited as (
       select n.user_id, n.notification_id from unnest($2::text[], $3::text[]) as n(user_id, notification_id)
       join workspace_members wm on wm.workspace_id = $1 and wm.user_id = n.user_id and wm.removed_at is null
       order by n.user_id for no key update of wm
     ), notified as (
       insert into notifications (id, workspace_id, user_id, kind, stream_id, event_id, seq, actor_id, created_at)
       select notification_id, $1, user_id, 'invited', $4, $5, $6, $7, $8 from invited
     ), moved as (
       update workspace_members wm set rev = wm.rev + 1 from invited where wm.workspace_id = $1 and wm.user_id = invited.user_id
       returning wm.user_id, wm.rev, wm.gen
     )
     select moved.*, invited.notification_id,
       (select count(*) + 1 from (select from notifications un
         where un.workspace_id = $1 and un.user_id = moved.user_id and un.read_at is null limit 99) x) as unread_notifications
     from moved join invited on invited.user_id = moved.user_id`,
    [
      tx.workspaceId,
      invitation.invited.map(({ userId }) => userId),
      invitation.invited.map(({ notificationId }) => notificationId),
      invitation.streamId,
      invitation.eventId,
      invitation.seq,
      invitation.actorId,
      invitation.createdAt,
    ],
  );
  return rows.map((row) => ({
    userId: row.user_id,
    notificationId: row.notification_id,
    rev: row.rev,
    gen: row.gen,
    unreadNotifications: row.unread_notifications,
  }));
}
