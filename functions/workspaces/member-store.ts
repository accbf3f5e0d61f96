import type { User } from '../../contract/workspace.ts';
import type { Transaction } from '../platform/database.ts';

interface MemberRow {
  id: string;
  name: string;
  email: string | null;
  role: User['role'];
  created_at: Date;
}
const memberOf = (row: MemberRow) =>
  ({ id: row.id, name: row.name, email: row.email, role: row.role, createdAt: row.created_at.toISOString() }) as User;

/** Members by name after a key; names compare by code point. `seenBy` limits them to members of a guest's streams. */
export async function listMembersAfter(
  tx: Transaction,
  page: { q?: string; role?: string; seenBy?: string; after?: { name: string; id: string }; limit: number },
): Promise<User[]> {
  const rows = await tx.query<MemberRow>(
    `select u.id, u.name, u.email, u.created_at, wm.role
     from workspace_members wm join users u on u.workspace_id = wm.workspace_id and u.id = wm.user_id
     where wm.workspace_id = $1 and wm.removed_at is null
       and ($2::text is null or strpos(lower(u.name), lower($2)) > 0 or strpos(lower(u.id), lower($2)) > 0)
       and ($3::text is null or wm.role = $3)
       and ($4::text is null or u.id = $4 or exists (
         select from stream_members mine join stream_members theirs on theirs.stream_id = mine.stream_id
         where mine.workspace_id = $1 and mine.user_id = $4 and mine.left_at is null and theirs.user_id = u.id and theirs.left_at is null))
       and ($5::text is null or (lower(u.name) collate "C", u.id) > ($5 collate "C", $6))
     order by lower(u.name) collate "C", u.id limit $7`,
    [tx.workspaceId, page.q || null, page.role ?? null, page.seenBy ?? null, page.after?.name ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(memberOf);
}

/** Locks a member; undefined when the user is no member of the workspace. */
export async function lockMember(tx: Transaction, userId: string): Promise<User | undefined> {
  const [row] = await tx.query<MemberRow>(
    `select u.id, u.name, u.email, u.created_at, wm.role
     from workspace_members wm join users u on u.workspace_id = wm.workspace_id and u.id = wm.user_id
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null for no key update of wm`,
    [tx.workspaceId, userId],
  );
  return row && memberOf(row);
}

/** Takes the next position of the workspace's room. The row lock queues concurrent changes of members. */
export async function takeRevision(tx: Transaction): Promise<{ rev: number; gen: string }> {
  const [row] = await tx.query<{ rev: number; gen: string }>('update workspaces set rev = rev + 1 where id = $1 returning rev, gen', [
    tx.workspaceId,
  ]);
  if (!row) throw new Error(`The workspace ${tx.workspaceId} has no row`);
  return row;
}

/** Counts the owners of the workspace, without one user. */
export async function countOtherOwners(tx: Transaction, userId: string): Promise<number> {
  const [row] = await tx.query<{ owners: number }>(
    `select count(*) as owners from workspace_members where workspace_id = $1 and user_id <> $2 and role = 'owner' and removed_at is null`,
    [tx.workspaceId, userId],
  );
  return row?.owners ?? 0;
}

export async function setRole(tx: Transaction, userId: string, role: string): Promise<void> {
  await tx.query('update workspace_members set role = $3 where workspace_id = $1 and user_id = $2', [tx.workspaceId, userId, role]);
}

/** Marks a new guest's notifications as read in streams that they are no member of and can no longer see. */
export async function settleWhatGuestsDoNotSee(tx: Transaction, userId: string, at: Date): Promise<void> {
  await tx.query(
    `update notifications n set read_at = $3 where n.workspace_id = $1 and n.user_id = $2 and n.read_at is null and not exists (
       select from streams s join stream_members m on m.stream_id = any(s.access_ids) and m.user_id = $2 and m.left_at is null
       where s.id = n.stream_id)`,
    [tx.workspaceId, userId, at],
  );
}

export async function markRemoved(tx: Transaction, userId: string, at: Date): Promise<void> {
  await tx.query('update workspace_members set removed_at = $3 where workspace_id = $1 and user_id = $2', [tx.workspaceId, userId, at]);
}
