import * as routes from '../../contract/routes/kit.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import { readKitConfig } from './read-config.ts';

/** Routes of the React kit. */
export const kitTable = (app: Pick<App, 'db'>): Served[] => [
  on(routes.readKitConfig, async (input, caller) => ok(await readKitConfig(app, caller, input))),
];
