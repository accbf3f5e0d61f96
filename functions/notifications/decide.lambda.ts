import { NotifyMessage } from '../../contract/messages/notifications.ts';
import { optionalSetting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/queues/redelivery.ts';
import { wire } from '../platform/wire.ts';
import { openPresenceLeases } from '../realtime/presence/presence-store.ts';
import { notify } from './notify.ts';

const base = wire({ db: openDatabase, queues: openQueues, presence: openPresenceLeases }, 'notifyQueueUrl', 'deliveriesQueueUrl');
const publicUrl = optionalSetting('publicUrl');
const app = { ...base, publicUrl, sendsMail: publicUrl !== undefined && optionalSetting('mailFrom') !== undefined };

export const handler = queueHandler(NotifyMessage, openRedelivery(), (message) => notify(app, message));
