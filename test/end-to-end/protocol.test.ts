import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { createStreambed } from '../../client/http/http.ts';
import type { WorkspaceClient } from '../../client/http/http.ts';
import { ServerFrame, room } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import type { Stream } from '../../contract/stream.ts';
import { startLocal } from '../../local/run.ts';
import type { Local } from '../../local/run.ts';
import { limit } from '../support/slowness.ts';

/** The socket protocol at the wire, for a client that is written from the AsyncAPI document alone. */
let local: Local;
let api: WorkspaceClient;
let stream: Stream;
let foreign: { workspaceId: string; apiKey: string };

beforeAll(async () => {
  local = await startLocal({ port: 0, ephemeral: true, quiet: true });
  const { demo } = local;
  if (!demo) throw new Error('There is no demo');
  api = createStreambed({ baseUrl: local.baseUrl, token: demo.users[0]?.token ?? '' }).workspace(demo.workspaceId);
  stream = await api.streams.create({ streamType: 'channel', name: 'Protocol' });
  const made = await local.functions.invoke('WorkspacesCreateWorkspace', { name: 'Elsewhere' });
  if (!made.ok) throw new Error(made.error.errorMessage);
  foreign = made.payload as typeof foreign;
}, limit(90_000));
afterAll(() => local.stop());

/** Opens a socket; resolves with it, or with the status that refused it. */
function connect(query: string, protocols: string[] = ['streambed.v1.json'], address = local.wsUrl): Promise<WebSocket | number> {
  const socket = new WebSocket(`${address}${query}`, protocols);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
}
async function open(): Promise<WebSocket> {
  const { ticket } = await api.ticket();
  const socket = await connect(`?ticket=${ticket}`);
  if (typeof socket === 'number') throw new Error(`The socket was refused with ${socket}`);
  return socket;
}
/** Waits for the next frame and checks that it belongs to the protocol. */
const next = (socket: WebSocket) =>
  new Promise<ServerFrame>((resolve) =>
    socket.once('message', (data) => resolve(ServerFrame.parse(JSON.parse((data as Buffer).toString())))),
  );
async function ask(socket: WebSocket, frame: unknown): Promise<ServerFrame> {
  const answer = next(socket);
  socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return answer;
}
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve));

describe('opening', () => {
  test('needs a ticket: none is 401; a wrong, used, or tampered one is 403', async () => {
    expect(await connect('')).toBe(401);
    expect(await connect('?ticket=nonsense')).toBe(403);
    const { ticket } = await api.ticket();
    const changed = ticket.at(-20) === 'A' ? 'B' : 'A';
    expect(await connect(`?ticket=${ticket.slice(0, -20)}${changed}${ticket.slice(-19)}`)).toBe(403);
    const first = await connect(`?ticket=${ticket}`);
    expect(first).toBeInstanceOf(WebSocket);
    expect(await connect(`?ticket=${ticket}`)).toBe(403);
    (first as WebSocket).terminate();
  });

  test('needs the subprotocol, which is echoed', async () => {
    const { ticket } = await api.ticket();
    expect(await connect(`?ticket=${ticket}`, ['graphql-ws'])).toBe(400);
    const socket = await open();
    expect(socket.protocol).toBe('streambed.v1.json');
    socket.terminate();
  });
});

describe('frames', () => {
  test('that are not of the protocol are answered, and the socket stays', async () => {
    const socket = await open();
    expect(await ask(socket, 'not JSON')).toMatchObject({ op: 'err', id: null, d: { code: 'bad_frame', status: 400, retry: 'never' } });
    expect(await ask(socket, { op: 'dance', id: 1, d: {} })).toMatchObject({ op: 'err', id: 1, d: { code: 'unknown_op' } });
    expect(await ask(socket, { op: 'hello', id: 2, d: { v: 'one' } })).toMatchObject({
      op: 'err',
      id: 2,
      d: { code: 'invalid_input', errors: [{ path: 'frame.d.v' }] },
    });
    expect(await ask(socket, { op: 'hello', id: 3, d: { v: 1 } })).toMatchObject({
      op: 'welcome',
      id: 3,
      d: { maxAgeSeconds: 7200, limits: { frameBytes: 32_768 } },
    });
    socket.terminate();
  });

  test('over 32 KB end the connection with 1009', async () => {
    const socket = await open();
    const end = closed(socket);
    socket.send(JSON.stringify({ op: 'hello', id: 1, d: { v: 1, device: 'x'.repeat(33_000) } }));
    expect(await end).toBe(1009);
  });

  test('of another version are told goodbye', async () => {
    const socket = await open();
    const frames: ServerFrame[] = [];
    socket.on('message', (data) => frames.push(ServerFrame.parse(JSON.parse((data as Buffer).toString()))));
    const end = closed(socket);
    socket.send(JSON.stringify({ op: 'hello', id: 1, d: { v: 7 } }));
    await end;
    expect(frames.find(({ op }) => op === 'err')).toMatchObject({ id: 1, d: { code: 'version_unsupported' } });
    expect(frames.find(({ op }) => op === 'bye')).toMatchObject({ code: 4426, reconnect: false });
  });
});

describe('rooms', () => {
  test('that the caller may not hear look like rooms that are not there', async () => {
    const socket = await open();
    for (const name of [
      room.stream(stream.workspaceId, newId('stream')),
      room.stream(foreign.workspaceId, stream.id),
      room.workspace(foreign.workspaceId),
      room.user(stream.workspaceId, 'jonas'),
    ]) {
      expect(await ask(socket, { op: 'sub', id: 1, d: { rooms: [{ room: name }] } })).toMatchObject({
        op: 'err',
        id: 1,
        d: { code: 'not_found', status: 404 },
      });
    }
    socket.terminate();
  });

  test('send, hear, leave, hear no more', async () => {
    const socket = await open();
    const name = room.stream(stream.workspaceId, stream.id);
    expect(await ask(socket, { op: 'sub', id: 1, d: { rooms: [{ room: name }] } })).toMatchObject({
      op: 'ok',
      d: { rooms: [{ room: name, gen: stream.gen }] },
    });
    const frames: ServerFrame[] = [];
    const both = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        frames.push(ServerFrame.parse(JSON.parse((data as Buffer).toString())));
        if (frames.length === 2) resolve();
      });
    });
    socket.send(JSON.stringify({ op: 'send', id: 2, d: { stream: stream.id, clientEventId: 'wire-1', text: 'over the wire' } }));
    await both;
    expect(frames.find(({ op }) => op === 'ok')).toMatchObject({ id: 2, d: { event: { content: { text: 'over the wire' } } } });
    expect(frames.find(({ op }) => op === 'ev')).toMatchObject({ room: name, type: 'event', clientEventId: 'wire-1' });
    socket.removeAllListeners('message');
    expect(await ask(socket, { op: 'unsub', id: 3, d: { rooms: [name] } })).toEqual({ op: 'ok', id: 3, d: {} });
    await api.events(stream.id).post({ text: 'unheard' });
    await local.queues.settled();
    const pong = await ask(socket, { op: 'ping', id: 4, d: { pos: [{ room: name, seq: 1 }] } });
    expect(pong).toMatchObject({ op: 'pong', id: 4, d: { heads: [{ room: name, head: 2 }] } });
    socket.terminate();
  });
});

describe('rooms of the kit', () => {
  const wsOf = (cid: string) => `${local.baseUrl.replace('http', 'ws')}/ws/${cid}`;
  const ticketOf = async (n: number) =>
    (
      await createStreambed({ baseUrl: local.baseUrl, token: local.demo?.users[n]?.token ?? '' })
        .workspace(stream.workspaceId)
        .ticket()
    ).ticket;

  test.each(['protocol/', 'protocol', 'protocol%2F'])('at /ws/channel:%s are heard, or refused', async (path) => {
    const opened = await connect(`?ticket=${await ticketOf(0)}`, [], wsOf(`channel:${path}`));
    if (path.includes('%')) return expect(opened).toBe(403);
    expect(await next(opened as WebSocket)).toMatchObject({ op: 'welcome', id: 0, d: { resumed: { rooms: [{ gen: stream.gen }] } } });
    (opened as WebSocket).terminate();
  });

  test('need a ticket that is their caller’s, once', async () => {
    const ticket = await ticketOf(0);
    expect(await connect('', [], wsOf(stream.id))).toBe(401);
    expect(await connect(`?ticket=x`, [], wsOf(stream.id))).toBe(403);
    expect(await connect(`?ticket=${ticket}`, [], wsOf('channel:none/&ticket=x/'))).toBe(403);
    expect(await connect(`?ticket=${ticket}`, [], wsOf(stream.id))).toBe(403);
  });

  test('show two clients each other’s messages within half a second', async () => {
    const sockets: WebSocket[] = [];
    for (const n of [0, 1]) {
      const socket = await connect(`?ticket=${await ticketOf(n)}`, [], wsOf('channel:protocol/'));
      await next(socket as WebSocket);
      sockets.push(socket as WebSocket);
    }
    for (const [n, sender] of sockets.entries()) {
      const seen = new Promise<number>((resolve) => {
        sockets[1 - n]?.on('message', (data) => {
          if ((data as Buffer).toString().includes(`hello from ${n}`)) resolve(performance.now());
        });
      });
      const from = performance.now();
      sender.send(JSON.stringify({ op: 'send', id: 1, d: { stream: stream.id, clientEventId: `kit-${n}`, text: `hello from ${n}` } }));
      expect((await seen) - from).toBeLessThan(limit(500));
    }
    for (const socket of sockets) socket.terminate();
  });
});

describe('the surfaces of the React kit, through the front', () => {
  const get = async (path: string, n = 0) => {
    const token = local.demo?.users[n]?.token ?? '';
    const response = await fetch(`${local.baseUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const surfaces = [
    '/api/ws-auth',
    '/api/connection-id',
    '/rooms/channel:kit/config',
    '/rooms/channel%3Akit/messages',
    '/rooms/channel:kit/members',
  ];
  beforeAll(() => api.streams.create({ streamType: 'channel', name: 'Kit' }));

  test.each(surfaces)('%s answers with its slash and without', async (path) => {
    expect([(await get(`${path}/`)).status, (await get(path)).status]).toEqual([200, 200]);
  });

  test('an unknown room is refused, and an unknown address is none', async () => {
    expect(await get('/rooms/channel:nowhere/config/')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await get('/api/nothing/')).status).toBe(404);
  });

  test('the address of ws-auth opens one socket; peers see an editing state that comes over HTTP, and its sender does not', async () => {
    const { url } = (await get('/api/ws-auth/')).body as { url: string };
    const { url: peersUrl } = (await get('/api/ws-auth/', 1)).body as { url: string };
    const at = (address: string) => connect(new URL(address).search);
    const [own, peer] = [await at(url), await at(peersUrl)];
    if (typeof own === 'number' || typeof peer === 'number') throw new Error('A socket was refused');
    expect(await at(url)).toBe(403);
    const rooms = [{ room: room.stream(stream.workspaceId, stream.id) }];
    for (const socket of [own, peer]) expect(await ask(socket, { op: 'sub', id: 1, d: { rooms } })).toMatchObject({ op: 'ok' });
    const heard: ServerFrame[] = [];
    own.on('message', (data) => heard.push(ServerFrame.parse(JSON.parse((data as Buffer).toString()))));
    const seen = next(peer);
    expect(await api.kit.tellEditingState({ cid: stream.id, cursor: 7 })).toEqual({ sent: true });
    const actor = local.demo?.users[0]?.id;
    expect(await seen).toMatchObject({ op: 'eph', type: 'editing.state', actor, ttl: 15, data: { cursor: 7 } });
    await local.queues.settled();
    expect(heard).toEqual([]);
    for (const socket of [own, peer]) socket.terminate();
  });
});

test('what happened is counted: posts, frames, and the time from commit to socket', async () => {
  await api.events(stream.id).post({ text: 'counted' });
  await local.queues.settled();
  const metrics = local.recent().flatMap(({ message, fields }) => (message === 'metrics' && fields ? [fields] : []));
  expect(metrics).toContainEqual(expect.objectContaining({ function: 'StreamsHttp', service: 'streambed-local', EventsPosted: 1 }));
  expect(metrics).toContainEqual(
    expect.objectContaining({ function: 'RealtimeFanOut', FanOutLatency: expect.anything(), FramesPosted: expect.any(Number) }),
  );
});
