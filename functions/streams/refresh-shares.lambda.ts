import { SharesNudge } from '../../contract/messages/follow-up.ts';
import { openDatabase } from '../platform/database.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/queues/redelivery.ts';
import { wire } from '../platform/wire.ts';
import { refreshShares } from './follow-up/refresh-shares.ts';

const app = wire({ db: openDatabase, queues: openQueues }, 'fanOutQueueUrl', 'sharesQueueUrl');

export const handler = queueHandler(SharesNudge, openRedelivery(), (message) => refreshShares(app, message));
