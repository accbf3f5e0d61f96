import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { openQueues } from '../platform/queues.ts';
import { wire } from '../platform/wire.ts';
import { notificationTable } from './table.ts';

const app = wire({ db: openDatabase, queues: openQueues, keys: openKeys }, 'fanOutQueueUrl');

export const handler = httpHandler(app, notificationTable(app));
