import * as routes from '../../contract/routes/realtime.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openSigner } from '../platform/keys/signer.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { wire } from '../platform/wire.ts';
import { createTicket } from './create-ticket.ts';

const app = wire(
  { origin: openOrigin, db: openDatabase, tokenVerifier: openVerifier('user-token'), ticketSigner: openSigner('realtime-ticket') },
  'realtimeUrl',
);

export const handler = httpHandler(app, [on(routes.createTicket, async (_input, caller) => ok(await createTicket(app, caller)))]);
