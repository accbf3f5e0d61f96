import * as routes from '../../contract/routes/realtime.ts';
import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { createTicket } from './create-ticket.ts';

const app = { keys: openKeys(), clock: systemClock, realtimeUrl: setting('realtimeUrl') };

export const handler = httpHandler(app, [on(routes.createTicket, async (_input, caller) => ok(await createTicket(app, caller)))]);
