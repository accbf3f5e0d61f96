import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { byeCodes } from '../../contract/close-codes.ts';
import { room } from '../../contract/frames.ts';
import type { ServerFrame } from '../../contract/frames.ts';
import { ClientEventId } from '../../contract/ids.ts';
import { FanOutMessage } from '../../contract/messages/fan-out.ts';
import type { Stream } from '../../contract/stream.ts';
import type { UserCaller } from '../../functions/platform/authenticate.ts';
import type { Connections } from '../../functions/realtime/connections.ts';
import { fanOut } from '../../functions/realtime/fan-out.ts';
import { createNudges } from '../../functions/realtime/nudges.ts';
import { openSocket } from '../../functions/realtime/open-socket.ts';
import type { Frame, PostOutcome } from '../../functions/realtime/sockets.ts';
import { postEvent } from '../../functions/streams/events/post-event.ts';
import { updateStream } from '../../functions/streams/streams/update-stream.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { createTestConnections } from '../support/connections.ts';
import { readEdge } from '../support/kit/edge.ts';

/** `WS /ws/<cid>/`: sockets that are subscribed to a room as they open. The gateway calls a socket gone until its handshake has ended. */
let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
let bob: UserCaller;
let stream: Stream;
const posted = new Map<string, ServerFrame[]>();
const closed: string[] = [];
/** Posts to a socket that are answered with "gone" before one is taken. */
const goneFor = new Map<string, number>();
const sockets = {
  async post(connectionId: string, { bytes }: Frame): Promise<PostOutcome> {
    const left = goneFor.get(connectionId) ?? 0;
    if (left > 0) {
      goneFor.set(connectionId, left - 1);
      return 'gone';
    }
    posted.set(connectionId, [...(posted.get(connectionId) ?? []), JSON.parse(new TextDecoder().decode(bytes)) as ServerFrame]);
    return 'taken';
  },
  async close(connectionId: string) {
    closed.push(connectionId);
  },
};

beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections, subscriptions: registry.subscriptions });
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada');
  bob = await aMember(app, workspaceId, 'bob');
  stream = await aChannel(app, ada, 'Open');
});
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});
beforeEach(() => {
  posted.clear();
  goneFor.clear();
  closed.length = 0;
  app.sent.length = 0;
});

const front = readEdge('kit-sockets.js');
const pathOf = (cid: string): string => `/ws/${encodeURIComponent(cid)}/`;

let numbered = 0;
/** Opens a socket through the front; without a path it is a plain one. */
async function open(caller: UserCaller, path: string | undefined, offered?: string) {
  const connectionId = `k${++numbered}=`;
  const headers = await openSocket(
    app,
    { ...caller, connectionId },
    { headers: { 'sec-websocket-protocol': offered }, query: path === undefined ? {} : front.queryOf(path) },
    'v1',
  );
  return { connectionId, headers };
}
const say = (text: string) =>
  postEvent(app, ada, { streamId: stream.id, text, mentions: [], clientEventId: ClientEventId.parse(crypto.randomUUID()) });
const roomOf = ({ workspaceId, id }: Stream) => room.stream(workspaceId, id);
async function deliver(): Promise<void> {
  const messages = app.sent.splice(0).map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));
  await fanOut({ ...app, sockets, nudges: createNudges(app) }, messages);
}
const heard = (connectionId: string) =>
  (posted.get(connectionId) ?? []).flatMap((frame) =>
    frame.op === 'evs' ? frame.items.map(({ seq }) => seq) : frame.op === 'ev' ? frame.seq : frame.op,
  );

test('a socket is welcomed with its position, and hears what comes after it, by id and by slug, with the last slash and without', async () => {
  const slug = `channel:${stream.slug}`;
  for (const path of [stream.id, `${stream.id}/`, `${slug}/`, slug, `${encodeURIComponent(slug)}/`].map((cid) => `/ws/${cid}`)) {
    expect(front.pathOf(path)).toBe('/realtime');
    const { connectionId } = await open(bob, path);
    const { event } = await say(`to ${path}`);
    await deliver();
    const [welcome] = posted.get(connectionId) ?? [];
    expect(welcome).toMatchObject({ op: 'welcome', id: 0, d: { resumed: { rooms: [{ room: roomOf(stream), from: event.seq - 1 }] } } });
    expect(heard(connectionId)).toEqual(['welcome', event.seq]);
  }
});

test('a message that is posted before the handshake has ended is not lost', async () => {
  const { connectionId } = await open(bob, pathOf(stream.id));
  goneFor.set(connectionId, 3);
  const first = await say('while it opens');
  const second = await say('and another');
  await deliver();
  expect(heard(connectionId)).toEqual(['welcome', first.event.seq, second.event.seq]);
});

test('a socket that never opens is dropped, and one that opens too late is closed instead of welcomed', async () => {
  const { connectionId } = await open(bob, pathOf(stream.id));
  const greeting = app.sent.splice(0);
  await say('nobody is there');
  goneFor.set(connectionId, 1_000);
  await deliver();
  expect(await app.connections.roomsOf(connectionId)).toBeUndefined();
  goneFor.set(connectionId, 0);
  app.sent.push(...greeting);
  await deliver();
  expect(heard(connectionId)).toEqual(['bye']);
  expect(posted.get(connectionId)).toMatchObject([{ code: byeCodes.insufficient_state, reconnect: true }]);
  expect(closed).toEqual([connectionId]);
});

test('an old socket that is gone is dropped at once', async () => {
  const { connectionId } = await open(bob, pathOf(stream.id));
  await deliver();
  app.time = new Date(app.time.getTime() + 10_000);
  goneFor.set(connectionId, 1);
  await say('gone by now');
  await deliver();
  expect(await app.connections.roomsOf(connectionId)).toBeUndefined();
  expect(heard(connectionId)).toEqual(['welcome']);
});

test('a room that the caller may not read, that does not exist, or that is none opens nothing', async () => {
  const few = await aChannel(app, ada, 'Few', 'private');
  const other = await aWorkspace(app);
  const eve = await aMember(app, other.workspaceId, 'eve');
  const foreign = await aChannel(app, eve, 'Elsewhere');
  app.sent.length = 0;
  for (const cid of [
    few.id,
    `channel:${few.slug}`,
    foreign.id,
    'channel:nothing',
    `dm:${stream.slug}`,
    'a/b',
    '',
    '../x',
    'x'.repeat(2_000),
  ])
    await expect(open(bob, pathOf(cid))).rejects.toMatchObject({ code: 'forbidden' });
  expect(await app.connections.roomsOf(`k${numbered}=`)).toBeUndefined();
  expect(app.sent).toEqual([]);
});

test('access that ends after the check is not outlived by the subscription', async () => {
  const shut = await aChannel(app, ada, 'Shut');
  const { connectionId } = await open(bob, pathOf(shut.id));
  await updateStream(app, ada, { streamId: shut.id, visibility: 'private' });
  await postEvent(app, ada, { streamId: shut.id, text: 'hidden', mentions: [], clientEventId: ClientEventId.parse('hidden-1') });
  await deliver();
  const frames = posted.get(connectionId) ?? [];
  expect(frames.filter((frame) => 'seq' in frame && frame.type === 'event')).toEqual([]);
});

test('the subprotocol may be left out with a room, and is echoed; another is refused', async () => {
  expect((await open(bob, pathOf(stream.id))).headers).toEqual({});
  expect((await open(bob, pathOf(stream.id), 'v1')).headers).toEqual({ 'Sec-WebSocket-Protocol': 'v1' });
  await expect(open(bob, pathOf(stream.id), 'v2')).rejects.toMatchObject({ code: 'bad_frame' });
  await expect(open(bob, undefined)).rejects.toMatchObject({ code: 'bad_frame' });
});

test('nothing stays registered where the greeting could not be sent', async () => {
  app.queueDown = true;
  await expect(open(bob, pathOf(stream.id))).rejects.toBeDefined();
  app.queueDown = false;
  expect(await app.connections.roomsOf(`k${numbered}=`)).toBeUndefined();
});
