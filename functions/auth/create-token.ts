import type { CreateToken, UserToken } from '../../contract/workspace.ts';
import type { App } from '../platform/app.ts';
import type { ApiKeyCaller } from '../platform/authenticate.ts';
import type { AccessApp } from '../platform/outbox.ts';
import { putMember } from '../workspaces/put-member.ts';

/** Creates or updates the user and signs a token for them (claims sub, ws, ver, iat, exp). */
export async function createToken(app: AccessApp & Pick<App, 'tokenSigner'>, caller: ApiKeyCaller, input: CreateToken): Promise<UserToken> {
  const now = app.clock.now();
  const { user, tokenVersion } = await putMember(app, caller, input);
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = issuedAt + input.expiresInSeconds;
  const token = await app.tokenSigner.sign({ ws: caller.workspaceId, sub: user.id, ver: tokenVersion, iat: issuedAt, exp: expiresAt });
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString(), user };
}
