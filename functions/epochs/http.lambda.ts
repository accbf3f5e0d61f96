import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { metrics } from '../platform/metrics.ts';
import { openQueues } from '../platform/queues.ts';
import { createKnowledge } from './learning/knowledge.ts';
import { openIndexHandle } from './index-handle.ts';
import { epochTable } from './table.ts';

const app = {
  db: openDatabase(),
  queues: openQueues(),
  fanOutQueueUrl: setting('fanOutQueueUrl'),
  epochsQueueUrl: setting('epochsQueueUrl'),
  embeddingsQueueUrl: setting('embeddingsQueueUrl'),
  keys: openKeys(),
  clock: systemClock,
  index: openIndexHandle({ log, metrics }),
  knowledge: createKnowledge(),
  log,
  metrics,
};

export const handler = httpHandler(app, epochTable(app));
