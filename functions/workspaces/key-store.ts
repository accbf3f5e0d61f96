import type { ApiKey } from '../../contract/api-key.ts';
import type { Transaction } from '../platform/database.ts';

interface KeyRow {
  id: string;
  name: string;
  scopes: ApiKey['scopes'];
  created_at: Date;
  created_by: string;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
  rotated_from: string | null;
}
const keyOf = (row: KeyRow): ApiKey =>
  ({
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    rotatedFrom: row.rotated_from,
  }) as ApiKey;

const columns = 'id, name, scopes, created_at, created_by, expires_at, last_used_at, revoked_at, rotated_from';

export interface NewKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly secretHash: Buffer;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly rotatedFrom: string | null;
}

export async function insertKey(tx: Transaction, key: NewKey): Promise<ApiKey> {
  const [row] = await tx.query<KeyRow>(
    `insert into api_keys (id, workspace_id, name, scopes, secret_hash, created_at, created_by, expires_at, rotated_from)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
    [key.id, tx.workspaceId, key.name, key.scopes, key.secretHash, key.createdAt, key.createdBy, key.expiresAt, key.rotatedFrom],
  );
  if (!row) throw new Error(`The key ${key.id} could not be stored`);
  return keyOf(row);
}

/** Lists keys, newest first, those that have ended too. */
export async function listKeysAfter(tx: Transaction, page: { after?: { id: string }; limit: number }): Promise<ApiKey[]> {
  const rows = await tx.query<KeyRow>(
    `select ${columns} from api_keys where workspace_id = $1 and ($2::text is null or id < $2) order by id desc limit $3`,
    [tx.workspaceId, page.after?.id ?? null, page.limit],
  );
  return rows.map(keyOf);
}

/** Counts the keys that work, and makes a concurrent creation wait until this transaction ends. */
export async function countKeysLocked(tx: Transaction, now: Date): Promise<number> {
  await tx.query('select from workspaces where id = $1 for no key update', [tx.workspaceId]);
  const [row] = await tx.query<{ count: number }>(
    'select count(*) as count from api_keys where workspace_id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)',
    [tx.workspaceId, now],
  );
  return row?.count ?? 0;
}

/** Locks keys in the order of their ids, which prevents deadlocks. */
export async function lockKeys(tx: Transaction, keyIds: readonly string[]): Promise<ApiKey[]> {
  const rows = await tx.query<KeyRow>(
    `select ${columns} from api_keys where workspace_id = $1 and id = any($2) order by id for no key update`,
    [tx.workspaceId, keyIds],
  );
  return rows.map(keyOf);
}

/** Ends a key at a time, or earlier where it has an earlier end. */
export async function endKeyAt(tx: Transaction, keyId: string, at: Date): Promise<void> {
  await tx.query('update api_keys set expires_at = least(expires_at, $3) where workspace_id = $1 and id = $2', [tx.workspaceId, keyId, at]);
}

export async function markKeyRevoked(tx: Transaction, keyId: string, at: Date): Promise<void> {
  await tx.query('update api_keys set revoked_at = $3 where workspace_id = $1 and id = $2', [tx.workspaceId, keyId, at]);
}
