import { subprotocol } from '../../contract/names.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';

/** Lifetime of a ticket; it opens one socket. */
export const ticketSeconds = 30;

/** Creates a ticket for one socket: signed, bound to the user and the workspace. Unlike a bearer token, a ticket may appear in a URL. */
export async function createTicket(
  app: Pick<App, 'ticketSigner' | 'clock'> & { readonly realtimeUrl: string },
  caller: UserCaller,
): Promise<{ url: string; ticket: string; expiresIn: number; protocol: string }> {
  const issuedAt = Math.floor(app.clock.now().getTime() / 1000);
  const ticket = await app.ticketSigner.sign({
    ws: caller.workspaceId,
    sub: caller.userId,
    jti: crypto.randomUUID(),
    iat: issuedAt,
    exp: issuedAt + ticketSeconds,
  });
  return { url: app.realtimeUrl, ticket, expiresIn: ticketSeconds, protocol: subprotocol };
}
