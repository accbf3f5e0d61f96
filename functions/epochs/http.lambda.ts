import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { openQueues } from '../platform/queues.ts';
import { wire } from '../platform/wire.ts';
import { openIndexHandle } from './index-handle.ts';
import { createKnowledge } from './learning/knowledge.ts';
import { epochTable } from './table.ts';

const app = wire(
  { db: openDatabase, queues: openQueues, keys: openKeys, index: openIndexHandle, knowledge: createKnowledge },
  'fanOutQueueUrl',
  'epochsQueueUrl',
  'embeddingsQueueUrl',
);

export const handler = httpHandler(app, epochTable(app));
