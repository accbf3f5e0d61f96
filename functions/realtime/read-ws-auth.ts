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
  const now = app.clock.now().getTime();
  const { url, ticket, expiresIn } = await createTicket(app, caller);
  return { auth: ticket, expires: new Date(now + 1_000 * expiresIn).toISOString(), url: `${url}?ticket=${ticket}` };
}
