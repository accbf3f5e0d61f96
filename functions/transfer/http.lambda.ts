import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { transferTable } from './table.ts';

const app = { db: openDatabase(), queues: openQueues(), epochsQueueUrl: setting('epochsQueueUrl'), clock: systemClock };

export const handler = httpHandler(app, transferTable(app));
