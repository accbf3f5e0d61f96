import { afterEach, describe, expect, test } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { RealtimeSocket } from '../../client/socket/socket.ts';
import type { RoomListener } from '../../client/socket/subscriptions.ts';
import { byeCodes } from '../../contract/close-codes.ts';
import { room } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import { subprotocol } from '../../contract/names.ts';
import { calm } from './fake-network.ts';
import { me, problem, streamRoom, workspaceId, workspaceRoom } from './fake-server.ts';
import { makeWorld, textsOf } from './world.ts';
import type { World } from './world.ts';

const minutes = 60_000;

/** A listener that only writes down what it is told. */
function recorder(position: { gen?: string; seq?: number } = {}): { listener: RoomListener; told: string[] } {
  const told: string[] = [];
  const listener: RoomListener = {
    position: () => position,
    joined: ({ from, head }) => told.push(`joined ${from} ${head}`),
    refused: ({ code }) => told.push(`refused ${code}`),
    changes: (frame) => told.push(frame.op),
    behind: (head) => told.push(`behind ${head}`),
    resync: ({ reason }) => told.push(`resync ${reason}`),
    stands: (gen, head) => told.push(`stands ${gen} ${head}`),
    unreadable: (gen, head) => told.push(`unreadable ${gen} ${head}`),
  };
  return { listener, told };
}

async function openWorld(): Promise<World & { told: string[] }> {
  const world = makeWorld();
  const { listener, told } = recorder();
  world.socket.join(workspaceRoom, listener);
  expect(await world.clock.until(() => world.socket.getState().status === 'open')).toBe(true);
  return { ...world, told };
}

describe('opening', () => {
  test('gets a ticket, offers the protocol, says hello, then subscribes', async () => {
    const { socket, network, clock, told } = await openWorld();
    await clock.advance(10);
    expect(network.sockets.map(({ address }) => address.replace(/t\d+$/, 'T'))).toEqual(['wss://sockets.test/realtime?ticket=T']);
    expect(network.sent.map(({ op }) => op)).toEqual(['hello', 'sub']);
    expect(told).toEqual(['joined 0 0']);
    expect(socket.getState()).toEqual({ status: 'open' });
  });

  test('asks for nothing until a room is joined, and once for rooms that are joined together', async () => {
    const { socket, network, server, clock } = makeWorld();
    await clock.advance(1 * minutes);
    expect([socket.getState().status, server.requests.length]).toEqual(['idle', 0]);
    const rooms = Array.from({ length: 120 }, () => room.stream(workspaceId, newId('stream')));
    for (const name of rooms) socket.join(name, recorder().listener);
    await clock.advance(100);
    const subs = network.sent.filter((frame) => frame.op === 'sub');
    expect(subs.map((frame) => frame.d.rooms.length)).toEqual([50, 50, 20]);
    expect(new Set(subs.flatMap((frame) => frame.d.rooms.map((each) => each.room)))).toEqual(new Set(rooms));
  });

  test('a subscription that ends while the answer to it is on its way is asked for again', async () => {
    const { socket, network, clock } = await openWorld();
    network.weather = { ...calm, delayMs: 0 };
    socket.join(streamRoom, recorder().listener);
    await clock.until(() => network.sent.some((frame) => frame.op === 'sub' && frame.d.rooms.some(({ room }) => room === streamRoom)), 10);
    // It was taken, and ended again; the client hears of the end first.
    network.open[0]!.receive({ op: 'revoked', rooms: [streamRoom, 'ws:unknown'] });
    network.open[0]!.side.rooms.delete(streamRoom);
    await clock.advance(1000);
    expect(network.open[0]!.side.rooms.has(streamRoom)).toBe(true);
  });

  test('a subscription that the server lost is asked for again with the next ping; until then the room is not called live', async () => {
    const { socket, network, server, clock } = await openWorld();
    const { listener, told } = recorder();
    socket.join(streamRoom, { ...listener, left: () => told.push('left') });
    await clock.advance(10);
    server.loseSubscriptions();
    server.append('nobody is told');
    await clock.advance(server.pingSeconds * 1_100);
    expect(told).toEqual(['joined 0 0', 'left', 'stands g1 1', 'joined 1 1']);
    expect([...network.open[0]!.side.rooms].sort()).toEqual([streamRoom, workspaceRoom].sort());
  });

  test('a connection that the server lost is replaced when it is noticed, by a ping or by a subscription', async () => {
    const { socket, network, server, clock } = await openWorld();
    server.loseConnections();
    await clock.advance(server.pingSeconds * 1_100);
    expect([socket.getState().status, network.sockets.length]).toEqual(['open', 2]);
    server.loseConnections();
    const { listener, told } = recorder();
    socket.join(streamRoom, listener);
    await clock.advance(2_000);
    expect([socket.getState().status, network.sockets.length, told]).toEqual(['open', 3, ['joined 0 0']]);
  });

  test('what is joined and left in one go costs no frame', async () => {
    const { socket, network, clock } = await openWorld();
    const before = network.sent.length;
    socket.join(streamRoom, recorder().listener)();
    const leave = socket.join(streamRoom, recorder().listener);
    leave();
    await clock.advance(100);
    expect(network.sent).toHaveLength(before);
  });

  test('a room that is left and joined again while the first answer is under way ends subscribed', async () => {
    const { socket, network, clock } = await openWorld();
    network.weather = { ...calm, delayMs: 200 };
    const leave = socket.join(streamRoom, recorder().listener);
    await clock.advance(50);
    leave();
    const { listener, told } = recorder();
    socket.join(streamRoom, listener);
    await clock.advance(2000);
    expect(told.at(-1)).toBe('joined 0 0');
    expect([...network.open[0]!.side.rooms]).toContain(streamRoom);
  });

  test('two listeners share a room, and the last one to go leaves it', async () => {
    const { socket, network, clock, server } = await openWorld();
    server.append('m1');
    const [one, two] = [recorder({ gen: 'g1', seq: 1 }), recorder({ gen: 'g1', seq: 0 })];
    const leaveOne = socket.join(streamRoom, one.listener);
    await clock.advance(100);
    const leaveTwo = socket.join(streamRoom, two.listener);
    await clock.advance(100);
    expect([one.told[0], two.told]).toEqual(['joined 1 1', ['joined 0 1', 'evs']]);
    leaveOne();
    await clock.advance(100);
    expect([...network.open[0]!.side.rooms]).toContain(streamRoom);
    leaveTwo();
    await clock.advance(100);
    expect([...network.open[0]!.side.rooms]).not.toContain(streamRoom);
  });

  test('a refusal reaches the one it is about, and no one else', async () => {
    const { socket, server, clock, told } = await openWorld();
    server.closedRooms.add(streamRoom);
    const closed = recorder();
    const open = recorder();
    socket.join(streamRoom, closed.listener);
    socket.join(room.user(workspaceId, me), open.listener);
    socket.join('no room at all', closed.listener);
    await clock.advance(100);
    expect(closed.told).toEqual(['refused not_found', 'refused not_found']);
    expect([open.told, told]).toEqual([['joined 0 0'], ['joined 0 0']]);
    expect(socket.getState().status).toBe('open');
  });
});

describe('coming back', () => {
  test('waits half a second to one second first, then longer, at most 30 s, never the same for two clients', async () => {
    const waits: number[][] = [];
    for (const seed of [1, 2, 3]) {
      const { socket, network, server, clock } = makeWorld(seed);
      socket.join(workspaceRoom, recorder().listener);
      await clock.advance(60_000);
      network.weather = { ...calm, refuse: 2 };
      network.cut();
      const tries: number[] = [clock.now()];
      const handle = server.handle.bind(server);
      server.handle = (...request) => {
        tries.push(clock.now());
        return handle(...request);
      };
      await clock.advance(10 * minutes);
      waits.push(tries.slice(1).map((at, i) => at - tries[i]!));
    }
    for (const each of waits) {
      each.forEach((wait, i) => {
        expect(wait).toBeGreaterThanOrEqual(500);
        expect(wait).toBeLessThanOrEqual(Math.min(30_000, 1000 * 2 ** i) + 1);
      });
      expect(Math.max(...each)).toBeGreaterThan(10_000);
    }
    expect(new Set(waits.map(([first]) => first)).size).toBe(3);
  });

  test('says since when it is offline and when it tries again', async () => {
    const { socket, network, clock } = await openWorld();
    network.weather = { ...calm, refuse: 2 };
    const cutAt = clock.now();
    network.cut();
    await clock.advance(5000);
    const { status, offlineSince, retryAt } = socket.getState();
    expect([status, offlineSince]).toEqual(['offline', cutAt]);
    expect(retryAt).toBeGreaterThan(clock.now());
    network.weather = calm;
    await clock.advance(60_000);
    expect(socket.getState()).toEqual({ status: 'open' });
  });

  test('a good connection makes the next failure the first one again; one that fails at once does not', async () => {
    const { network, clock, server } = await openWorld();
    const triesIn = async (ms: number): Promise<number> => {
      const before = network.sockets.length;
      await clock.advance(ms);
      return network.sockets.length - before;
    };
    await clock.advance(60_000);
    network.cut();
    expect(await triesIn(1001)).toBe(1);
    await clock.advance(60_000);
    network.cut();
    expect(await triesIn(1001)).toBe(1);
    // From now on every connection is ended as soon as it has said hello.
    const receive = server.receive.bind(server);
    server.receive = (side, frame) => {
      receive(side, frame);
      clock.after(1, () => side.close(1001));
    };
    network.cut();
    expect(await triesIn(5 * minutes)).toBeLessThan(40);
  });

  test('stays away as long as the server says with bye', async () => {
    const { socket, network, clock } = await openWorld();
    network.open[0]!.side.push({ op: 'bye', code: 4001, reason: 'shutdown', reconnect: true, afterMs: 20_000 });
    await clock.advance(20_000);
    expect([socket.getState().status, network.sockets.length]).toEqual(['offline', 1]);
    await clock.advance(1100);
    expect([socket.getState().status, network.sockets.length]).toEqual(['open', 2]);
  });

  test.each([4001, 4008, 4009, 4010, 4099, 1001, 1006, 1011])('close code %i: comes back after a while', async (code) => {
    const { socket, network, clock } = await openWorld();
    await clock.advance(60_000);
    network.cut(code);
    await clock.advance(499);
    expect([socket.getState().status, network.sockets.length]).toEqual(['offline', 1]);
    await clock.advance(600);
    expect([socket.getState().status, network.sockets.length]).toEqual(['open', 2]);
  });

  test('the end of its token: gets a new ticket and resumes, without a hole and without a read of the stream', async () => {
    const { server, network, clock, openStream } = makeWorld();
    server.append('before');
    const stream = openStream();
    await clock.until(() => stream.getSnapshot().state === 'live');
    await clock.advance(60_000);
    const reads = () => server.requests.filter((request) => request.includes('/events')).length;
    const tickets = () => server.requests.filter((request) => request.includes('tickets')).length;
    const before = [reads(), tickets()];
    network.open[0]!.side.push({ op: 'bye', code: byeCodes.token_expired, reason: 'token_expired', reconnect: true, afterMs: 0 });
    network.open[0]?.side.close(1000);
    server.append('meanwhile');
    await clock.until(() => textsOf(stream).length === 2);
    server.append('after');
    await clock.advance(1000);
    expect(textsOf(stream)).toEqual(['before', 'meanwhile', 'after']);
    expect([reads(), tickets()]).toEqual([before[0], before[1]! + 1]);
  });

  test.each([4100, 4101, 4199])('close code %i: comes back at once with a new ticket, but only once at once', async (code) => {
    const { socket, network, clock } = await openWorld();
    await clock.advance(60_000);
    network.cut(code);
    await clock.advance(10);
    expect(socket.getState().status).toBe('open');
    expect(new Set(network.sockets.map(({ address }) => address)).size).toBe(2);
    network.cut(code);
    await clock.advance(400);
    expect([socket.getState().status, network.sockets.length]).toEqual(['offline', 2]);
    await clock.advance(700);
    expect(socket.getState().status).toBe('open');
  });

  test.each([
    [4400, 'bad_frame'],
    [4401, 'forbidden'],
    [4403, 'forbidden'],
    [4413, 'too_large'],
    [4426, 'version_unsupported'],
    [4499, 'forbidden'],
  ])('close code %i: stops, and says %s', async (code, problemCode) => {
    const { socket, network, clock, openStream } = await openWorld();
    const stream = openStream();
    await clock.advance(100);
    network.cut(code, 'because');
    await clock.advance(60 * minutes);
    expect(socket.getState()).toMatchObject({
      status: 'stopped',
      problem: { code: problemCode, retry: 'never', detail: expect.stringContaining('because') },
    });
    expect(stream.getSnapshot()).toMatchObject({ state: 'offline', problem: { code: problemCode } });
    expect(network.sockets).toHaveLength(1);
    socket.connect();
    await clock.advance(1000);
    expect(socket.getState()).toEqual({ status: 'open' });
    expect(stream.getSnapshot()).toMatchObject({ state: 'live' });
    expect(stream.getSnapshot().problem).toBeUndefined();
  });

  test('a goodbye that forbids coming back stops, whatever its code', async () => {
    const { socket, network, clock } = await openWorld();
    network.open[0]!.side.push({ op: 'bye', code: 4001, reason: 'moved away', reconnect: false, afterMs: 0 });
    await clock.advance(10 * minutes);
    expect(socket.getState()).toMatchObject({ status: 'stopped', problem: { detail: expect.stringContaining('moved away') } });
  });

  test.each([
    ['unauthenticated', 401],
    ['token_expired', 401],
    ['forbidden', 403],
  ] as const)('a ticket that is refused (%s, %i) stops it', async (code, status) => {
    const { socket, server, network, clock } = makeWorld();
    server.refusals.set('POST /v1/realtime/tickets', { code, times: 1 });
    socket.join(workspaceRoom, recorder().listener);
    await clock.advance(10 * minutes);
    expect(socket.getState()).toMatchObject({ status: 'stopped', problem: { code, status } });
    expect([server.requests.length, network.sockets.length]).toEqual([1, 0]);
  });

  test('a ticket service that is down for a while is asked again, as late as it says', async () => {
    const { socket, server, clock } = makeWorld();
    server.refusals.set('POST /v1/realtime/tickets', { code: 'unavailable', times: 1, headers: { 'retry-after': '10' } });
    socket.join(workspaceRoom, recorder().listener);
    await clock.advance(10_000);
    expect([socket.getState().status, server.requests.length]).toEqual(['offline', 1]);
    await clock.advance(1100);
    expect(socket.getState().status).toBe('open');
  });

  test('a handshake that is refused (a ticket used or too old) takes a new ticket', async () => {
    const { socket, network, clock } = makeWorld();
    network.refusals.push(1006, 1006);
    socket.join(workspaceRoom, recorder().listener);
    await clock.advance(10_000);
    expect(socket.getState().status).toBe('open');
    expect(new Set(network.sockets.map(({ address }) => address)).size).toBe(3);
  });

  test('a version that is not spoken there any more stops it', async () => {
    const { socket, server, clock } = makeWorld();
    server.receive = (side, frame) => side.push({ op: 'err', id: frame.id, d: problem('version_unsupported') });
    socket.join(workspaceRoom, recorder().listener);
    await clock.advance(10 * minutes);
    expect(socket.getState()).toMatchObject({ status: 'stopped', problem: { code: 'version_unsupported' } });
  });

  test.each(['hello', 'sub', 'ping'] as const)('a %s that is never answered costs the connection, and nothing else', async (op) => {
    const { socket, server, network, clock } = makeWorld();
    const receive = server.receive.bind(server);
    let lost = 0;
    server.receive = (side, frame) => (frame.op === op && lost++ === 0 ? undefined : receive(side, frame));
    const { listener, told } = recorder();
    socket.join(workspaceRoom, listener);
    await clock.advance(6 * minutes);
    expect([socket.getState().status, network.sockets.length, lost > 0]).toEqual(['open', 2, true]);
    expect(told).toContain('joined 0 0');
  });

  test('a subscription that fails for a while is asked again on the same connection', async () => {
    const { socket, server, network, clock } = makeWorld();
    const receive = server.receive.bind(server);
    let refused = 0;
    server.receive = (side, frame) =>
      frame.op === 'sub' && refused++ < 3 ? side.push({ op: 'err', id: frame.id, d: problem('unavailable') }) : receive(side, frame);
    const { listener, told } = recorder();
    socket.join(workspaceRoom, listener);
    await clock.advance(20_000);
    expect([told, network.sockets.length]).toEqual([['joined 0 0'], 1]);
  });
});

describe('staying', () => {
  test('pings every four minutes, give or take a tenth, with where it stands', async () => {
    const { network, clock, told } = await openWorld();
    await clock.advance(60 * minutes);
    const pings = network.sent.filter((frame) => frame.op === 'ping');
    expect(pings.length).toBeGreaterThanOrEqual(13);
    expect(pings.length).toBeLessThanOrEqual(17);
    expect(pings[0]).toMatchObject({ d: { pos: [{ room: workspaceRoom }] } });
    expect(told).toContain('stands w1 0');
  });

  test('when woken it asks at once, and comes back within 5 s when there is no answer', async () => {
    const { socket, network, clock } = await openWorld();
    network.weather = { ...calm, drop: 1 };
    socket.wake();
    await clock.advance(4999);
    expect(socket.getState().status).toBe('open');
    network.weather = calm;
    await clock.advance(1100);
    expect([socket.getState().status, network.sockets.length]).toEqual(['open', 2]);
    socket.wake();
    await clock.advance(10_000);
    expect(network.sockets).toHaveLength(2);
  });

  test('when woken while offline it tries at once, however long it would have waited', async () => {
    const { socket, network, clock } = await openWorld();
    network.weather = { ...calm, refuse: 2 };
    network.cut();
    await clock.advance(3 * minutes);
    await clock.until(() => (socket.getState().retryAt ?? 0) - clock.now() > 5000);
    network.weather = calm;
    await clock.advance(500);
    socket.wake();
    socket.wake();
    await clock.advance(10);
    expect(socket.getState().status).toBe('open');
  });

  test('makes the next connection before it breaks the old one, and a reader notices nothing', async () => {
    const { server, network, clock, openStream, socket } = makeWorld();
    server.pingSeconds = 100_000;
    server.append('m0');
    const stream = openStream();
    await clock.until(() => stream.getSnapshot().state === 'live');
    const states = new Set<string>();
    stream.subscribe(() => states.add(stream.getSnapshot().state));
    const most: number[] = [];
    for (let i = 1; i <= 130; i++) {
      server.append(`m${i}`);
      network.weather = { ...calm, delayMs: 2000 };
      for (let second = 0; second < 60; second++) {
        await clock.advance(1000);
        most.push(network.open.length);
      }
    }
    expect(network.sockets).toHaveLength(2);
    expect([Math.min(...most), Math.max(...most)]).toEqual([1, 2]);
    const age = most.indexOf(2) / 60;
    expect(age).toBeGreaterThan(104);
    expect(age).toBeLessThan(111);
    expect([...states]).toEqual(['live']);
    expect(textsOf(stream)).toHaveLength(131);
    expect(socket.getState()).toEqual({ status: 'open' });
    expect(server.requests.filter((request) => request.includes('changedAfter'))).toEqual([]);
    expect(network.closedByClient.at(-1)).toBe(1000);
  });

  test('a next connection that cannot be had yet is tried again while the old one serves', async () => {
    const { network, clock, socket, server } = await openWorld();
    server.pingSeconds = 100_000;
    await clock.advance(100 * minutes);
    network.weather = { ...calm, refuse: 2 };
    const statuses = new Set<string>();
    socket.subscribe(() => statuses.add(socket.getState().status));
    await clock.advance(15 * minutes);
    expect(network.sockets.length).toBeGreaterThan(3);
    expect(statuses.size).toBe(0);
    network.weather = calm;
    await clock.advance(1 * minutes);
    expect(network.open).toHaveLength(1);
    expect(network.open[0]).toBe(network.sockets.at(-1));
  });

  test('closing ends everything', async () => {
    const { socket, network, clock } = await openWorld();
    socket.close();
    await clock.advance(0);
    expect([socket.getState().status, network.open.length, clock.waiting]).toEqual(['closed', 0, 0]);
  });

  test('closing while a connection is being made ends that too', async () => {
    const { socket, network, clock } = makeWorld();
    network.weather = { ...calm, delayMs: 500 };
    socket.connect();
    await clock.until(() => network.sockets.length === 1);
    socket.close();
    await clock.advance(30_000);
    expect([socket.getState().status, network.open.length, clock.waiting]).toEqual(['closed', 0, 0]);
  });
});

describe('over real sockets', () => {
  const servers: WebSocketServer[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      for (const client of server.clients) client.terminate();
      server.close();
    }
  });

  test("Node's own WebSocket speaks the protocol", async () => {
    const server = new WebSocketServer({ port: 0, handleProtocols: (protocols) => [...protocols][0] ?? false });
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const seen: unknown[] = [];
    server.on('connection', (client, request) => {
      seen.push(request.url, request.headers['sec-websocket-protocol']);
      client.on('message', (data) => {
        const frame = JSON.parse((data as Buffer).toString()) as { op: string; id: number };
        const limits = { rooms: 50, frameBytes: 32_768 };
        const rooms = [{ room: workspaceRoom, gen: 'w1', from: 7, head: 7 }];
        if (frame.op === 'hello') {
          client.send(JSON.stringify({ op: 'welcome', id: frame.id, d: { session: 's', pingSeconds: 240, maxAgeSeconds: 7200, limits } }));
        } else client.send(JSON.stringify({ op: 'ok', id: frame.id, d: { rooms } }));
      });
    });
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/realtime`;
    const socket = new RealtimeSocket({ ticket: () => Promise.resolve({ url, ticket: 'a+b', expiresIn: 30, protocol: subprotocol }) });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    socket.join(workspaceRoom, { ...recorder().listener, joined: resolve });
    expect(await promise).toMatchObject({ from: 7 });
    expect(seen).toEqual(['/realtime?ticket=a%2Bb', subprotocol]);
    socket.close();
  });
});
