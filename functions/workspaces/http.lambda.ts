import * as routes from '../../contract/routes/workspaces.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { createProvider } from './create-provider.ts';
import { listProviders } from './list-providers.ts';
import { readWorkspace } from './read-workspace.ts';

const app = { db: openDatabase(), keys: openKeys(), clock: systemClock };

export const handler = httpHandler(app, [
  on(routes.readWorkspace, async (_input, caller) => ok(await readWorkspace(app, caller))),
  on(routes.createProvider, async (input, caller) => ok(await createProvider(app, caller, input), { status: 201 })),
  on(routes.listProviders, async (input, caller) => ok(await listProviders(app, caller, input))),
]);
