import type { Stream } from '../../../contract/stream.ts';
import type { User, Workspace } from '../../../contract/workspace.ts';
import type { Transaction } from '../../platform/database.ts';
import { unreadNotifications } from '../mentions/mention-store.ts';
import { accessOf, accessRankOf, ownRank, seesIt, streamColumns, streamForReaderOf } from '../streams/stream-rows.ts';
import type { ReaderRow } from '../streams/stream-rows.ts';

/** Positions of the workspace's and the member's rooms, and the member; undefined for users outside the workspace. */
export interface BootstrapHead {
  readonly workspace: Workspace;
  readonly me: User;
  readonly workspaceRoom: { head: number; gen: string };
  readonly memberRoom: { head: number; gen: string };
  readonly unreadNotifications: number;
}

export async function findBootstrapHead(tx: Transaction, userId: string): Promise<BootstrapHead | undefined> {
  const [row] = await tx.query<{
    w_id: string;
    w_name: string;
    w_created_at: Date;
    w_rev: number;
    w_gen: string;
    rev: number;
    gen: string;
    id: string;
    name: string;
    email: string | null;
    role: string;
    created_at: Date;
    unread_notifications: number;
  }>(
    `select w.id as w_id, w.name as w_name, w.created_at as w_created_at, w.rev as w_rev, w.gen as w_gen, wm.rev, wm.gen,
       u.id, u.name, u.email, wm.role, u.created_at, ${unreadNotifications('wm.user_id')} as unread_notifications
     from workspaces w
     join workspace_members wm on wm.workspace_id = w.id and wm.user_id = $2 and wm.removed_at is null
     join users u on u.workspace_id = w.id and u.id = wm.user_id
     where w.id = $1`,
    [tx.workspaceId, userId],
  );
  if (!row) return undefined;
  const { id, name, email, role } = row;
  return {
    workspace: { id: row.w_id, name: row.w_name, createdAt: row.w_created_at.toISOString() } as Workspace,
    me: { id, name, email, role, createdAt: row.created_at.toISOString() } as User,
    workspaceRoom: { head: row.w_rev, gen: row.w_gen },
    memberRoom: { head: row.rev, gen: row.gen },
    unreadNotifications: row.unread_notifications,
  };
}

/**
 * Lists the streams of a member's sidebar, newest activity first: their own, followed threads among them, and the public ones. Access is
 * computed only if inherited, and ranked, like unread counts, only for streams of the page. `actorIds`: the last authors there.
 */
export async function listSidebar(tx: Transaction, userId: string, limit: number): Promise<{ stream: Stream; actorIds: string[] }[]> {
  const guest = '(select guest from caller)';
  const inIt = 's.id in (select mm.stream_id from stream_members mm where mm.workspace_id = $1 and mm.user_id = $2 and mm.left_at is null)';
  const newestFirst = 'order by coalesce(s.last_event_at, s.created_at) desc, s.id desc';
  const rows = await tx.query<ReaderRow & { actor_ids: string }>(
    // A sort copies each row that it is given, so it gets places and keys of rows; a place (ctid) holds as long as the snapshot does.
    // "offset 0" keeps the planner from reading all streams again for the rows of one page.
    // Ids hold no space, and a text is read faster than an array.
    `with caller as materialized (
       select wm.role, wm.role = 'guest' as guest from workspace_members wm where wm.workspace_id = $1 and wm.user_id = $2
     ), page as materialized (
       select s.ctid as place from streams s
       where s.workspace_id = $1 and s.archived_at is null and case
         when (case when s.visibility = 'public' and not ${guest} or s.visibility = 'inherit' and s.stream_type <> 'thread' then true
           else ${inIt} end)
         then s.visibility <> 'inherit' or (select ${seesIt(guest)} from (select) one ${accessOf('$2')}) end
       ${newestFirst} limit $3
     ), shown as materialized (
       select s.* from page cross join lateral (select * from streams where ctid = page.place and workspace_id = $1 offset 0) s
     )
     select ${streamColumns}, array_to_string(s.recent_actor_ids, ' ') as actor_ids, (select role from caller) as caller_role,
       case s.visibility when 'inherit' then ${accessRankOf('$2')} else ${ownRank} end as access_rank
     from shown s
     left join stream_members m on m.workspace_id = $1 and m.stream_id = s.id and m.user_id = $2 and m.left_at is null
     ${newestFirst}`,
    [tx.workspaceId, userId, limit],
  );
  return rows.map((row) => ({ stream: streamForReaderOf(row), actorIds: row.actor_ids === '' ? [] : row.actor_ids.split(' ') }));
}

/**
 * Lists the names of current and former members, as the last statement of a transaction, in one flight with the commit. The ids are joined
 * as rows: `= any($2)` under a generic plan compares each row with each id. Not async: the transaction reports the failure, and a wrapping
 * promise would be rejected without a handler.
 */
export function listPeople(tx: Transaction, userIds: readonly string[]): Promise<{ id: string; name: string }[]> {
  return tx.deferRows<{ id: string; name: string }>(
    'select u.id, u.name from unnest($2::text[]) as shown(id) join users u on u.workspace_id = $1 and u.id = shown.id order by u.id',
    [tx.workspaceId, userIds],
  );
}
