import * as routes from '../../contract/routes/auth.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openKeys } from '../platform/keys.ts';
import { createToken } from './create-token.ts';

const app = { db: openDatabase(), keys: openKeys(), clock: systemClock };

export const handler = httpHandler(app, [on(routes.createToken, async (input, caller) => ok(await createToken(app, caller, input)))]);
