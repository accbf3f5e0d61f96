import * as routes from '../../contract/routes/auth.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler, ok, on } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openQueues } from '../platform/queues.ts';
import { openSigner } from '../platform/keys/signer.ts';
import { openSubscriptions } from '../platform/subscriptions.ts';
import { wire } from '../platform/wire.ts';
import { createToken } from './create-token.ts';

const app = wire(
  { origin: openOrigin, db: openDatabase, tokenSigner: openSigner('user-token'), queues: openQueues, subscriptions: openSubscriptions },
  'fanOutQueueUrl',
);

export const handler = httpHandler(app, [on(routes.createToken, async (input, caller) => ok(await createToken(app, caller, input)))]);
