import * as z from 'zod';
import { openDatabase } from '../platform/database.ts';
import { openQueues } from '../platform/queues.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { wire } from '../platform/wire.ts';
import { openDueWorkspaces } from './due-workspaces.ts';
import { flushIdle } from './flush-idle.ts';

const app = wire({ db: openDatabase, queues: openQueues, due: openDueWorkspaces }, 'epochsQueueUrl', 'embeddingsQueueUrl');

export const handler = taskHandler(z.unknown(), () => flushIdle(app));
