import { subprotocol } from '../../contract/names.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { accessWorkspace } from './access-workspace.ts';

/** Lifetime of a ticket; it opens one socket. */
export const ticketSeconds = 30;

/**
 * Creates a ticket for one socket: signed, bound to the user, the workspace, and the token that it was asked for with. Unlike a bearer token,
 * a ticket may appear in a URL. Throws `not_found` for users who are no members.
 */
export async function createTicket(
  app: Pick<App, 'db' | 'ticketSigner' | 'clock'> & { readonly realtimeUrl: string },
  caller: UserCaller,
): Promise<{ url: string; ticket: string; expiresIn: number; protocol: string }> {
  await app.db.transaction(caller, (tx) => accessWorkspace(tx, caller));
  const issuedAt = Math.floor(app.clock.now().getTime() / 1000);
  const ticket = await app.ticketSigner.sign({
    ws: caller.workspaceId,
    sub: caller.userId,
    ver: caller.tokenVersion,
    tokenExp: caller.tokenExpiresAt,
    jti: crypto.randomUUID(),
    iat: issuedAt,
    exp: issuedAt + ticketSeconds,
  });
  return { url: app.realtimeUrl, ticket, expiresIn: ticketSeconds, protocol: subprotocol };
}
