import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openQueues } from '../platform/queues.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { wire } from '../platform/wire.ts';
import { notificationTable } from './table.ts';

const app = wire({ origin: openOrigin, db: openDatabase, queues: openQueues, tokenVerifier: openVerifier('user-token') }, 'fanOutQueueUrl');

export const handler = httpHandler(app, notificationTable(app));
