import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { openQueues } from '../platform/queues.ts';
import { wire } from '../platform/wire.ts';
import { openDrafts } from '../realtime/drafts/draft-store.ts';
import { openPresenceLeases } from '../realtime/presence/presence-store.ts';
import { openConnectionIds } from './connection-ids.ts';
import { openEditingTurns } from './editing-turns.ts';
import { kitTable } from './table.ts';

const app = wire(
  {
    origin: openOrigin,
    db: openDatabase,
    queues: openQueues,
    tokenVerifier: openVerifier('user-token'),
    connectionIds: openConnectionIds,
    editingTurns: openEditingTurns,
    presence: openPresenceLeases,
    drafts: openDrafts,
  },
  'fanOutQueueUrl',
);

export const handler = httpHandler(app, kitTable(app));
