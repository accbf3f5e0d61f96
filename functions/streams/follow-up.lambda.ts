import { StreamNudge } from '../../contract/messages/follow-up.ts';
import { openDatabase } from '../platform/database.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/queues/redelivery.ts';
import { wire } from '../platform/wire.ts';
import { followUp } from './follow-up/follow-up.ts';

const app = wire({ db: openDatabase, queues: openQueues }, 'fanOutQueueUrl', 'followUpQueueUrl');

export const handler = queueHandler(StreamNudge, openRedelivery(), (message) => followUp(app, message));
