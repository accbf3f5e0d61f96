import * as z from 'zod';
import { openDatabase } from '../platform/database.ts';
import { openQueues } from '../platform/queues.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { wire } from '../platform/wire.ts';
import { sweepOutbox } from './sweep-outbox.ts';

const app = wire({ db: openDatabase, queues: openQueues }, 'fanOutQueueUrl');

export const handler = taskHandler(z.unknown(), (_event, context) => sweepOutbox(app, () => context.getRemainingTimeInMillis()));
