import * as z from 'zod';
import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { log } from '../platform/log.ts';
import { metrics } from '../platform/metrics.ts';
import { openQueues } from '../platform/queues.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { openDueWorkspaces } from './due-workspaces.ts';
import { flushIdle } from './flush-idle.ts';

const app = {
  db: openDatabase(),
  queues: openQueues(),
  epochsQueueUrl: setting('epochsQueueUrl'),
  embeddingsQueueUrl: setting('embeddingsQueueUrl'),
  due: openDueWorkspaces({ clock: systemClock }),
  clock: systemClock,
  log,
  metrics,
};

export const handler = taskHandler(z.unknown(), () => flushIdle(app));
