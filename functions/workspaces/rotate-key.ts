import type { ApiKey, NewApiKey } from '../../contract/api-key.ts';
import { recordAudit } from '../platform/audit.ts';
import { AppError } from '../platform/errors.ts';
import { endKeyAt, markKeyRevoked } from './key-store.ts';
import { accessKeyChange, isLive, makeKey, requireRoom, requireScopes } from './keys.ts';
import type { KeyManager, KeysApp } from './keys.ts';

/**
 * Replaces a key by a new one with the same name and scopes. The old one goes on working for the overlap. A key that has an end gets as much
 * time again, but not more than a calling key has left.
 */
export async function rotateKey(
  app: KeysApp,
  caller: KeyManager,
  { keyId, overlapSeconds }: { keyId: string; overlapSeconds: number },
): Promise<NewApiKey> {
  return app.db.transaction(
    caller,
    async (tx) => {
      const now = app.clock.now();
      const { key, latestEnd } = await accessKeyChange(tx, caller, now, keyId);
      const old = known(key);
      if (!isLive(old, now)) throw new AppError('not_found', 'This key has ended. Create another one.');
      requireScopes(caller, old.scopes);
      if (overlapSeconds > 0) await requireRoom(tx, now);
      const made = await makeKey(app, tx, caller, {
        name: old.name,
        scopes: old.scopes,
        expiresAt: earlier(sameTimeAgain(old, now), latestEnd),
        rotatedFrom: old.id,
      });
      if (overlapSeconds === 0) await markKeyRevoked(tx, old.id, now);
      else await endKeyAt(tx, old.id, new Date(now.getTime() + overlapSeconds * 1000));
      recordAudit(tx, caller, {
        action: 'key.rotated',
        subject: { kind: 'key', id: old.id },
        details: { to: made.key.id, overlapSeconds },
        at: now,
      });
      return made;
    },
    'shared',
  );
}

function sameTimeAgain({ createdAt, expiresAt }: ApiKey, now: Date): Date | null {
  return expiresAt === null ? null : new Date(now.getTime() + Date.parse(expiresAt) - Date.parse(createdAt));
}

const earlier = (one: Date | null, other: Date | null): Date | null => (one && other ? (one < other ? one : other) : (one ?? other));

function known(key: ApiKey | undefined): ApiKey {
  if (!key) throw new AppError('not_found', 'There is no such key in the workspace.');
  return key;
}

/** Revokes a key: the next request with it gets 401. Revoking it again changes nothing. */
export async function revokeKey(app: KeysApp, caller: KeyManager, { keyId }: { keyId: string }): Promise<void> {
  await app.db.transaction(
    caller,
    async (tx) => {
      const now = app.clock.now();
      const key = known((await accessKeyChange(tx, caller, now, keyId)).key);
      if (key.revokedAt !== null) return;
      await markKeyRevoked(tx, key.id, now);
      recordAudit(tx, caller, { action: 'key.revoked', subject: { kind: 'key', id: key.id }, at: now });
    },
    'shared',
  );
}
