import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { byeCodes } from '../../../contract/close-codes.ts';
import { room } from '../../../contract/frames.ts';
import type { ServerFrame } from '../../../contract/frames.ts';
import { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { authorize, contextOf } from '../../../functions/realtime/authorize.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { createTicket } from '../../../functions/realtime/create-ticket.ts';
import { fanOut } from '../../../functions/realtime/fan-out.ts';
import { frameTable } from '../../../functions/realtime/frames.ts';
import { createNudges } from '../../../functions/realtime/nudges.ts';
import { openSocket } from '../../../functions/realtime/open-socket.ts';
import { requireLiveToken } from '../../../functions/realtime/require-live-token.ts';
import type { Frame, PostOutcome } from '../../../functions/realtime/sockets.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { removeMember } from '../../../functions/workspaces/update-member.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';

let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
const posted = new Map<string, ServerFrame[]>();
const closed: string[] = [];
const sockets = {
  async post(connectionId: string, { bytes }: Frame): Promise<PostOutcome> {
    posted.set(connectionId, [...(posted.get(connectionId) ?? []), JSON.parse(new TextDecoder().decode(bytes)) as ServerFrame]);
    return 'taken';
  },
  close: async (connectionId: string) => void closed.push(connectionId),
};

beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections, subscriptions: registry.subscriptions });
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
});
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});
beforeEach(() => {
  posted.clear();
  closed.length = 0;
  app.sent.length = 0;
});

const seconds = () => Math.floor(app.time.getTime() / 1000);
const wait = (waitSeconds: number) => (app.time = new Date(app.time.getTime() + waitSeconds * 1000));
const ticketFor = (caller: UserCaller) => createTicket({ ...app, realtimeUrl: 'wss://example.test/realtime' }, caller);
const handshake = { headers: { 'sec-websocket-protocol': 'v1' }, query: {} };
const open = (caller: UserCaller & { connectionId: string }) => openSocket(app, caller, handshake, 'v1');
async function deliver(): Promise<void> {
  const messages = app.sent.splice(0);
  for (const group of Map.groupBy(messages, (message) => message.group).values()) {
    const batch = group.map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));
    await fanOut({ ...app, sockets, nudges: createNudges(app) }, batch);
  }
}
const bye = { op: 'bye', code: byeCodes.token_expired, reason: 'token_expired', reconnect: true, afterMs: 0 };

describe('a ticket', () => {
  test('carries the version and the end of the token to the socket', async () => {
    const { ticket } = await ticketFor({ ...ada, tokenVersion: 5, tokenExpiresAt: seconds() + 600 });
    const caller = await authorize(app, { queryStringParameters: { ticket } });
    expect(caller && contextOf(caller)).toEqual({
      userId: 'ada',
      workspaceId: ada.workspaceId,
      tokenVersion: 5,
      tokenExpiresAt: seconds() + 600,
    });
  });

  test('is refused to a removed member, a stranger, and a revoked token', async () => {
    const gone = await aMember(app, ada.workspaceId, 'gone');
    await removeMember(app, ada, { userId: 'gone' });
    await expect(ticketFor(gone)).rejects.toMatchObject({ code: 'SBTOK' });
    await expect(ticketFor({ ...gone, tokenVersion: 1 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(ticketFor({ ...ada, userId: 'nobody' as UserCaller['userId'] })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a socket', () => {
  test('does not open for a member who was removed after the ticket was made', async () => {
    const late = await aMember(app, ada.workspaceId, 'late');
    await removeMember(app, ada, { userId: 'late' });
    for (const caller of [late, { ...late, tokenVersion: 1 }]) {
      await expect(open({ ...caller, connectionId: 'late=' })).rejects.toBeDefined();
      expect(await app.connections.roomsOf('late=')).toBeUndefined();
    }
  });

  test('that opens while its member is removed is closed with the removal', async () => {
    const quick = await aMember(app, ada.workspaceId, 'quick');
    const other = { ...app, db: app.test.open() };
    let removed: Promise<void> | undefined;
    const connections: Connections = {
      ...app.connections,
      async add(...given: Parameters<Connections['add']>) {
        removed = removeMember(other, ada, { userId: 'quick' });
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(app.sent).toEqual([]);
        return app.connections.add(...given);
      },
    };
    await openSocket({ ...app, connections }, { ...quick, connectionId: 'quick=' }, handshake, 'v1');
    await removed;
    await deliver();
    expect(closed).toEqual(['quick=']);
  });

  test('is told its age up to the end of the token', async () => {
    const socket = { ...ada, connectionId: 'age=', tokenExpiresAt: seconds() + 100 };
    await open(socket);
    const hello = (caller: typeof socket) => frameTable(app).hello({ op: 'hello', id: 1, d: { v: 1 } }, caller);
    expect(await hello(socket)).toMatchObject({ d: { maxAgeSeconds: 100 } });
    expect(await hello({ ...socket, tokenExpiresAt: seconds() + 1_000_000 })).toMatchObject({ d: { maxAgeSeconds: 7200 } });
  });

  test('hears nothing after the end of its token, and is closed with 4101', async () => {
    const stream = await aChannel(app, ada, 'Ends');
    const name = room.stream(stream.workspaceId, stream.id);
    const short = { ...ada, connectionId: 'short=', tokenExpiresAt: seconds() + 60 };
    const long = { ...ada, connectionId: 'long=', tokenExpiresAt: seconds() + 3600 };
    for (const socket of [short, long]) {
      await open(socket);
      await subscribe(app, socket, [{ room: name }]);
    }
    app.sent.length = 0;
    await postEvent(app, ada, { streamId: stream.id, text: 'before' });
    await deliver();
    expect(posted.get('short=')).toMatchObject([{ op: 'ev' }]);
    wait(60);
    await postEvent(app, ada, { streamId: stream.id, text: 'after' });
    await deliver();
    expect(posted.get('short=')).toMatchObject([{ op: 'ev' }, bye]);
    expect(posted.get('long=')).toMatchObject([{ op: 'ev' }, { op: 'ev' }]);
    expect(closed).toEqual(['short=']);
    expect((await Array.fromAsync(app.connections.listRoom(name))).flat()).toEqual(['long=']);
  });

  test('has no frame answered after the end of its token: each closes it with 4101', async () => {
    const socket = { ...ada, connectionId: 'frame=', tokenExpiresAt: seconds() + 60 };
    await open(socket);
    await requireLiveToken(app, socket);
    wait(59);
    await requireLiveToken(app, socket);
    expect(app.sent).toEqual([]);
    wait(1);
    await expect(requireLiveToken(app, socket)).rejects.toMatchObject({ code: 'token_expired' });
    await deliver();
    expect(posted.get('frame=')).toEqual([bye]);
    expect(closed).toEqual(['frame=']);
  });

  test('of an earlier release has no end but its age', async () => {
    await requireLiveToken(app, { connectionId: 'old=' });
    expect(app.sent).toEqual([]);
  });
});
