import type { User } from '../../contract/workspace.ts';
import type { Transaction } from '../platform/database.ts';

/** Adds the user and the membership, or updates the fields given. A removed member stays removed unless a role is given. */
export async function upsertUser(
  tx: Transaction,
  user: { id: string; name: string | null; email: string | null; role: User['role'] | null; now: Date },
): Promise<User> {
  const [row] = await tx.query<{ id: string; name: string; email: string | null; role: User['role']; created_at: Date }>(
    `with u as (
       insert into users (workspace_id, id, name, email, created_at, updated_at) values ($1, $2, coalesce($3, $2), $4, $6, $6)
       on conflict (workspace_id, id) do update set
         name = coalesce($3, users.name),
         email = coalesce($4, users.email),
         updated_at = case when coalesce($3, users.name) = users.name and coalesce($4, users.email) is not distinct from users.email
           then users.updated_at else $6 end
       returning id, name, email, created_at
     ), m as (
       insert into workspace_members (workspace_id, user_id, role, joined_at) values ($1, $2, coalesce($5, 'member'), $6)
       on conflict (workspace_id, user_id) do update set
         role = coalesce($5, workspace_members.role),
         removed_at = case when $5::text is null then workspace_members.removed_at else null end
       returning role
     )
     select u.id, u.name, u.email, u.created_at, m.role from u, m`,
    [tx.workspaceId, user.id, user.name, user.email, user.role, user.now],
  );
  if (!row) throw new Error(`The user ${user.id} could not be stored`);
  return { id: row.id, name: row.name, email: row.email, role: row.role, createdAt: row.created_at.toISOString() } as User;
}
