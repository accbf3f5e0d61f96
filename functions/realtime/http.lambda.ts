import * as routes from '../../contract/routes/realtime.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { wire } from '../platform/wire.ts';
import { createTicket } from './create-ticket.ts';

const app = wire({ keys: openKeys }, 'realtimeUrl');

export const handler = httpHandler(app, [on(routes.createTicket, async (_input, caller) => ok(await createTicket(app, caller)))]);
