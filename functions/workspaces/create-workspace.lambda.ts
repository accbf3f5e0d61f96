import { openDatabase } from '../platform/database.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { wire } from '../platform/wire.ts';
import { CreateWorkspace, createWorkspace } from './create-workspace.ts';

const app = wire({ db: openDatabase });

export const handler = taskHandler(CreateWorkspace, (input) => createWorkspace(app, input));
