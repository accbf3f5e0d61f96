import { systemClock } from '../platform/clock.ts';
import { log } from '../platform/log.ts';
import { metrics } from '../platform/metrics.ts';
import { fifoQueueHandler } from '../platform/queue-handler.ts';
import { openRedelivery } from '../platform/redelivery.ts';
import { openConnections } from './connections.ts';
import { fanOut } from './fan-out.ts';
import { FanOutMessage } from './messages.ts';
import { openSockets } from './sockets.ts';

const app = { connections: openConnections(systemClock), sockets: openSockets(), clock: systemClock, log, metrics };

export const handler = fifoQueueHandler(FanOutMessage, openRedelivery(), (messages) => fanOut(app, messages));
