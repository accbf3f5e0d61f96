import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openQueues } from '../platform/queues.ts';
import { wire } from '../platform/wire.ts';
import { transferTable } from './table.ts';

const app = wire({ origin: openOrigin, db: openDatabase, queues: openQueues }, 'epochsQueueUrl');

export const handler = httpHandler(app, transferTable(app));
