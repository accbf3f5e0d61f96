import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { CreateWorkspace, createWorkspace } from './create-workspace.ts';

const app = { db: openDatabase(), clock: systemClock };

export const handler = taskHandler(CreateWorkspace, (input) => createWorkspace(app, input));
