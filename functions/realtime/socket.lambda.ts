import { subprotocol } from '../../contract/names.ts';
import { systemClock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { log } from '../platform/log.ts';
import { metrics } from '../platform/metrics.ts';
import { openQueues } from '../platform/queues.ts';
import { socketHandler } from '../platform/ws-handler.ts';
import { openConnections } from './connections.ts';
import { frameTable } from './frames.ts';
import { openSocket } from './open-socket.ts';

const app = {
  db: openDatabase(),
  queues: openQueues(),
  fanOutQueueUrl: setting('fanOutQueueUrl'),
  epochsQueueUrl: setting('epochsQueueUrl'),
  connections: openConnections(systemClock),
  clock: systemClock,
  log,
  metrics,
};

export const handler = socketHandler({
  connect: (caller, headers) => openSocket(app, caller, headers['sec-websocket-protocol'], subprotocol),
  disconnect: (connectionId) => app.connections.remove(connectionId),
  frames: frameTable(app),
});
