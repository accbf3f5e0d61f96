import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { wire } from '../platform/wire.ts';
import { kitTable } from './table.ts';

const app = wire({ origin: openOrigin, db: openDatabase, tokenVerifier: openVerifier('user-token') });

export const handler = httpHandler(app, kitTable(app));
