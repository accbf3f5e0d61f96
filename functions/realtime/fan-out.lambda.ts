import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { log } from '../platform/log.ts';
import { metrics } from '../platform/metrics.ts';
import { fifoQueueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/redelivery.ts';
import { openConnections } from './connections.ts';
import { fanOut } from './fan-out.ts';
import { FanOutMessage } from '../../contract/messages/fan-out.ts';
import { createNudges } from './nudges.ts';
import { openSockets } from './sockets.ts';

const base = { clock: systemClock, log, metrics };
const nudges = createNudges({
  ...base,
  queues: openQueues(),
  followUpQueueUrl: setting('followUpQueueUrl'),
  epochsQueueUrl: setting('epochsQueueUrl'),
});
const app = { ...base, connections: openConnections(systemClock), sockets: openSockets(), nudges };

export const handler = fifoQueueHandler(FanOutMessage, openRedelivery(), (messages, isRedelivery) => fanOut(app, messages, isRedelivery));
