import * as routes from '../../contract/routes/files.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import { completeFile } from './complete-file.ts';
import { createFile } from './create-file.ts';
import type { Objects } from './objects.ts';
import { readFile } from './read-file.ts';

/** Routes of the files of streams. */
export const fileTable = (app: Pick<App, 'db' | 'clock'> & { readonly objects: Objects }): Served[] => [
  on(routes.createFile, async (input, caller) => ok(await createFile(app, caller, input), { status: 201 })),
  on(routes.completeFile, async (input, caller) => ok(await completeFile(app, caller, input))),
  on(routes.readFile, async (input, caller) => ok(await readFile(app, caller, input))),
];
