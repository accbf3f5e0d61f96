import * as kitRoutes from '../../contract/routes/kit.ts';
import * as routes from '../../contract/routes/realtime.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import { createTicket } from './create-ticket.ts';
import { readWsAuth } from './read-ws-auth.ts';

/** Routes that hand out tickets. */
export const ticketTable = (app: Pick<App, 'db' | 'ticketSigner' | 'clock'> & { readonly realtimeUrl: string }): Served[] => [
  on(routes.createTicket, async (_input, caller) => ok(await createTicket(app, caller))),
  on(kitRoutes.readWsAuth, async (_input, caller) => ok(await readWsAuth(app, caller))),
];
