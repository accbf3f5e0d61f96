import type { Provider, User, Workspace } from '../../contract/workspace.ts';
import type { Transaction } from '../platform/database.ts';

interface WorkspaceRow {
  id: string;
  name: string;
  created_at: Date;
}
const workspaceOf = (row: WorkspaceRow) => ({ id: row.id, name: row.name, createdAt: row.created_at.toISOString() }) as Workspace;

interface UserRow {
  id: string;
  name: string;
  email: string | null;
  role: User['role'];
  created_at: Date;
}
const userOf = (row: UserRow) =>
  ({ id: row.id, name: row.name, email: row.email, role: row.role, createdAt: row.created_at.toISOString() }) as User;

interface ProviderRow {
  id: string;
  workspace_id: string;
  kind: Provider['kind'];
  name: string;
  created_at: Date;
}
const providerOf = (row: ProviderRow) =>
  ({ id: row.id, workspaceId: row.workspace_id, kind: row.kind, name: row.name, createdAt: row.created_at.toISOString() }) as Provider;

export async function insertWorkspace(tx: Transaction, workspace: { name: string; gen: string; createdAt: Date }): Promise<void> {
  await tx.query('insert into workspaces (id, name, gen, created_at) values ($1, $2, $3, $4)', [
    tx.workspaceId,
    workspace.name,
    workspace.gen,
    workspace.createdAt,
  ]);
}

/** The workspace and the member; undefined when the user is no member. */
export async function findWorkspaceAndMember(tx: Transaction, userId: string): Promise<{ workspace: Workspace; me: User } | undefined> {
  const [row] = await tx.query<{ w_id: string; w_name: string; w_created_at: Date } & UserRow>(
    `select w.id as w_id, w.name as w_name, w.created_at as w_created_at, u.id, u.name, u.email, u.created_at, wm.role
     from workspaces w
     join workspace_members wm on wm.workspace_id = w.id and wm.user_id = $2 and wm.removed_at is null
     join users u on u.workspace_id = w.id and u.id = wm.user_id
     where w.id = $1`,
    [tx.workspaceId, userId],
  );
  return row && { workspace: workspaceOf({ id: row.w_id, name: row.w_name, created_at: row.w_created_at }), me: userOf(row) };
}

/** Inserts a provider; undefined when its name is taken. */
export async function insertProvider(
  tx: Transaction,
  provider: { id: string; kind: string; name: string; createdAt: Date },
): Promise<Provider | undefined> {
  const [row] = await tx.query<ProviderRow>(
    `insert into providers (id, workspace_id, kind, name, created_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning id, workspace_id, kind, name, created_at`,
    [provider.id, tx.workspaceId, provider.kind, provider.name, provider.createdAt],
  );
  return row && providerOf(row);
}

export async function listProvidersAfter(tx: Transaction, page: { after?: { name: string }; limit: number }): Promise<Provider[]> {
  const rows = await tx.query<ProviderRow>(
    `select id, workspace_id, kind, name, created_at from providers
     where workspace_id = $1 and ($2::text is null or lower(name) > lower($2))
     order by lower(name) limit $3`,
    [tx.workspaceId, page.after?.name ?? null, page.limit],
  );
  return rows.map(providerOf);
}
