import { EpochsMessage } from '../../contract/messages/memory.ts';
import type { Guarding } from '../embeddings/guarded.ts';
import { openEmbedderOnce } from '../embeddings/open-embedder.ts';
import { openDatabase } from '../platform/database.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/queues/redelivery.ts';
import { wire } from '../platform/wire.ts';
import { assignEvents } from './cutting/assign-events.ts';
import { openDueWorkspaces } from './due-workspaces.ts';
import { createKnowledge } from './learning/knowledge.ts';

/** Cutting asks for vectors only: the client of the index stays out of the bundle. */
const openEmbedderHandle = (guarding: Guarding) => ({ embedder: openEmbedderOnce(guarding) });

const app = wire(
  { db: openDatabase, queues: openQueues, due: openDueWorkspaces, index: openEmbedderHandle, knowledge: createKnowledge },
  'fanOutQueueUrl',
  'epochsQueueUrl',
  'embeddingsQueueUrl',
);

export const handler = queueHandler(EpochsMessage, openRedelivery(), (message) => assignEvents(app, message));
