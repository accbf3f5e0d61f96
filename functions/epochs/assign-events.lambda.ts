import { openEmbedderOnce } from '../embeddings/open-embedder.ts';
import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { log } from '../platform/log.ts';
import { EpochsMessage } from '../../contract/messages/memory.ts';
import { metrics } from '../platform/metrics.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/redelivery.ts';
import { assignEvents } from './cutting/assign-events.ts';
import { openDueWorkspaces } from './due-workspaces.ts';
import { createKnowledge } from './learning/knowledge.ts';

const app = {
  db: openDatabase(),
  queues: openQueues(),
  fanOutQueueUrl: setting('fanOutQueueUrl'),
  epochsQueueUrl: setting('epochsQueueUrl'),
  embeddingsQueueUrl: setting('embeddingsQueueUrl'),
  due: openDueWorkspaces({ clock: systemClock }),
  knowledge: createKnowledge(),
  index: { embedder: openEmbedderOnce({ log, metrics }) },
  clock: systemClock,
  log,
  metrics,
};

export const handler = queueHandler(EpochsMessage, openRedelivery(), (message) => assignEvents(app, message));
