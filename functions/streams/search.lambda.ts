import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/origin.ts';
import { openVerifier } from '../platform/verifier.ts';
import { wire } from '../platform/wire.ts';
import { searchTable } from './table.ts';

const app = wire({ origin: openOrigin, db: openDatabase, tokenVerifier: openVerifier('user-token') });

export const handler = httpHandler(app, searchTable(app));
