import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openSigner } from '../platform/keys/signer.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { wire } from '../platform/wire.ts';
import { ticketTable } from './table.ts';

const app = wire(
  { origin: openOrigin, db: openDatabase, tokenVerifier: openVerifier('user-token'), ticketSigner: openSigner('realtime-ticket') },
  'realtimeUrl',
);

export const handler = httpHandler(app, ticketTable(app));
