import { RetentionMessage } from '../../contract/messages/retention.ts';
import { openDueWorkspaces } from '../epochs/due-workspaces.ts';
import { openObjects } from '../files/objects.ts';
import { openDatabase } from '../platform/database.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/queues/redelivery.ts';
import { openSubscriptions } from '../platform/subscriptions.ts';
import { wire } from '../platform/wire.ts';
import { handleRetentionMessage } from './retention-worker.ts';

const app = wire(
  { db: openDatabase, queues: openQueues, subscriptions: openSubscriptions, objects: openObjects, due: openDueWorkspaces },
  'fanOutQueueUrl',
  'embeddingsQueueUrl',
  'retentionQueueUrl',
);

export const handler = queueHandler(RetentionMessage, openRedelivery(), (message) => handleRetentionMessage(app, message));
