import { FanOutMessage } from '../../contract/messages/fan-out.ts';
import { fifoQueueHandler } from '../platform/queue-handler.ts';
import { openQueues } from '../platform/queues.ts';
import { openRedelivery } from '../platform/queues/redelivery.ts';
import { wire } from '../platform/wire.ts';
import { openConnections } from './connections.ts';
import { openDrafts } from './drafts/draft-store.ts';
import { fanOut } from './fan-out.ts';
import { createNudges } from './nudges.ts';
import { openSockets } from './sockets.ts';

const base = wire(
  { queues: openQueues, connections: openConnections, drafts: openDrafts, sockets: openSockets },
  'followUpQueueUrl',
  'sharesQueueUrl',
  'epochsQueueUrl',
  'notifyQueueUrl',
);
const app = { ...base, nudges: createNudges(base) };

export const handler = fifoQueueHandler(FanOutMessage, openRedelivery(), (messages, isRedelivery) => fanOut(app, messages, isRedelivery));
