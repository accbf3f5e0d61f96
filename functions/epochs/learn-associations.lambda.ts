import * as z from 'zod';
import { openDatabase } from '../platform/database.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { wire } from '../platform/wire.ts';
import { openDueWorkspaces } from './due-workspaces.ts';
import { learnAssociations } from './learning/learn-associations.ts';

const app = wire({ db: openDatabase, due: openDueWorkspaces });
/** Time that a large workspace takes: with less left, no further workspace is started. */
const minimumMs = 60_000;

export const handler = taskHandler(z.unknown(), (_event, context) =>
  learnAssociations(app, () => context.getRemainingTimeInMillis() > minimumMs),
);
