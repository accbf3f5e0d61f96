import type { CreateKey, NewApiKey } from '../../contract/api-key.ts';
import { AppError } from '../platform/errors.ts';
import { accessKeyChange, makeKey, requireRoom, requireScopes } from './keys.ts';
import type { KeyManager, KeysApp } from './keys.ts';

const dayMs = 86_400_000;

/** Creates an API key; its secret is in this answer only. */
export async function createKey(app: KeysApp, caller: KeyManager, input: CreateKey): Promise<NewApiKey> {
  return app.db.transaction(
    caller,
    async (tx) => {
      const now = app.clock.now();
      const { latestEnd } = await accessKeyChange(tx, caller, now);
      requireScopes(caller, input.scopes);
      await requireRoom(tx, now);
      const expiresAt = input.expiresInDays === undefined ? null : new Date(now.getTime() + input.expiresInDays * dayMs);
      if (latestEnd && (expiresAt === null || expiresAt > latestEnd))
        throw new AppError('forbidden', `An API key that ends makes none that ends later: ${latestEnd.toISOString()}.`);
      return makeKey(app, tx, caller, { name: input.name, scopes: input.scopes, expiresAt, rotatedFrom: null });
    },
    'shared',
  );
}
