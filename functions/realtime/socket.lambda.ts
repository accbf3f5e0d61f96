import { subprotocol } from '../../contract/names.ts';
import { openDatabase } from '../platform/database.ts';
import { openQueues } from '../platform/queues.ts';
import { wire } from '../platform/wire.ts';
import { socketHandler } from '../platform/ws-handler.ts';
import { openConnections } from './connections.ts';
import { frameTable } from './frames.ts';
import { openSocket } from './open-socket.ts';
import { openPresenceLeases } from './presence/presence-store.ts';
import { requireLiveToken } from './require-live-token.ts';

const app = wire(
  { db: openDatabase, queues: openQueues, connections: openConnections, presence: openPresenceLeases },
  'fanOutQueueUrl',
  'epochsQueueUrl',
);

export const handler = socketHandler({
  connect: (caller, handshake) => openSocket(app, caller, handshake, subprotocol),
  disconnect: (connectionId) => app.connections.remove(connectionId),
  admit: (caller) => requireLiveToken(app, caller),
  frames: frameTable(app),
});
