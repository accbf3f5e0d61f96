import * as routes from '../../contract/routes/files.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { completeFile } from './complete-file.ts';
import { createFile } from './create-file.ts';
import { openObjects } from './objects.ts';
import { readFile } from './read-file.ts';

const app = { db: openDatabase(), keys: openKeys(), clock: systemClock, objects: openObjects(systemClock) };

export const handler = httpHandler(app, [
  on(routes.createFile, async (input, caller) => ok(await createFile(app, caller, input), { status: 201 })),
  on(routes.completeFile, async (input, caller) => ok(await completeFile(app, caller, input))),
  on(routes.readFile, async (input, caller) => ok(await readFile(app, caller, input))),
]);
