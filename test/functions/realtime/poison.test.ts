import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { errorKinds } from '../../../contract/errors.ts';
import { ErrFrame } from '../../../contract/frames.ts';
import type { ServerFrame } from '../../../contract/frames.ts';
import { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { metrics } from '../../../functions/platform/metrics.ts';
import { fifoQueueHandler } from '../../../functions/platform/queue-handler.ts';
import { queueText } from '../../../functions/platform/queues.ts';
import { socketHandler } from '../../../functions/platform/ws-handler.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { takeAccessEpoch } from '../../../functions/platform/database.ts';
import { fanOut } from '../../../functions/realtime/fan-out.ts';
import { frameTable } from '../../../functions/realtime/frames.ts';
import { createNudges } from '../../../functions/realtime/nudges.ts';
import type { Frame } from '../../../functions/realtime/sockets.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { joinStream } from '../../../functions/streams/members/join-stream.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';

let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
let bob: UserCaller;
let stream: Stream;
const posted = new Map<string, ServerFrame[]>();
const sockets = {
  async post(connectionId: string, { bytes }: Frame) {
    posted.set(connectionId, [...(posted.get(connectionId) ?? []), JSON.parse(new TextDecoder().decode(bytes)) as ServerFrame]);
    return 'taken' as const;
  },
  close: async () => undefined,
};

beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections });
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada');
  bob = await aMember(app, workspaceId, 'bob');
  stream = await aChannel(app, ada, 'General');
  jest.spyOn(metrics, 'count').mockImplementation(() => undefined);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await registry.stop();
  await app.test.drop();
});
beforeEach(() => {
  posted.clear();
  app.sent.length = 0;
});

let connectionNumber = 0;
async function aSocket(caller: UserCaller) {
  const socket = { ...caller, connectionId: `c${++connectionNumber}=` };
  await app.connections.add(socket);
  await subscribe(app, socket, [{ room: roomOf() }]);
  return socket;
}
const roomOf = () => `ws:${ada.workspaceId}:stream:${stream.id}`;

describe('A frame with a text that Postgres or SQS refuses', () => {
  const frames = (): object[] => [
    { op: 'hello', id: 1, d: { v: 1, device: 'phone', resume: { rooms: [{ room: roomOf(), gen: stream.gen, seq: 0 }] } } },
    { op: 'sub', id: 1, d: { rooms: [{ room: roomOf(), gen: stream.gen, seq: 0, mode: 'full' }] } },
    { op: 'unsub', id: 1, d: { rooms: [roomOf()] } },
    {
      op: 'send',
      id: 1,
      d: { stream: stream.id, clientEventId: 'c-1', text: '@ada hi', mentions: [{ type: 'user', id: 'ada', label: 'Ada' }] },
    },
    { op: 'signal', id: 1, d: { room: roomOf(), type: 'typing', data: { cursor: ['left'] } } },
    { op: 'barrier', id: 1, d: { stream: stream.id, label: 'new topic' } },
    { op: 'ping', id: 1, d: { pos: [{ room: roomOf(), gen: stream.gen, seq: 0 }] } },
  ];
  /** Each copy of a value with one of its texts (also names of fields) changed. */
  function* spoiled(value: unknown, poison: string): Generator {
    if (typeof value === 'string') yield `${value}${poison}`;
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const put = (name: string, changed: unknown): unknown =>
        Array.isArray(value)
          ? value.with(Number(key), changed)
          : { ...Object.fromEntries(Object.entries(value).filter(([k]) => k !== key)), [name]: changed };
      if (!Array.isArray(value)) yield put(`${key}${poison}`, inner);
      for (const changed of spoiled(inner, poison)) yield put(key, changed);
    }
  }

  test.each(['\0', '\ud800', '\ufffe', '\uffff', '\u0007', '\u{1ffff}'])(
    'is taken, or refused as a mistake of the caller: %j',
    async (poison) => {
      const handler = socketHandler({
        admit: async () => undefined,
        connect: async () => ({}),
        disconnect: async () => undefined,
        frames: frameTable(app),
      });
      const socket = await aSocket(ada);
      let tried = 0;
      for (const frame of frames()) {
        for (const body of spoiled(frame, poison)) {
          const requestContext = { routeKey: '$default', connectionId: socket.connectionId, requestId: 'r', authorizer: ada };
          const answer = await handler({ requestContext, body: JSON.stringify(body) } as never, { awsRequestId: 'r' } as never);
          const reply = JSON.parse(answer.body ?? '') as ServerFrame;
          const status = reply.op === 'err' ? errorKinds[ErrFrame.parse(reply).d.code].status : 200;
          expect({ body, status: status < 500 ? 'fine' : status }).toEqual({ body, status: 'fine' });
          tried++;
        }
      }
      expect(tried).toBeGreaterThan(60);
      // Whatever was taken is a message that every queue takes.
      // oxlint-disable-next-line no-control-regex -- these are the characters that SQS refuses
      for (const { body } of app.sent) expect(queueText(body)).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ud800\ufffe\uffff]/);
    },
  );
});

describe('The fan-out', () => {
  const recordOf = (body: string, index: number, group = roomOf()) =>
    ({ messageId: `m${index}`, body, attributes: { MessageGroupId: group } }) as unknown as SQSRecord;
  const run = async (bodies: readonly string[]) => {
    const aside: string[] = [];
    const redelivery = { hasten: async () => undefined, setAside: async ({ messageId }: SQSRecord) => void aside.push(messageId) };
    const worker = { ...app, sockets, nudges: createNudges(app) };
    const handler = fifoQueueHandler(FanOutMessage, redelivery, (messages, isRedelivery) => fanOut(worker, messages, isRedelivery));
    const Records = bodies.map((body, index) => recordOf(body, index));
    const { batchItemFailures } = await handler({ Records }, { awsRequestId: 'r' } as never);
    return { aside, again: batchItemFailures };
  };
  const waiting = () => app.sent.filter(({ group }) => group === roomOf()).map(({ body }) => queueText(body));

  test('tells a message with U+FFFF and U+FFFE live', async () => {
    const socket = await aSocket(ada);
    await postEvent(app, ada, { streamId: stream.id, text: 'a\uffffb\ufffe', mentions: [] });
    expect(await run(waiting())).toEqual({ aside: [], again: [] });
    expect(JSON.stringify(posted.get(socket.connectionId))).toContain('a\uffffb\ufffe');
  });

  test('carries out a revocation, and what is before it, in a batch with unreadable messages', async () => {
    await joinStream(app, bob, { streamId: stream.id });
    const [stays, leaves] = [await aSocket(ada), await aSocket(bob)];
    app.sent.length = 0;
    await postEvent(app, ada, { streamId: stream.id, text: 'before', mentions: [] });
    const [before = ''] = waiting();
    const revocation = queueText({ kind: 'revoke', rooms: [roomOf()] } satisfies FanOutMessage);
    const epoch = await app.db.transaction(ada, takeAccessEpoch);
    await registry.subscriptions.end(ada.workspaceId, [{ rooms: [roomOf()], userIds: [bob.userId] }], epoch);
    app.sent.length = 0;
    await postEvent(app, ada, { streamId: stream.id, text: 'for ada', mentions: [] });
    const [behind = ''] = waiting();
    const bodies = ['nonsense', before, '{"kind":"unknown"}', revocation, before.slice(0, 40), behind];
    expect(await run(bodies)).toEqual({ aside: ['m0', 'm2', 'm4'], again: [] });
    const told = (connectionId: string) => JSON.stringify(posted.get(connectionId) ?? []);
    expect(told(leaves.connectionId)).toContain('"revoked"');
    expect(told(leaves.connectionId)).not.toContain('for ada');
    expect(told(stays.connectionId)).toContain('before');
    expect(told(stays.connectionId)).toContain('for ada');
  });
});
