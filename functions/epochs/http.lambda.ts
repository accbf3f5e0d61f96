import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { openQueues } from '../platform/queues.ts';
import { epochTable } from './table.ts';

const app = {
  db: openDatabase(),
  queues: openQueues(),
  epochsQueueUrl: setting('epochsQueueUrl'),
  keys: openKeys(),
  clock: systemClock,
  log,
};

export const handler = httpHandler(app, epochTable(app));
