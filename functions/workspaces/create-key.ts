import type { CreateKey, NewApiKey } from '../../contract/api-key.ts';
import { AppError } from '../platform/errors.ts';
import { countKeysLocked } from './key-store.ts';
import { accessKeys, makeKey, requireScopes } from './keys.ts';
import type { KeyManager, KeysApp } from './keys.ts';

/** Most keys of a workspace that work at a time. */
const maxKeys = 100;
const dayMs = 86_400_000;

/** Creates an API key; its secret is in this answer only. */
export async function createKey(app: KeysApp, caller: KeyManager, input: CreateKey): Promise<NewApiKey> {
  return app.db.transaction(
    caller,
    async (tx) => {
      await accessKeys(tx, caller);
      requireScopes(caller, input.scopes);
      const now = app.clock.now();
      if ((await countKeysLocked(tx, now)) >= maxKeys) throw new AppError('limit_reached', `A workspace has at most ${maxKeys} keys.`);
      const expiresAt = input.expiresInDays === undefined ? null : new Date(now.getTime() + input.expiresInDays * dayMs);
      return makeKey(app, tx, caller, { name: input.name, scopes: input.scopes, expiresAt, rotatedFrom: null });
    },
    'shared',
  );
}
