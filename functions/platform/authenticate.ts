import { createHash, timingSafeEqual } from 'node:crypto';
import { errors as joseErrors } from 'jose';
import * as z from 'zod';
import { KeyScope } from '../../contract/api-key.ts';
import { UserId, WorkspaceId } from '../../contract/ids.ts';
import type { RouteAuth } from '../../contract/route.ts';
import type { App } from './app.ts';
import type { Transaction } from './database.ts';
import { AppError } from './errors.ts';
import type { Verifier } from './keys/verifier.ts';

export interface UserCaller {
  readonly kind: 'user';
  readonly workspaceId: WorkspaceId;
  readonly userId: UserId;
  /** Version of the caller's token. A transaction refuses a version that was revoked; 0 for tokens without one. */
  readonly tokenVersion?: number;
  /** End of the caller's token, in seconds since 1970. */
  readonly tokenExpiresAt?: number;
}
/** A user whose token was read. `tokenId` names a ticket. */
export type TokenCaller = UserCaller & { readonly tokenVersion: number; readonly tokenExpiresAt: number; readonly tokenId?: string };
export interface ApiKeyCaller {
  readonly kind: 'apiKey';
  readonly workspaceId: WorkspaceId;
  readonly keyId: string;
  readonly scopes: readonly KeyScope[];
}
export type Caller = UserCaller | ApiKeyCaller | { readonly kind: 'anyone' };
export type CallerOf<Auth extends RouteAuth> = Auth extends 'user'
  ? UserCaller
  : Auth extends 'apiKey'
    ? ApiKeyCaller
    : Auth extends 'userOrApiKey'
      ? UserCaller | ApiKeyCaller
      : { readonly kind: 'anyone' };

/** Dependencies of authentication: `tokenVerifier` for routes with user tokens, `db` for routes with API keys. */
export interface AuthApp extends Pick<App, 'clock'> {
  readonly tokenVerifier?: App['tokenVerifier'];
  readonly db?: App['db'];
}

/**
 * Identifies the caller. A route without authentication gets `anyone`, whatever credentials were sent. Throws `unauthenticated` or
 * `token_expired`.
 */
export async function authenticate(app: AuthApp, auth: RouteAuth, authorization: string | undefined): Promise<Caller> {
  if (auth === 'none') return { kind: 'anyone' };
  const bearer = bearerOf(authorization);
  if (bearer === undefined) throw unauthenticated('Send it as "Authorization: Bearer <token>".');
  if (isApiKey(bearer)) {
    if (auth === 'user') throw unauthenticated('A user token is needed here, not an API key.');
    return callerOfApiKey(app, bearer);
  }
  if (auth === 'apiKey') throw unauthenticated('An API key is needed here, not a user token.');
  if (!app.tokenVerifier) throw new Error('This function checks tokens but was given no public keys');
  return callerOfToken(app.tokenVerifier, bearer, app.clock.now());
}

const bearerOf = (authorization: string | undefined): string | undefined => authorization?.match(/^Bearer +([\x21-\x7e]+) *$/i)?.[1];
/** Tests if the header holds a token, of whatever kind. */
export const hasToken = (authorization: string | undefined): boolean => bearerOf(authorization) !== undefined;

/** Claims of a token: its version and, in a ticket, the end of the token that the ticket was made with. Tokens of earlier releases have none. */
const TokenClaims = z.object({ sub: UserId, exp: z.int(), ver: z.int().min(0).default(0), tokenExp: z.int().optional() });

const unauthenticated = (detail: string) => new AppError('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });

/** Verifies a signed token of the verifier's purpose and returns its user, in the workspace that the token names. */
export async function callerOfToken(verifier: Verifier, token: string, now: Date): Promise<TokenCaller> {
  try {
    const payload = await verifier.verify(token, now);
    const workspaceId = WorkspaceId.parse(payload.ws);
    const { sub: userId, ver: tokenVersion, exp, tokenExp: tokenExpiresAt = exp } = TokenClaims.parse(payload);
    return { kind: 'user', workspaceId, userId, tokenVersion, tokenExpiresAt, ...(payload.jti !== undefined && { tokenId: payload.jti }) };
  } catch (error) {
    if (error instanceof joseErrors.JWTExpired) {
      throw new AppError('token_expired', 'Get a new token and try again.', {
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
      });
    }
    if (error instanceof joseErrors.JOSEError || (error instanceof Error && error.name === 'ZodError') || error instanceof TypeError) {
      throw unauthenticated('The token is not one of ours.');
    }
    throw error;
  }
}

/** Form of an API key, `sbk_<key id>_<workspace id>_<secret>`. The key names its workspace; only the hash of the secret is stored. */
const apiKeyPattern = /^sbk_(key_[0-9a-z]{26})_(ws_[0-9a-z]{26})_([A-Za-z0-9]{43,64})$/;
export const isApiKey = (bearer: string): boolean => bearer.startsWith('sbk_');
export const formatApiKey = (keyId: string, workspaceId: string, secret: string): string => `sbk_${keyId}_${workspaceId}_${secret}`;
/** Hashes the secret of an API key. It is 256 random bits, which cannot be guessed, so a plain hash is enough. */
export const hashApiKeySecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

async function callerOfApiKey(app: AuthApp, bearer: string): Promise<ApiKeyCaller> {
  if (!app.db) throw new Error('This function checks API keys but was given no database');
  const [, keyId, workspace, secret] = apiKeyPattern.exec(bearer) ?? [];
  const workspaceId = WorkspaceId.safeParse(workspace);
  if (keyId === undefined || secret === undefined || !workspaceId.success) throw unauthenticated('The API key is not one of ours.');
  const now = app.clock.now();
  const scopes = await app.db.transaction({ workspaceId: workspaceId.data }, async (tx) => {
    const [row] = await tx.query<{ secret_hash: Buffer; scopes: string[]; last_used_at: Date | null }>(
      `select secret_hash, scopes, last_used_at from api_keys
       where id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
      [keyId, now],
    );
    if (!row || !timingSafeEqual(row.secret_hash, hashApiKeySecret(secret))) throw unauthenticated('The API key is not one of ours.');
    if (row.last_used_at === null || now.getTime() - row.last_used_at.getTime() >= lastUseMs) noteUse(tx, keyId, now);
    return row.scopes;
  });
  return { kind: 'apiKey', workspaceId: workspaceId.data, keyId, scopes: scopes.filter(isKeyScope) };
}

/** Time between two notes that a key was used, in milliseconds: requests of a busy key must not queue for its row. */
const lastUseMs = 3_600_000;

function noteUse(tx: Transaction, keyId: string, now: Date): void {
  tx.defer('update api_keys set last_used_at = $2 where id = (select id from api_keys where id = $1 for no key update skip locked)', [
    keyId,
    now,
  ]);
}

/** Scopes of a later release mean nothing to this one. */
const isKeyScope = (scope: string): scope is KeyScope => KeyScope.safeParse(scope).success;

/** Throws `forbidden` for an API key without the scope. Members have roles instead. */
export function requireScope(caller: Caller, scope: KeyScope | undefined): void {
  if (caller.kind !== 'apiKey' || scope === undefined || caller.scopes.includes(scope)) return;
  throw new AppError('forbidden', `The API key needs the scope "${scope}".`);
}
