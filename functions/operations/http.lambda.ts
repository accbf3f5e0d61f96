import * as routes from '../../contract/routes/operations.ts';
import asyncApi from '../../docs/api/asyncapi.json' with { type: 'json' };
import openApi from '../../docs/api/openapi.json' with { type: 'json' };
import { openDatabase } from '../platform/database.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { wire } from '../platform/wire.ts';
import { openChecks } from './dependencies.ts';
import { docsPage } from './docs-page.ts';
import { checkReady } from './ready.ts';

const app = wire({ origin: openOrigin, db: openDatabase });
const checks = openChecks(app.db);

export const handler = httpHandler(app, [
  on(routes.health, async () => ok({ status: 'ok' })),
  on(routes.ready, async () => {
    const readiness = await checkReady(checks);
    return ok(readiness, { status: readiness.status === 'failed' ? 503 : 200 });
  }),
  on(routes.openApi, async () => ok(openApi)),
  on(routes.asyncApi, async () => ok(asyncApi)),
  on(routes.docs, async () => ok(docsPage(openApi))),
]);
