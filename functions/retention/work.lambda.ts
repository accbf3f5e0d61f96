import { RetentionMessage } from '../../contract/messages/retention.ts';
import { openDueWorkspaces } from '../epochs/due-workspaces.ts';
import { openObjects } from '../files/objects.ts';
import { openDatabase } from '../platform/database.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/redelivery.ts';
import { wire } from '../platform/wire.ts';
import { handleRetentionMessage } from './retention-worker.ts';

const app = wire(
  { db: openDatabase, queues: openQueues, objects: openObjects, due: openDueWorkspaces },
  'embeddingsQueueUrl',
  'retentionQueueUrl',
);

export const handler = queueHandler(RetentionMessage, openRedelivery(), (message) => handleRetentionMessage(app, message));
