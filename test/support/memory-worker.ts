import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { assignEvents } from '../../functions/epochs/cutting/assign-events.ts';
import { createDueWorkspaces } from '../../functions/epochs/due-workspaces.ts';
import type { DueWorkspaces } from '../../functions/epochs/due-workspaces.ts';
import { flushIdle } from '../../functions/epochs/flush-idle.ts';
import { createKnowledge } from '../../functions/epochs/learning/knowledge.ts';
import { learnAssociations } from '../../functions/epochs/learning/learn-associations.ts';
import { handleIndexMessage } from '../../functions/epochs/indexing/index-worker.ts';
import { EmbeddingsMessage, EpochsMessage } from '../../contract/messages/memory.ts';
import type { TestApp } from './app.ts';
import { startTestTable } from './dynamodb.ts';
import { mortalDatabase, mortalQueues } from './mortal.ts';

/** The workers of memory over a real database, which they reach as their own role, a real index and an in-memory DynamoDB. Their queues are those that the app records. */
export interface MemoryWorker {
  readonly due: DueWorkspaces;
  /** Number of statements that the workers have sent. */
  readonly statements: number;
  /** The DynamoDB table of due workspaces. */
  readonly table: { readonly client: DynamoDBClient; readonly name: string };
  /** As the worker of the queue does it. */
  assign(message: EpochsMessage): Promise<void>;
  work(message: EmbeddingsMessage): Promise<void>;
  flush(): Promise<void>;
  learn(): Promise<{ learned: number }>;
  /** Makes the worker die at its n-th statement or message from now on; 0 turns that off. */
  dieAt(n: number): void;
  /** Handles waiting messages, however long their delay, until none is left. `deliver` may repeat and reorder them. */
  settle(deliver?: (messages: Waiting[]) => Waiting[]): Promise<void>;
  /** Runs all work of memory for a stream. */
  remember(stream: { readonly id: string; readonly workspaceId: string }): Promise<void>;
  stop(): Promise<void>;
}
type Waiting = TestApp['memoryMessages'][number];

export async function createMemoryWorker(app: TestApp): Promise<MemoryWorker> {
  const { client, stop } = await startTestTable('memory');
  const due = createDueWorkspaces(DynamoDBDocumentClient.from(client), 'memory', app.clock);
  let left = 0;
  const step = () => {
    if (left > 0 && --left === 0) throw new Error('The worker died');
  };
  const own = app.test.open('worker');
  const parts = {
    ...app,
    clock: app.clock,
    due,
    knowledge: createKnowledge(),
    db: mortalDatabase(own, step),
    queues: mortalQueues(app, step),
  };

  const worker: MemoryWorker = {
    due,
    get statements() {
      return own.statements;
    },
    table: { client, name: 'memory' },
    assign: (message) => assignEvents(parts, message),
    work: (message) => handleIndexMessage(parts, message),
    flush: () => flushIdle(parts).then(() => undefined),
    dieAt: (n) => void (left = n),
    learn: () => learnAssociations(parts, () => true),
    async settle(deliver = (messages) => messages) {
      for (let round = 0; app.memoryMessages.length > 0; round++) {
        if (round > 1_000) throw new Error(`Memory does not come to rest: ${JSON.stringify(app.memoryMessages)}`);
        for (const { queueUrl, body } of deliver(app.memoryMessages.splice(0))) {
          if (queueUrl === app.epochsQueueUrl) await worker.assign(EpochsMessage.parse(body));
          else await worker.work(EmbeddingsMessage.parse(body));
        }
      }
    },
    async remember({ id, workspaceId }) {
      await worker.assign({ kind: 'stream', workspaceId, streamId: id });
      await worker.settle();
    },
    stop,
  };
  return worker;
}
