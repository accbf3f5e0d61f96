import { keyPairsOf, type KeyPurpose } from '../../functions/platform/keys/key-pairs.ts';
import { createSigner, type Signer } from '../../functions/platform/keys/signer.ts';
import { createVerifier, type Verifier } from '../../functions/platform/keys/verifier.ts';
import type { Delivery, NotifyMessage } from '../../contract/messages/notifications.ts';
import type { PushSettings } from '../../functions/notifications/devices/devices.ts';
import { vapidKeysOf } from '../../functions/platform/keys/vapid.ts';
import type { App } from '../../functions/platform/app.ts';
import type { UserCaller } from '../../functions/platform/authenticate.ts';
import { log } from '../../functions/platform/log.ts';
import type { AppMetrics } from '../../functions/platform/metrics.ts';
import type { QueueMessage } from '../../functions/platform/queues.ts';
import { createWorkspace } from '../../functions/workspaces/create-workspace.ts';
import { findMembership, insertMember } from '../../functions/workspaces/member-store.ts';
import { putMember } from '../../functions/workspaces/put-member.ts';
import { createStream } from '../../functions/streams/streams/create-stream.ts';
import { keyScopes } from '../../contract/api-key.ts';
import type { Stream } from '../../contract/stream.ts';
import { UserId } from '../../contract/ids.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { createTestIndex } from './index-handle.ts';
import { createKitParts } from './kit/kit-parts.ts';
import type { KitParts } from './kit/kit-parts.ts';
import type { TestIndexHandle } from './index-handle.ts';

export interface TestApp extends App {
  readonly test: TestDatabase;
  readonly index: TestIndexHandle;
  readonly kit: KitParts;
  readonly drafts: KitParts['drafts'];
  readonly presence: KitParts['presence'];
  /** Messages sent to the fan-out queue. */
  readonly sent: QueueMessage[];
  /** Waiting nudges of the queues of follow-up work and of shares. */
  readonly later: { body: unknown; delaySeconds: number }[];
  /** Waiting messages of the memory queues. */
  readonly memoryMessages: { queueUrl: string; body: unknown; delaySeconds: number }[];
  /** Waiting messages of the retention queue. */
  readonly retentionMessages: unknown[];
  /** Waiting messages of those who may have to be notified, and notifications to be delivered. */
  readonly notifyMessages: { body: NotifyMessage; delaySeconds: number }[];
  readonly deliveries: { body: Delivery; delaySeconds: number }[];
  readonly push: PushSettings;
  /** True makes the queue refuse everything, as when it is down. */
  queueDown: boolean;
  time: Date;
}

/** Secret from which the keys of all purposes are derived. */
export const testSecret = JSON.stringify({ seed: 'a seed that only the test knows, and nobody else' });
const publicKeysOf = (purpose: KeyPurpose, secret = testSecret): string =>
  keyPairsOf(purpose, secret)
    .map(({ publicKey }) => publicKey)
    .join(',');
/** A signer of a purpose; with another secret than the app's, its tokens are forged. */
export const testSigner = (purpose: KeyPurpose, secret = testSecret): Signer =>
  createSigner(purpose, async () => secret, publicKeysOf(purpose, secret));
const testVerifier = (purpose: KeyPurpose): Verifier => createVerifier(purpose, publicKeysOf(purpose));

/** Keys that devices subscribe with, in the test app. */
export const testVapidKeys = vapidKeysOf(testSecret);
const testPush: PushSettings = { publicKeys: testVapidKeys.map(({ publicKey }) => publicKey), hosts: [] };

/** App over a real database, with a queue that records messages and a clock that moves only when it is set. */
export async function createTestApp(): Promise<TestApp> {
  const database = await createTestDatabase();
  const index = createTestIndex();
  const kit = createKitParts({ now: () => app.time });
  const test = { ...database, drop: () => Promise.all([database.drop(), index.stop(), kit.stop()]).then(() => undefined) };
  log.setLogLevel('CRITICAL');
  const app: TestApp = {
    test,
    index,
    kit,
    drafts: kit.drafts,
    presence: kit.presence,
    sent: [],
    later: [],
    memoryMessages: [],
    retentionMessages: [],
    notifyMessages: [],
    deliveries: [],
    queueDown: false,
    time: new Date('2026-11-20T12:00:00Z'),
    db: test.open(),
    queues: {
      async send(_url, messages) {
        if (app.queueDown) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        app.sent.push(...messages);
        return { taken: new Set(messages.map(({ id }) => id)), refused: new Set<string>() };
      },
      async sendLater(queueUrl, body, delaySeconds) {
        if (queueUrl === app.followUpQueueUrl || queueUrl === app.sharesQueueUrl) app.later.push({ body, delaySeconds });
        else if (queueUrl === app.notifyQueueUrl) app.notifyMessages.push({ body: body as NotifyMessage, delaySeconds });
        else if (queueUrl === app.deliveriesQueueUrl) app.deliveries.push({ body: body as Delivery, delaySeconds });
        else if (queueUrl === app.retentionQueueUrl) app.retentionMessages.push(body);
        else app.memoryMessages.push({ queueUrl, body, delaySeconds });
      },
    },
    fanOutQueueUrl: 'queue',
    followUpQueueUrl: 'follow-up',
    sharesQueueUrl: 'shares',
    epochsQueueUrl: 'epochs',
    embeddingsQueueUrl: 'embeddings',
    retentionQueueUrl: 'retention',
    notifyQueueUrl: 'notify',
    deliveriesQueueUrl: 'deliveries',
    push: testPush,
    subscriptions: { end: () => Promise.resolve([]), forget: () => Promise.resolve(true) },
    origin: { accepts: () => true },
    tokenSigner: testSigner('user-token'),
    tokenVerifier: testVerifier('user-token'),
    ticketSigner: testSigner('realtime-ticket'),
    ticketVerifier: testVerifier('realtime-ticket'),
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
  const name = id.toUpperCase();
  const found = await app.db.transaction({ workspaceId }, async (tx) => {
    const earlier = await findMembership(tx, id);
    if (!earlier) await insertMember(tx, { id, name, email: null, role }, app.time);
    return earlier;
  });
  const caller: UserCaller = { kind: 'user', workspaceId, userId: UserId.parse(id) };
  if (!found) return caller;
  const { tokenVersion } = await putMember(
    app,
    { kind: 'apiKey', workspaceId, keyId: 'test', scopes: keyScopes },
    { userId: id, name, role, restore: true },
  );
  return { ...caller, tokenVersion };
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
