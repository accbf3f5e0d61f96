import type { User } from '../../contract/workspace.ts';
import type { Transaction } from '../platform/database.ts';

interface UserRow {
  id: string;
  name: string;
  email: string | null;
  role: User['role'];
  created_at: Date;
}
const userOf = (row: UserRow) =>
  ({ id: row.id, name: row.name, email: row.email, role: row.role, createdAt: row.created_at.toISOString() }) as User;

/** A user's membership of the workspace. It stays when the member is removed. */
export interface Membership {
  readonly user: User;
  readonly removedAt: Date | null;
  /** Version that the member's next token gets. */
  readonly tokenVersion: number;
}

type MembershipRow = UserRow & { removed_at: Date | null; token_version: number };
const membershipOf = (row: MembershipRow): Membership => ({
  user: userOf(row),
  removedAt: row.removed_at,
  tokenVersion: row.token_version,
});

/** Members by name after a key; names compare by code point, in lower case as Postgres makes it. `seenBy` limits them to members of a guest's streams. */
export async function listMembersAfter(
  tx: Transaction,
  page: { q?: string; role?: string; seenBy?: string; after?: { name: string; id: string }; limit: number },
): Promise<User[]> {
  const rows = await tx.query<UserRow>(
    `select u.id, u.name, u.email, u.created_at, wm.role
     from workspace_members wm join users u on u.workspace_id = wm.workspace_id and u.id = wm.user_id
     where wm.workspace_id = $1 and wm.removed_at is null
       and ($2::text is null or strpos(lower(u.name), lower($2)) > 0 or strpos(lower(u.id), lower($2)) > 0)
       and ($3::text is null or wm.role = $3)
       and ($4::text is null or u.id = $4 or exists (
         select from stream_members mine join stream_members theirs on theirs.stream_id = mine.stream_id
         where mine.workspace_id = $1 and mine.user_id = $4 and mine.left_at is null and theirs.user_id = u.id and theirs.left_at is null))
       and ($5::text is null or (lower(u.name) collate "C", u.id) > (lower($5) collate "C", $6))
     order by lower(u.name) collate "C", u.id limit $7`,
    [tx.workspaceId, page.q || null, page.role ?? null, page.seenBy ?? null, page.after?.name ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(userOf);
}

const membershipQuery = `select u.id, u.name, u.email, u.created_at, wm.role, wm.removed_at, wm.token_version
     from workspace_members wm join users u on u.workspace_id = wm.workspace_id and u.id = wm.user_id
     where wm.workspace_id = $1 and wm.user_id = $2`;

/** Finds the membership of a user, also of a removed one. */
export async function findMembership(tx: Transaction, userId: string): Promise<Membership | undefined> {
  const [row] = await tx.query<MembershipRow>(membershipQuery, [tx.workspaceId, userId]);
  return row && membershipOf(row);
}

/** Locks the membership of a user, also of a removed one. */
export async function lockMembership(tx: Transaction, userId: string): Promise<Membership | undefined> {
  const [row] = await tx.query<MembershipRow>(`${membershipQuery} for no key update of wm`, [tx.workspaceId, userId]);
  return row && membershipOf(row);
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

/** Name, email and role of a new member; a name that is left out is the id. */
export interface NewMember {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly role: User['role'];
}

/** Inserts a user and the membership. Fails when the user has one. */
export async function insertMember(tx: Transaction, { id, name, email, role }: NewMember, joinedAt: Date): Promise<User> {
  const [row] = await tx.query<UserRow>(
    `with u as (
       insert into users (workspace_id, id, name, email, created_at, updated_at) values ($1, $2, coalesce($3, $2), $4, $6, $6)
       on conflict (workspace_id, id) do update set name = coalesce($3, users.name), email = coalesce($4, users.email), updated_at = $6
       returning id, name, email, created_at
     ), m as (
       insert into workspace_members (workspace_id, user_id, role, joined_at) values ($1, $2, $5, $6)
     )
     select u.id, u.name, u.email, u.created_at, $5 as role from u`,
    [tx.workspaceId, id, name, email, role, joinedAt],
  );
  if (!row) throw new Error(`The member ${id} could not be stored`);
  return userOf(row);
}

export async function setProfile(tx: Transaction, { id, name, email }: User, updatedAt: Date): Promise<void> {
  await tx.query('update users set name = $3, email = $4, updated_at = $5 where workspace_id = $1 and id = $2', [
    tx.workspaceId,
    id,
    name,
    email,
    updatedAt,
  ]);
}

export async function setRole(tx: Transaction, userId: string, role: string): Promise<void> {
  await tx.query('update workspace_members set role = $3 where workspace_id = $1 and user_id = $2', [tx.workspaceId, userId, role]);
}

/** Ends all tokens of a member that were minted before. */
export async function raiseTokenVersion(tx: Transaction, userId: string): Promise<void> {
  await tx.query('update workspace_members set token_version = token_version + 1 where workspace_id = $1 and user_id = $2', [
    tx.workspaceId,
    userId,
  ]);
}

/**
 * Takes from a new guest what guests do not see, in streams that they are no member of: follows of threads end, and notifications are
 * marked as read.
 */
export async function settleWhatGuestsDoNotSee(tx: Transaction, userId: string, at: Date): Promise<void> {
  const mayRead = `exists (
       select from stream_members a where a.stream_id = any(s.access_ids) and a.user_id = $2 and a.left_at is null)`;
  await tx.query(
    `update stream_members m set left_at = $3 from streams s
     where m.workspace_id = $1 and m.user_id = $2 and m.left_at is null and s.id = m.stream_id and not ${mayRead}`,
    [tx.workspaceId, userId, at],
  );
  await tx.query(
    `update notifications n set read_at = $3 where n.workspace_id = $1 and n.user_id = $2 and n.read_at is null and not exists (
       select from streams s where s.id = n.stream_id and ${mayRead})`,
    [tx.workspaceId, userId, at],
  );
}

/** Marks a member as removed and ends their tokens. */
export async function markRemoved(tx: Transaction, userId: string, at: Date): Promise<void> {
  await tx.query(
    'update workspace_members set removed_at = $3, token_version = token_version + 1 where workspace_id = $1 and user_id = $2',
    [tx.workspaceId, userId, at],
  );
}

/** Ends all that a member had in streams, so that nothing of it comes back with them: memberships, follows, mentions, notifications. */
export async function endEverything(tx: Transaction, userId: string, at: Date): Promise<void> {
  await tx.query('update stream_members set left_at = $3 where workspace_id = $1 and user_id = $2 and left_at is null', [
    tx.workspaceId,
    userId,
    at,
  ]);
  await tx.query('delete from mentions where workspace_id = $1 and user_id = $2', [tx.workspaceId, userId]);
  await tx.query('delete from notifications where workspace_id = $1 and user_id = $2', [tx.workspaceId, userId]);
}

/** Tests for an erasure of the user that runs, at whose end the user is deleted. */
export async function isBeingErased(tx: Transaction, userId: string): Promise<boolean> {
  const rows = await tx.query<{ found: number }>(
    `select 1 as found from jobs where workspace_id = $1 and kind = 'erasure' and status = 'running' and input ->> 'userId' = $2`,
    [tx.workspaceId, userId],
  );
  return rows.length > 0;
}

/** Makes a removed user a member again; tokens of before stay ended. Returns the version of the next token. */
export async function markRestored(tx: Transaction, userId: string, role: string, at: Date): Promise<number> {
  const [row] = await tx.query<{ token_version: number }>(
    `update workspace_members set removed_at = null, role = $3, joined_at = $4, token_version = token_version + 1
     where workspace_id = $1 and user_id = $2 returning token_version`,
    [tx.workspaceId, userId, role, at],
  );
  if (!row) throw new Error(`The user ${userId} has no membership`);
  return row.token_version;
}
