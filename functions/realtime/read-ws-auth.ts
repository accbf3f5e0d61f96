import type { WsAuth } from '../../contract/kit.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { createTicket } from './create-ticket.ts';

/**
 * Creates a ticket, and the address that it opens a socket at, for the React kit. It is here, and not with the other surfaces of the kit,
 * because one function alone signs tickets. Throws `not_found` for users who are no members.
 */
export async function readWsAuth(
  app: Pick<App, 'db' | 'ticketSigner' | 'clock'> & { readonly realtimeUrl: string },
  caller: UserCaller,
): Promise<WsAuth> {
  // A ticket counts in whole seconds.
  const issuedAt = Math.floor(app.clock.now().getTime() / 1_000);
  const { url, ticket, expiresIn } = await createTicket(app, caller);
  return { auth: ticket, expires: new Date(1_000 * (issuedAt + expiresIn)).toISOString(), url: `${url}?ticket=${ticket}` };
}
