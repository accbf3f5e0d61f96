import { optionalSetting, setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openQueues } from '../platform/queues.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { wire } from '../platform/wire.ts';
import type { PushSettings } from './devices/devices.ts';
import { hostsOf } from './devices/endpoint.ts';
import { notificationTable } from './table.ts';

/** Without a contact nothing is sent to browsers, so none may subscribe. */
const openPush = (): PushSettings => ({
  publicKeys: optionalSetting('pushContact') === undefined ? [] : setting('vapidPublicKeys').split(','),
  hosts: hostsOf(optionalSetting('pushHosts')),
});

const app = wire(
  { origin: openOrigin, db: openDatabase, queues: openQueues, push: openPush, tokenVerifier: openVerifier('user-token') },
  'fanOutQueueUrl',
);

export const handler = httpHandler(app, notificationTable(app));
