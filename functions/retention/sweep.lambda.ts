import * as z from 'zod';
import { openDatabase } from '../platform/database.ts';
import { openQueues } from '../platform/queues.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { wire } from '../platform/wire.ts';
import { sweepRetention } from './sweep-retention.ts';

const app = wire({ db: openDatabase, queues: openQueues }, 'retentionQueueUrl');

export const handler = taskHandler(z.unknown(), () => sweepRetention(app));
