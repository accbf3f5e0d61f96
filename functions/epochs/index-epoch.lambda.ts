import { EmbeddingsMessage } from '../../contract/messages/memory.ts';
import { openDatabase } from '../platform/database.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/queues/redelivery.ts';
import { wire } from '../platform/wire.ts';
import { openIndexHandle } from './index-handle.ts';
import { handleIndexMessage } from './indexing/index-worker.ts';
import { createKnowledge } from './learning/knowledge.ts';

const app = wire(
  { db: openDatabase, queues: openQueues, index: openIndexHandle, knowledge: createKnowledge },
  'fanOutQueueUrl',
  'epochsQueueUrl',
  'embeddingsQueueUrl',
);

export const handler = queueHandler(EmbeddingsMessage, openRedelivery(), (message) => handleIndexMessage(app, message));
