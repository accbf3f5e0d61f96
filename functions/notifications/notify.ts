import type { NotifyMessage } from '../../contract/messages/notifications.ts';
import { metric } from '../../contract/names.ts';
import { decide } from './deciding/decide.ts';
import type { DecideApp } from './deciding/decide.ts';
import { forgetDevices } from './devices/device-store.ts';
import { sendDigest } from './mail/send-digest.ts';
import type { DigestApp } from './mail/send-digest.ts';

export type NotifyApp = DecideApp & DigestApp;

/** Handles one message of the queue of those who may have to be notified. */
export async function notify(app: NotifyApp, message: NotifyMessage): Promise<void> {
  switch (message.kind) {
    case 'news':
    case 'second-look':
      return decide(app, message);
    case 'mail-due':
      return sendDigest(app, message);
    case 'devices-gone': {
      const forgotten = await app.db.transaction(message, (tx) => forgetDevices(tx, message.subscriptionIds));
      app.metrics.count(metric.devicesForgotten, forgotten);
    }
  }
}
