import { Delivery } from '../../contract/messages/notifications.ts';
import { optionalSetting } from '../platform/config.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/queues/redelivery.ts';
import { wire } from '../platform/wire.ts';
import { deliver } from './delivering/deliver.ts';
import { openMailClient } from './delivering/mail-client.ts';
import { openPushClient } from './delivering/push-client.ts';
import type { PushClient } from './delivering/push-client.ts';

/** Without a contact nobody can subscribe; devices of before are forgotten. */
const noPushes: PushClient = { send: async () => ({ kind: 'gone' }) };

const app = wire(
  {
    queues: openQueues,
    pushes: () => (optionalSetting('pushContact') === undefined ? noPushes : openPushClient()),
    mails: openMailClient,
  },
  'notifyQueueUrl',
  'deliveriesQueueUrl',
);

export const handler = queueHandler(Delivery, openRedelivery(), (delivery) => deliver(app, delivery));
