import { randomBytes } from 'node:crypto';
import type { ApiKey, KeyScope, NewApiKey } from '../../contract/api-key.ts';
import { newId } from '../../contract/ids.ts';
import type { App } from '../platform/app.ts';
import { recordAudit } from '../platform/audit.ts';
import { formatApiKey, hashApiKeySecret } from '../platform/authenticate.ts';
import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { countKeysLocked, insertKey, lockKeys } from './key-store.ts';
import { findWorkspaceAndMember } from './store.ts';

export type KeyManager = UserCaller | ApiKeyCaller;
export type KeysApp = Pick<App, 'db' | 'clock'>;

/** Checks that the caller may manage keys: an owner, or an API key, whose scope the route has checked. */
export async function accessKeys(tx: Transaction, caller: KeyManager): Promise<void> {
  if (caller.kind === 'apiKey') return;
  const found = await findWorkspaceAndMember(tx, caller.userId);
  if (!found) throw new AppError('not_found');
  if (found.me.role !== 'owner') throw new AppError('forbidden', 'API keys are managed by owners of the workspace.');
}

/**
 * Does the same for a change of keys. Locks a calling key, which must still work, and the key to change, which may be missing. `latestEnd`
 * is the end of a calling key: a key that it makes works no longer than itself.
 */
export async function accessKeyChange(
  tx: Transaction,
  caller: KeyManager,
  now: Date,
  keyId?: string,
): Promise<{ key: ApiKey | undefined; latestEnd: Date | null }> {
  await accessKeys(tx, caller);
  const callerId = caller.kind === 'apiKey' ? caller.keyId : undefined;
  const locked = await lockKeys(
    tx,
    [callerId, keyId].filter((id) => id !== undefined),
  );
  const own = locked.find(({ id }) => id === callerId);
  if (callerId !== undefined && !(own && isLive(own, now))) throw new AppError('unauthenticated', 'The API key has ended.');
  const latestEnd = own?.expiresAt === null || own === undefined ? null : new Date(own.expiresAt);
  return { key: locked.find(({ id }) => id === keyId), latestEnd };
}

/** Throws `limit_reached` when the workspace has as many keys as it may. */
export async function requireRoom(tx: Transaction, now: Date): Promise<void> {
  if ((await countKeysLocked(tx, now)) >= maxKeys) throw new AppError('limit_reached', `A workspace has at most ${maxKeys} keys.`);
}

/** Most keys of a workspace that work at a time. */
const maxKeys = 100;

/** Refuses a key that would get hold of scopes which it lacks. */
export function requireScopes(caller: KeyManager, scopes: readonly KeyScope[]): void {
  const missing = caller.kind === 'apiKey' ? scopes.filter((scope) => !caller.scopes.includes(scope)) : [];
  if (missing.length > 0) throw new AppError('forbidden', `An API key gives only scopes that it has. Missing: ${missing.join(', ')}.`);
}

/** Tests if a key works at a time. */
export const isLive = ({ revokedAt, expiresAt }: ApiKey, now: Date): boolean =>
  revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now.getTime());

interface KeyDraft {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly expiresAt: Date | null;
  readonly rotatedFrom: string | null;
}

/** Makes a key and returns it with its secret; only the hash of the secret is stored. */
export async function makeKey(app: KeysApp, tx: Transaction, caller: KeyManager | 'system', draft: KeyDraft): Promise<NewApiKey> {
  const createdAt = app.clock.now();
  const id = newId('apiKey', createdAt.getTime());
  const secret = randomBytes(32).toString('hex');
  const createdBy = caller === 'system' ? caller : caller.kind === 'user' ? caller.userId : `key:${caller.keyId}`;
  const key = await insertKey(tx, {
    ...draft,
    id,
    scopes: [...new Set(draft.scopes)],
    secretHash: hashApiKeySecret(secret),
    createdAt,
    createdBy,
  });
  const details = { scopes: key.scopes, expiresAt: key.expiresAt, rotatedFrom: key.rotatedFrom };
  recordAudit(tx, caller, { action: 'key.created', subject: { kind: 'key', id }, details, at: createdAt });
  return { key, secret: formatApiKey(id, tx.workspaceId, secret) };
}
