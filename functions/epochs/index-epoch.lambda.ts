import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { log } from '../platform/log.ts';
import { EmbeddingsMessage } from '../../contract/messages/memory.ts';
import { metrics } from '../platform/metrics.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/redelivery.ts';
import { createKnowledge } from './learning/knowledge.ts';
import { openIndexHandle } from './index-handle.ts';
import { handleIndexMessage } from './indexing/index-worker.ts';

const app = {
  db: openDatabase(),
  queues: openQueues(),
  fanOutQueueUrl: setting('fanOutQueueUrl'),
  epochsQueueUrl: setting('epochsQueueUrl'),
  embeddingsQueueUrl: setting('embeddingsQueueUrl'),
  index: openIndexHandle({ log, metrics }),
  knowledge: createKnowledge(),
  clock: systemClock,
  log,
  metrics,
};

export const handler = queueHandler(EmbeddingsMessage, openRedelivery(), (message) => handleIndexMessage(app, message));
