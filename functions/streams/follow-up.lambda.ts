import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { FollowUp } from '../../contract/messages/follow-up.ts';
import { log } from '../platform/log.ts';
import { metrics } from '../platform/metrics.ts';
import { queueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/redelivery.ts';
import { followUp } from './follow-up/follow-up.ts';

const app = {
  db: openDatabase(),
  queues: openQueues(),
  fanOutQueueUrl: setting('fanOutQueueUrl'),
  followUpQueueUrl: setting('followUpQueueUrl'),
  clock: systemClock,
  log,
  metrics,
};

export const handler = queueHandler(FollowUp, openRedelivery(), (message) => followUp(app, message));
