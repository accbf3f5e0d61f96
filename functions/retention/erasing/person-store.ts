import type { Transaction } from '../../platform/database.ts';

/** A member, present or former, with their role. */
export interface Person {
  readonly role: string;
  readonly createdAt: Date;
  readonly isPresent: boolean;
}

/** Locks a member, present or former. */
export async function lockPerson(tx: Transaction, userId: string): Promise<Person | undefined> {
  const [row] = await tx.query<{ role: string; created_at: Date; is_present: boolean }>(
    `select u.created_at, wm.role, wm.removed_at is null as is_present
     from workspace_members wm join users u on u.workspace_id = wm.workspace_id and u.id = wm.user_id
     where wm.workspace_id = $1 and wm.user_id = $2 for no key update of wm`,
    [tx.workspaceId, userId],
  );
  return row && { role: row.role, createdAt: row.created_at, isPresent: row.is_present };
}

/** Removes a member with all their tokens, takes their profile away, and adds the person that takes their place in what remains. */
export async function replaceProfile(
  tx: Transaction,
  { userId, replacement, name, at }: { userId: string; replacement: string; name: string; at: Date },
): Promise<void> {
  await tx.query(
    `with member as (
       update workspace_members set removed_at = coalesce(removed_at, $5), token_version = token_version + 1
       where workspace_id = $1 and user_id = $2 returning joined_at, role, removed_at
     ), gone as (
       update users set name = $4, email = null, updated_at = $5 where workspace_id = $1 and id = $2 returning created_at
     ), stand_in as (
       insert into users (workspace_id, id, name, email, created_at, updated_at) select $1, $3, $4, null, created_at, $5 from gone
     )
     insert into workspace_members (workspace_id, user_id, role, joined_at, removed_at)
     select $1, $3, role, joined_at, removed_at from member`,
    [tx.workspaceId, userId, replacement, name, at],
  );
}

/** Deletes the rows that the member was known by. */
export async function deletePerson(tx: Transaction, userId: string): Promise<void> {
  await tx.query('delete from workspace_members where workspace_id = $1 and user_id = $2', [tx.workspaceId, userId]);
  await tx.query('delete from users where workspace_id = $1 and id = $2', [tx.workspaceId, userId]);
}
