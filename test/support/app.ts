import { createKeys } from '../../functions/platform/keys.ts';
import type { App } from '../../functions/platform/app.ts';
import type { UserCaller } from '../../functions/platform/authenticate.ts';
import { log } from '../../functions/platform/log.ts';
import type { AppMetrics } from '../../functions/platform/metrics.ts';
import type { QueueMessage } from '../../functions/platform/queues.ts';
import { createWorkspace } from '../../functions/workspaces/create-workspace.ts';
import { upsertUser } from '../../functions/auth/store.ts';
import { createStream } from '../../functions/streams/streams/create-stream.ts';
import type { Stream } from '../../contract/stream.ts';
import { UserId } from '../../contract/ids.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { createTestMemory } from './memory.ts';
import type { TestMemory } from './memory.ts';

export interface TestApp extends App {
  readonly test: TestDatabase;
  readonly memory: TestMemory;
  /** What was sent to the fan-out queue. */
  readonly sent: QueueMessage[];
  /** Nudges of the follow-up queue that wait. */
  readonly later: { body: unknown; delaySeconds: number }[];
  /** What waits in the queues of memory. */
  readonly memoryMessages: { queueUrl: string; body: unknown; delaySeconds: number }[];
  /** Set to have the queue refuse everything, as when it is down. */
  queueDown: boolean;
  time: Date;
}

/** What all keys are derived from. */
export const testSecret = 'a secret that only the test knows';

/** Use cases over a real database; the queue takes notes, the clock stands still until it is set. */
export async function createTestApp(): Promise<TestApp> {
  const database = await createTestDatabase();
  const memory = createTestMemory();
  const test = { ...database, drop: () => Promise.all([database.drop(), memory.stop()]).then(() => undefined) };
  log.setLogLevel('CRITICAL');
  const app: TestApp = {
    test,
    memory,
    sent: [],
    later: [],
    memoryMessages: [],
    queueDown: false,
    time: new Date('2026-11-20T12:00:00Z'),
    db: test.open(),
    queues: {
      async send(_url, messages) {
        if (app.queueDown) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        app.sent.push(...messages);
        return new Set(messages.map(({ id }) => id));
      },
      async sendLater(queueUrl, body, delaySeconds) {
        if (queueUrl === app.followUpQueueUrl) app.later.push({ body, delaySeconds });
        else app.memoryMessages.push({ queueUrl, body, delaySeconds });
      },
    },
    fanOutQueueUrl: 'queue',
    followUpQueueUrl: 'follow-up',
    epochsQueueUrl: 'epochs',
    embeddingsQueueUrl: 'embeddings',
    keys: createKeys(async () => testSecret),
    clock: { now: () => app.time },
    log,
    metrics: { count: () => undefined, milliseconds: () => undefined, flush: () => undefined } satisfies AppMetrics,
  };
  return app;
}

export async function aWorkspace(app: TestApp): Promise<{ workspaceId: UserCaller['workspaceId']; apiKey: string }> {
  return createWorkspace(app, { name: 'Acme' });
}

export async function aMember(
  app: TestApp,
  workspaceId: UserCaller['workspaceId'],
  id: string,
  role: WorkspaceRole = 'member',
): Promise<UserCaller> {
  await app.db.transaction(workspaceId, (tx) => upsertUser(tx, { id, name: id.toUpperCase(), email: null, role, now: app.time }));
  return { kind: 'user', workspaceId, userId: UserId.parse(id) };
}

export async function aChannel(
  app: TestApp,
  caller: UserCaller,
  name: string,
  visibility: 'public' | 'private' = 'public',
): Promise<Stream> {
  const { stream } = await createStream(app, caller, { streamType: 'channel', name, visibility });
  return stream;
}
