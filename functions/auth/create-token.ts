import type { CreateToken, UserToken } from '../../contract/workspace.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller } from '../platform/authenticate.ts';
import { upsertUser } from './store.ts';

/** Creates or updates the user and signs a token for them (claims sub, ws, iat, exp). */
export async function createToken(
  app: Pick<App, 'db' | 'tokenSigner' | 'clock'>,
  caller: ApiKeyCaller,
  input: CreateToken,
): Promise<UserToken> {
  const now = app.clock.now();
  const user = await app.db.transaction(caller, (tx) =>
    upsertUser(tx, { id: input.userId, name: input.name ?? null, email: input.email ?? null, role: input.role ?? null, now }),
  );
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = issuedAt + input.expiresInSeconds;
  const token = await app.tokenSigner.sign({ ws: caller.workspaceId, sub: user.id, iat: issuedAt, exp: expiresAt });
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString(), user };
}
