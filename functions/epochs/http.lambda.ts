import { openDatabase } from '../platform/database.ts';
import { httpHandler } from '../platform/http-handler.ts';
import { openOrigin } from '../platform/keys/origin.ts';
import { openQueues } from '../platform/queues.ts';
import { openVerifier } from '../platform/keys/verifier.ts';
import { wire } from '../platform/wire.ts';
import { openIndexHandle } from './index-handle.ts';
import { createKnowledge } from './learning/knowledge.ts';
import { createDraftBudget } from './related/draft-budget.ts';
import { epochTable } from './table.ts';

const app = wire(
  {
    origin: openOrigin,
    db: openDatabase,
    queues: openQueues,
    tokenVerifier: openVerifier('user-token'),
    index: openIndexHandle,
    knowledge: createKnowledge,
    draftBudget: createDraftBudget,
  },
  'fanOutQueueUrl',
  'epochsQueueUrl',
  'embeddingsQueueUrl',
);

export const handler = httpHandler(app, epochTable(app));
