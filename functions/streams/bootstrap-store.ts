import type { Stream } from '../../contract/stream.ts';
import type { User, Workspace } from '../../contract/workspace.ts';
import type { Transaction } from '../platform/database.ts';
import { unreadNotifications } from './mention-store.ts';
import { accessOf, seesIt, streamColumns, streamOf } from './rows.ts';
import type { StreamRow } from './rows.ts';

/** Where the rooms of the workspace and of a member are, and who the member is; undefined for who is not in the workspace. */
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
 * The streams of a member's sidebar, the newest activity first: those they are in, threads that they follow among them, and the public ones.
 * Which ones is found from narrow rows; what they look like, and what is unread, is asked only of those that are shown.
 */
export async function listSidebar(tx: Transaction, userId: string, { guest, limit }: { guest: boolean; limit: number }): Promise<Stream[]> {
  const rows = await tx.query<StreamRow>(
    `with shown as materialized (
       select s.id, coalesce(s.last_event_at, s.created_at) as active_at
       from streams s
       left join stream_members m on m.stream_id = s.id and m.user_id = $2 and m.left_at is null
       ${accessOf('$2')}
       where s.workspace_id = $1 and s.archived_at is null and (s.stream_type <> 'thread' or m.user_id is not null) and ${seesIt('$3::boolean')}
       order by 2 desc, 1 desc limit $4
     )
     select ${streamColumns} from shown
     join streams s on s.id = shown.id
     left join stream_members m on m.stream_id = s.id and m.user_id = $2 and m.left_at is null
     order by shown.active_at desc, s.id desc`,
    [tx.workspaceId, userId, guest, limit],
  );
  return rows.map(streamOf);
}

/** The names of people who are members, or were. */
export async function listPeople(tx: Transaction, userIds: readonly string[]): Promise<{ id: string; name: string }[]> {
  return tx.query<{ id: string; name: string }>('select id, name from users where workspace_id = $1 and id = any($2) order by id', [
    tx.workspaceId,
    userIds,
  ]);
}

/** Who is needed to show some streams: the last who wrote in each, and the members of small ones. */
export async function listActors(tx: Transaction, streamIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select distinct unnest(recent_actor_ids) as id from streams where workspace_id = $1 and id = any($2)',
    [tx.workspaceId, streamIds],
  );
  return rows.map(({ id }) => id);
}
