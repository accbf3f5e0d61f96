import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { openQueues } from '../platform/queues.ts';
import { openSubscriptions } from '../platform/subscriptions.ts';
import { wire } from '../platform/wire.ts';
import { retentionTable } from './table.ts';

const app = wire(
  { origin: openOrigin, db: openDatabase, queues: openQueues, subscriptions: openSubscriptions, tokenVerifier: openVerifier('user-token') },
  'fanOutQueueUrl',
  'retentionQueueUrl',
);

export const handler = httpHandler(app, retentionTable(app));
