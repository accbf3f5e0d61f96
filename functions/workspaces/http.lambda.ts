import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { openQueues } from '../platform/queues.ts';
import { openSubscriptions } from '../platform/subscriptions.ts';
import { wire } from '../platform/wire.ts';
import { workspaceTable } from './table.ts';

const app = wire({ db: openDatabase, queues: openQueues, subscriptions: openSubscriptions, keys: openKeys }, 'fanOutQueueUrl');

export const handler = httpHandler(app, workspaceTable(app));
