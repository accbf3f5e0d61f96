import * as kitRoutes from '../../contract/routes/kit.ts';
import * as routes from '../../contract/routes/notifications.ts';
import type { App } from '../platform/app.ts';
import { ok, on } from '../platform/http-handler.ts';
import type { Served } from '../platform/http-handler.ts';
import { deleteSubscription, listSubscriptions, registerSubscription } from './devices/devices.ts';
import type { PushSettings } from './devices/devices.ts';
import { listNotifications } from './list-notifications.ts';
import { confirmUnsubscribe, unsubscribe } from './mail/unsubscribe.ts';
import { markNotificationsRead } from './mark-read.ts';
import {
  putNotificationDefaults,
  putNotificationSettings,
  readNotificationDefaults,
  readNotificationSettings,
} from './settings/settings.ts';

type NotificationsApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'> & { readonly push: PushSettings };

/** Routes of a member's activity, devices and settings. */
export const notificationTable = (app: NotificationsApp): Served[] => [
  on(routes.listNotifications, async (input, caller) => ok(await listNotifications(app, caller, input))),
  on(routes.markNotificationsRead, async (input, caller) => ok(await markNotificationsRead(app, caller, input))),
  on(routes.readNotificationSettings, async (_input, caller) => ok(await readNotificationSettings(app, caller))),
  on(routes.putNotificationSettings, async (input, caller) => ok(await putNotificationSettings(app, caller, input))),
  on(routes.readNotificationDefaults, async (_input, caller) => ok(await readNotificationDefaults(app, caller))),
  on(routes.putNotificationDefaults, async (input, caller) => ok(await putNotificationDefaults(app, caller, input))),
  on(routes.confirmUnsubscribe, async () => ok(confirmUnsubscribe())),
  on(routes.unsubscribe, async (input) => ok(await unsubscribe(app, input))),
  on(kitRoutes.registerSubscription, async (input, caller) => ok(await registerSubscription(app, caller, input), { status: 201 })),
  on(kitRoutes.listSubscriptions, async (_input, caller) => ok(await listSubscriptions(app, caller))),
  on(kitRoutes.deleteSubscription, async (input, caller) => {
    await deleteSubscription(app, caller, input);
    return { status: 204 };
  }),
];
