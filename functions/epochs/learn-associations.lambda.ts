import * as z from 'zod';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { log } from '../platform/log.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { openDueWorkspaces } from './due-workspaces.ts';
import { learnAssociations } from './learning/learn-associations.ts';

const app = { db: openDatabase(), due: openDueWorkspaces({ clock: systemClock }), clock: systemClock, log };
/** Another workspace is begun only while there is time for a large one. */
const minimumMs = 60_000;

export const handler = taskHandler(z.unknown(), (_event, context) =>
  learnAssociations(app, () => context.getRemainingTimeInMillis() > minimumMs),
);
