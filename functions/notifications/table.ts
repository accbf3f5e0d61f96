import * as routes from '../../contract/routes/notifications.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import { listNotifications } from './list-notifications.ts';
import { markNotificationsRead } from './mark-read.ts';

/** Routes of a member's activity. */
export const notificationTable = (app: Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>): Served[] => [
  on(routes.listNotifications, async (input, caller) => ok(await listNotifications(app, caller, input))),
  on(routes.markNotificationsRead, async (input, caller) => ok(await markNotificationsRead(app, caller, input))),
];
