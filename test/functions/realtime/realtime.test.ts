import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EvsFrame, RoomItem, maxFrameBytes, maxReplay, maxRooms, parseRoom, room } from '../../../contract/frames.ts';
import type { ServerFrame } from '../../../contract/frames.ts';
import { ClientEventId, newId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import type { SocketCaller } from '../../../functions/platform/ws-handler.ts';
import { PartialFailure, fifoQueueHandler } from '../../../functions/platform/queue-handler.ts';
import { createOrigin, originHashesOf } from '../../../functions/platform/keys/origin.ts';
import { authorize } from '../../../functions/realtime/authorize.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { createTicket } from '../../../functions/realtime/create-ticket.ts';
import { fanOut } from '../../../functions/realtime/fan-out.ts';
import { frameTable } from '../../../functions/realtime/frames.ts';
import { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import { createNudges } from '../../../functions/realtime/nudges.ts';
import { packFrames } from '../../../functions/realtime/pack-frames.ts';
import type { Frame, PostOutcome } from '../../../functions/realtime/sockets.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { editEvent } from '../../../functions/streams/events/edit-event.ts';
import { listEvents } from '../../../functions/streams/events/list-events.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { ListEvents } from '../../../contract/event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';
import { eventSample } from '../../support/samples.ts';

let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
let bob: UserCaller;
let guest: UserCaller;
/** Frames posted to each socket, and the behaviour of sockets that do not simply take them. */
const posted = new Map<string, ServerFrame[]>();
const behaviour = new Map<string, PostOutcome | 'broken'>();
const closed: string[] = [];
const sockets = {
  async post(connectionId: string, { bytes: frame }: Frame): Promise<PostOutcome> {
    const outcome = behaviour.get(connectionId) ?? 'taken';
    if (outcome === 'broken') throw new Error('the callback address does not answer');
    if (outcome === 'taken')
      posted.set(connectionId, [...(posted.get(connectionId) ?? []), JSON.parse(new TextDecoder().decode(frame)) as ServerFrame]);
    return outcome;
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
  guest = await aMember(app, workspaceId, 'gus', 'guest');
});
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});
beforeEach(() => {
  posted.clear();
  behaviour.clear();
  closed.length = 0;
  app.sent.length = 0;
});

let connectionNumber = 0;
async function aSocket(caller: UserCaller): Promise<SocketCaller> {
  const socket = { ...caller, connectionId: `c${++connectionNumber}=` };
  await app.connections.add(socket);
  return socket;
}
const say = async (caller: UserCaller, stream: Stream, text: string) =>
  (await postEvent(app, caller, { streamId: stream.id, text, mentions: [], clientEventId: ClientEventId.parse(crypto.randomUUID()) }))
    .event;
const roomOf = (stream: Stream) => room.stream(stream.workspaceId, stream.id);
const connectionsOf = async (name: string) => (await Array.fromAsync(app.connections.listRoom(name))).flat();
/** Runs the fan-out worker on messages sent since the last call, each delivered `times` times. */
async function deliver(times = 1): Promise<void> {
  const messages = app.sent.splice(0).map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));
  for (let i = 0; i < times; i++) await fanOut({ ...app, sockets, nudges: createNudges(app) }, messages);
}

describe('a subscription', () => {
  test('is for accessible rooms; others look like missing ones', async () => {
    const open = await aChannel(app, ada, 'Open');
    const secret = await aChannel(app, ada, 'Secret', 'private');
    const elsewhere = await aWorkspace(app);
    const socket = await aSocket(bob);
    const rooms = [
      roomOf(open),
      roomOf(secret),
      room.stream(elsewhere.workspaceId, open.id),
      room.stream(bob.workspaceId, newId('stream')),
      room.user(bob.workspaceId, 'ada'),
    ];
    const { rooms: got, refused } = await subscribe(
      app,
      socket,
      rooms.map((name) => ({ room: name })),
    );
    expect(got.map(({ room: name }) => name)).toEqual([roomOf(open)]);
    expect(refused?.map(({ room: name, problem }) => [name, problem.code])).toEqual(rooms.slice(1).map((name) => [name, 'not_found']));
    expect(await connectionsOf(roomOf(open))).toEqual([socket.connectionId]);
    expect(await connectionsOf(roomOf(secret))).toEqual([]);
    const refusedGuest = await subscribe(app, await aSocket(guest), [{ room: roomOf(open) }]);
    expect(refusedGuest.rooms).toEqual([]);
  });

  test('starts at the head, and live frames follow without a gap', async () => {
    const stream = await aChannel(app, ada, 'Live');
    await say(ada, stream, 'before');
    app.sent.length = 0;
    const socket = await aSocket(bob);
    const { rooms } = await subscribe(app, socket, [{ room: roomOf(stream) }]);
    expect(rooms).toEqual([{ room: roomOf(stream), gen: stream.gen, from: 1, head: 1 }]);
    const event = await say(ada, stream, 'after');
    await deliver();
    expect(posted.get(socket.connectionId)).toEqual([
      {
        op: 'ev',
        room: roomOf(stream),
        gen: stream.gen,
        seq: 2,
        type: 'event',
        eventId: event.id,
        at: event.createdAt,
        actor: 'ada',
        clientEventId: event.clientEventId,
        data: event,
      },
    ]);
  });

  test('resumes: later changes are replayed in their current state, with their range', async () => {
    const stream = await aChannel(app, ada, 'Resume');
    const first = await say(ada, stream, 'one');
    const second = await say(ada, stream, 'two');
    await editEvent(app, ada, { streamId: stream.id, eventId: second.id, text: 'two!' });
    const third = await say(ada, stream, 'three');
    await deleteEvent(app, ada, { streamId: stream.id, eventId: first.id });
    app.sent.length = 0;
    const socket = await aSocket(bob);
    const { rooms } = await subscribe(app, socket, [{ room: roomOf(stream), gen: stream.gen, seq: 1 }]);
    expect(rooms).toEqual([{ room: roomOf(stream), gen: stream.gen, from: 1, head: 5 }]);
    await deliver();
    const [frame] = posted.get(socket.connectionId) ?? [];
    expect(EvsFrame.parse(frame)).toMatchObject({ from: 1, upTo: 5 });
    expect(EvsFrame.parse(frame).items.map(({ seq, type }) => [seq, type])).toEqual([
      [3, 'event:edited'],
      [4, 'event'],
      [5, 'event:deleted'],
    ]);
    expect(third.seq).toBe(4);
  });

  test('gets behind beyond the replay limit, and resync for an unknown log', async () => {
    const stream = await aChannel(app, ada, 'Long');
    for (let i = 0; i <= maxReplay; i++) await say(ada, stream, `m${i}`);
    app.sent.length = 0;
    const socket = await aSocket(bob);
    await subscribe(app, socket, [{ room: roomOf(stream), gen: stream.gen, seq: 0 }]);
    await subscribe(app, socket, [{ room: roomOf(stream), gen: 'other', seq: 3 }]);
    await subscribe(app, socket, [{ room: roomOf(stream), gen: stream.gen, seq: 9_999 }]);
    await deliver();
    const head = maxReplay + 1;
    expect(posted.get(socket.connectionId)).toEqual([
      {
        op: 'behind',
        rooms: [
          { room: roomOf(stream), have: 0, head, pull: `/v1/workspaces/${stream.workspaceId}/streams/${stream.id}/events?changedAfter=0` },
        ],
      },
      { op: 'resync', rooms: [{ room: roomOf(stream), reason: 'unknown_gen', gen: stream.gen, head }] },
      { op: 'resync', rooms: [{ room: roomOf(stream), reason: 'position_ahead', gen: stream.gen, head }] },
    ]);
  });

  test('of the same rooms again adds none; of too many is refused', async () => {
    const socket = await aSocket(ada);
    const streams = await Promise.all(Array.from({ length: maxRooms + 1 }, (_, i) => aChannel({ ...app, db: app.db }, ada, `Many ${i}`)));
    const names = streams.map((stream) => ({ room: roomOf(stream) }));
    await subscribe(app, socket, names.slice(0, maxRooms));
    expect((await subscribe(app, socket, names.slice(0, maxRooms))).rooms).toHaveLength(maxRooms);
    await expect(subscribe(app, socket, names.slice(maxRooms))).rejects.toMatchObject({ code: 'too_many_rooms' });
    await app.connections.remove(socket.connectionId);
    expect(await connectionsOf(names[0]!.room)).toEqual([]);
  });

  test('ends with unsub, and with its lease', async () => {
    const stream = await aChannel(app, ada, 'Leases');
    const [one, two] = [await aSocket(ada), await aSocket(bob)];
    await subscribe(app, one, [{ room: roomOf(stream) }]);
    await subscribe(app, two, [{ room: roomOf(stream) }]);
    await app.connections.unsubscribe(one.connectionId, [roomOf(stream)]);
    expect(await connectionsOf(roomOf(stream))).toEqual([two.connectionId]);
    const now = app.time;
    app.time = new Date(now.getTime() + 3 * 3_600_000);
    expect(await connectionsOf(roomOf(stream))).toEqual([]);
    await expect(subscribe(app, two, [{ room: roomOf(stream) }])).rejects.toMatchObject({ code: 'insufficient_state' });
    app.time = now;
  });

  test('lost by the registry is named by the next ping; a lost connection must be reopened', async () => {
    const [kept, lost, hidden] = [
      await aChannel(app, ada, 'Kept'),
      await aChannel(app, ada, 'Lost'),
      await aChannel(app, ada, 'Not his', 'private'),
    ];
    const socket = await aSocket(bob);
    await subscribe(app, socket, [{ room: roomOf(kept) }, { room: roomOf(lost) }]);
    const ping = () =>
      frameTable(app).ping({ op: 'ping', id: 1, d: { pos: [kept, lost, hidden].map((stream) => ({ room: roomOf(stream) })) } }, socket);
    const headsOf = (streams: Stream[]) => streams.map((stream) => ({ room: roomOf(stream), gen: stream.gen, head: 0 }));
    expect(await ping()).toMatchObject({ d: { heads: headsOf([kept, lost]) } });
    expect(await ping()).not.toHaveProperty('d.unsubscribed');
    await app.connections.unsubscribe(socket.connectionId, [roomOf(lost)]);
    expect(await ping()).toMatchObject({ d: { heads: headsOf([kept, lost]), unsubscribed: [roomOf(lost)] } });
    await app.connections.remove(socket.connectionId);
    await expect(ping()).rejects.toMatchObject({ code: 'insufficient_state' });
    // A ping that only keeps the socket open reads nothing.
    expect(await frameTable(app).ping({ op: 'ping', id: 2, d: { pos: [] } }, socket)).toMatchObject({ d: { heads: [] } });
  });
});

describe('fan-out', () => {
  test('packs waiting changes, keeps order, and a second delivery repeats the same positions', async () => {
    const stream = await aChannel(app, ada, 'Packed');
    const socket = await aSocket(bob);
    await subscribe(app, socket, [{ room: roomOf(stream) }]);
    app.sent.length = 0;
    for (let i = 0; i < 10; i++) await say(ada, stream, `m${i}`);
    await deliver(2);
    const frames = posted.get(socket.connectionId) ?? [];
    expect(frames.map(({ op }) => op)).toEqual(['evs', 'evs']);
    expect(frames[0]).toEqual(frames[1]);
    expect(EvsFrame.parse(frames[0]).items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('removes a socket that is gone, closes a slow one, and serves the others', async () => {
    const stream = await aChannel(app, ada, 'Mixed');
    const [well, gone, slow] = [await aSocket(ada), await aSocket(bob), await aSocket(bob)];
    for (const socket of [well, gone, slow]) await subscribe(app, socket, [{ room: roomOf(stream) }]);
    behaviour.set(gone.connectionId, 'gone').set(slow.connectionId, 'slow');
    app.sent.length = 0;
    await say(ada, stream, 'hello');
    await deliver();
    expect(posted.get(well.connectionId)).toHaveLength(1);
    expect(await connectionsOf(roomOf(stream))).toEqual([well.connectionId]);
    expect(closed).toEqual([slow.connectionId]);
  });

  test('removes a subscription written after its connection had gone', async () => {
    const stream = await aChannel(app, ada, 'Ghost');
    const ghost = await aSocket(bob);
    await subscribe(app, ghost, [{ room: roomOf(stream) }]);
    await registry.client.send(
      new DeleteItemCommand({ TableName: 'connections', Key: { pk: { S: `conn#${ghost.connectionId}` }, sk: { S: 'conn' } } }),
    );
    behaviour.set(ghost.connectionId, 'gone');
    app.sent.length = 0;
    await say(ada, stream, 'boo');
    await deliver();
    expect(await connectionsOf(roomOf(stream))).toEqual([]);
  });

  test('a failure fails the rest of its group and nothing else', async () => {
    const [sick, healthy] = [await aChannel(app, ada, 'Sick'), await aChannel(app, ada, 'Healthy')];
    const [a, b] = [await aSocket(ada), await aSocket(bob)];
    await subscribe(app, a, [{ room: roomOf(sick) }]);
    await subscribe(app, b, [{ room: roomOf(healthy) }]);
    behaviour.set(a.connectionId, 'broken');
    app.sent.length = 0;
    await say(ada, sick, '1');
    await say(ada, healthy, '2');
    await say(ada, sick, '3');
    const hastened: string[][] = [];
    const redelivery = {
      hasten: async (records: readonly { messageId: string }[]) => void hastened.push(records.map(({ messageId }) => messageId)),
      setAside: async () => undefined,
    };
    const handler = fifoQueueHandler(FanOutMessage, redelivery, (messages) =>
      fanOut({ ...app, sockets, nudges: createNudges(app) }, messages),
    );
    const Records = app.sent.map(({ group, body }, i) => ({
      messageId: `m${i}`,
      body: JSON.stringify(body),
      attributes: { MessageGroupId: group },
    })) as unknown as SQSRecord[];
    const { batchItemFailures } = (await handler({ Records }, { awsRequestId: 'r' } as never)) as { batchItemFailures: unknown[] };
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }]);
    expect(hastened).toEqual([['m0', 'm2']]);
    expect(posted.get(b.connectionId)).toHaveLength(1);
  });

  test('reports the first message of a group to redeliver', async () => {
    const socket = await aSocket(ada);
    behaviour.set(socket.connectionId, 'broken');
    const direct = (connectionId: string) => ({ kind: 'direct' as const, connectionId, frames: [{ op: 'resync', rooms: [] }] });
    const work = fanOut({ ...app, sockets, nudges: createNudges(app) }, [direct('fine'), direct(socket.connectionId), direct('fine')]);
    await expect(work).rejects.toMatchObject({ index: 1 });
    await expect(work).rejects.toBeInstanceOf(PartialFailure);
    expect(posted.get('fine')).toHaveLength(1);
  });
});

describe('packing', () => {
  const item = (seq: number, text: string) =>
    RoomItem.parse({
      seq,
      type: 'event',
      at: '2026-11-20T12:00:00.000Z',
      actor: 'ada',
      eventId: newId('event'),
      data: eventSample({ id: newId('event'), streamId: newId('stream'), seq, content: { text, mentions: [] } }),
    });
  const name = room.stream(newId('workspace'), newId('stream'));

  test('keeps every frame within the limit, loses nothing, and covers a replay without a gap', () => {
    for (const size of [1, 500, 5_000, 12_000, 16_000]) {
      const items = Array.from({ length: 20 }, (_, i) => item(i + 1, 'ä'.repeat(size / 2)));
      const frames = packFrames(name, 'g', items, { from: 0, upTo: 25 });
      for (const frame of frames) expect(Buffer.byteLength(JSON.stringify(frame))).toBeLessThanOrEqual(maxFrameBytes);
      const ranges = frames.map((frame) => EvsFrame.parse(frame)).map(({ from, upTo }) => [from, upTo]);
      expect(ranges[0]?.[0]).toBe(0);
      expect(ranges.at(-1)?.[1]).toBe(25);
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]?.[0]).toBe(ranges[i - 1]?.[1]);
      expect(frames.flatMap((frame) => EvsFrame.parse(frame).items.map(({ seq }) => seq))).toEqual(items.map(({ seq }) => seq));
    }
  });

  test('sends `behind` for a change larger than a frame', () => {
    const frames = packFrames(name, 'g', [item(1, 'a'), item(2, '\u0001'.repeat(16_000)), item(3, 'b')]);
    expect(frames.map(({ op }) => op)).toEqual(['ev', 'behind', 'ev']);
    expect(frames[1]).toMatchObject({ rooms: [{ have: 1, head: 2 }] });
  });
});

describe('tickets', () => {
  const ticketFor = (caller: UserCaller) => createTicket({ ...app, realtimeUrl: 'wss://example.test/realtime' }, caller);
  const open = (ticket: string | undefined) => authorize(app, { queryStringParameters: { ticket } });

  test('open one socket for their user', async () => {
    const { ticket, expiresIn, url, protocol } = await ticketFor(ada);
    expect({ expiresIn, url, protocol }).toEqual({ expiresIn: 30, url: 'wss://example.test/realtime', protocol: 'streambed.v1.json' });
    expect(await open(ticket)).toMatchObject({ userId: 'ada', workspaceId: ada.workspaceId });
    expect(await open(ticket)).toBeUndefined();
  });

  test('open nothing past the front, and are not used up there', async () => {
    const { ticket } = await ticketFor(ada);
    const value = 'the value that the front sends, 32 letters or more';
    const origin = createOrigin(originHashesOf(JSON.stringify({ value })));
    const openWith = (headers?: Record<string, string>) => authorize({ ...app, origin }, { queryStringParameters: { ticket }, headers });
    for (const sent of ['', 'a guess']) expect(await openWith({ 'x-origin-secret': sent })).toBeUndefined();
    for (const headers of [undefined, {}]) expect(await openWith(headers)).toBeUndefined();
    expect(await openWith({ 'X-Origin-Secret': value })).toMatchObject({ userId: 'ada' });
  });

  test('do not open anything when late, changed, or of another kind', async () => {
    const { ticket } = await ticketFor(ada);
    const now = app.time;
    app.time = new Date(now.getTime() + 30_000);
    expect(await open(ticket)).toBeUndefined();
    app.time = now;
    const changed = ticket.at(-20) === 'A' ? 'B' : 'A';
    expect(await open(`${ticket.slice(0, -20)}${changed}${ticket.slice(-19)}`)).toBeUndefined();
    for (const wrong of ['', 'x', 'a.b.c', undefined]) expect(await open(wrong)).toBeUndefined();
  });
});

describe('frames', () => {
  test('hello welcomes and resumes; send posts; ping answers heads; another version gets bye', async () => {
    const stream = await aChannel(app, ada, 'Frames');
    const socket = await aSocket(ada);
    const frames = frameTable(app);
    const welcome = await frames.hello(
      { op: 'hello', id: 1, d: { v: 1, resume: { rooms: [{ room: roomOf(stream), gen: stream.gen, seq: 0 }] } } },
      socket,
    );
    expect(welcome).toMatchObject({
      op: 'welcome',
      id: 1,
      d: { pingSeconds: 240, maxAgeSeconds: 7200, resumed: { rooms: [{ head: 0 }] } },
    });
    const clientEventId = ClientEventId.parse('mine');
    const send = () => frames.send({ op: 'send', id: 2, d: { stream: stream.id, clientEventId, text: 'hi', mentions: [] } }, socket);
    const sent = await send();
    expect(sent).toMatchObject({ op: 'ok', id: 2, d: { event: { seq: 1, clientEventId: 'mine' } } });
    expect(await send()).toEqual(sent);
    const before = app.db.statements;
    expect(await frames.ping({ op: 'ping', id: 3, d: { pos: [] } }, socket)).toEqual({ op: 'pong', id: 3, d: { heads: [] } });
    expect(app.db.statements).toBe(before);
    expect(await frames.ping({ op: 'ping', id: 4, d: { pos: [{ room: roomOf(stream), seq: 0 }] } }, socket)).toMatchObject({
      d: { heads: [{ room: roomOf(stream), head: 1 }] },
    });
    app.sent.length = 0;
    await expect(frames.hello({ op: 'hello', id: 5, d: { v: 2 } }, socket)).rejects.toMatchObject({ code: 'version_unsupported' });
    await deliver();
    expect(posted.get(socket.connectionId)).toEqual([
      { op: 'bye', code: 4426, reason: 'version_unsupported', reconnect: false, afterMs: 0 },
    ]);
    expect(closed).toEqual([socket.connectionId]);
  });

  test('the workspace room announces public streams, never private ones', async () => {
    const socket = await aSocket(bob);
    const { rooms } = await subscribe(app, socket, [{ room: room.workspace(bob.workspaceId) }]);
    app.sent.length = 0;
    await aChannel(app, ada, 'Hidden', 'private');
    const shown = await aChannel(app, ada, 'Shown');
    await deliver();
    expect(posted.get(socket.connectionId)).toMatchObject([
      { op: 'ev', type: 'stream:created', seq: rooms[0]!.head + 1, data: { id: shown.id, isMember: false } },
    ]);
  });
});

describe('convergence: an old page plus the frames equals a fresh page', () => {
  test('for posts, edits and deletes, delivered twice and in any grouping', async () => {
    const stream = await aChannel(app, ada, 'Converge');
    const events: StreamEvent[] = [];
    for (let i = 0; i < 5; i++) events.push(await say(ada, stream, `m${i}`));
    const fresh = () => listEvents(app, bob, { ...ListEvents.parse({}), streamId: stream.id });
    const snapshot = await fresh();
    const socket = await aSocket(bob);
    await subscribe(app, socket, [{ room: roomOf(stream), gen: snapshot.gen, seq: snapshot.head }]);
    app.sent.length = 0;
    await say(bob, stream, 'new');
    await editEvent(app, ada, { streamId: stream.id, eventId: events[1]!.id, text: 'edited' });
    await deliver(2);
    await deleteEvent(app, ada, { streamId: stream.id, eventId: events[1]!.id });
    await deleteEvent(app, ada, { streamId: stream.id, eventId: events[4]!.id });
    await say(ada, stream, 'last');
    await deliver(2);
    const state = new Map(snapshot.items.map((event) => [event.id as string, event]));
    let position = snapshot.head;
    for (const frame of posted.get(socket.connectionId) ?? []) {
      for (const item of frame.op === 'evs' ? frame.items : [RoomItem.parse(frame)]) {
        if (item.seq <= position) continue;
        expect(item.seq).toBe(position + 1);
        position = item.seq;
        if ('eventId' in item) state.set(item.data.id, item.data);
      }
    }
    const now = await fresh();
    expect([...state.values()].sort((a, b) => a.seq - b.seq)).toEqual(now.items);
    expect(position).toBe(now.head);
  });
});

test('names of rooms parse, and other texts are refused', () => {
  const [workspace, stream] = [newId('workspace'), newId('stream')];
  expect(parseRoom(room.stream(workspace, stream))).toEqual({ kind: 'stream', workspaceId: workspace, streamId: stream });
  expect(parseRoom(room.workspace(workspace))).toEqual({ kind: 'workspace', workspaceId: workspace });
  expect(parseRoom(room.user(workspace, 'ada@x.org'))).toEqual({ kind: 'user', workspaceId: workspace, userId: 'ada@x.org' });
  for (const name of [
    '',
    'ws',
    `ws:${workspace}`,
    `ws:${workspace}:stream`,
    `ws:${workspace}:stream:x`,
    `ws:${workspace}:workspace:x`,
    `x:${workspace}:workspace`,
    `ws:${workspace}:stream:${stream}:x`,
  ]) {
    expect(parseRoom(name)).toBeUndefined();
  }
});
