import { SignJWT } from 'jose';
import type { CreateToken, UserToken } from '../../contract/workspace.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller } from '../platform/authenticate.ts';
import { upsertUser } from './store.ts';

/** Creates or updates the user and signs a token with the workspace's own key (HS256; claims sub, ws, iat, exp). */
export async function createToken(app: Pick<App, 'db' | 'keys' | 'clock'>, caller: ApiKeyCaller, input: CreateToken): Promise<UserToken> {
  const now = app.clock.now();
  const user = await app.db.transaction(caller, (tx) =>
    upsertUser(tx, { id: input.userId, name: input.name ?? null, email: input.email ?? null, role: input.role ?? null, now }),
  );
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = issuedAt + input.expiresInSeconds;
  const token = await new SignJWT({ ws: caller.workspaceId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(user.id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(await app.keys.key('user-token', caller.workspaceId));
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString(), user };
}
