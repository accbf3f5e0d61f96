import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { room } from '../../../contract/frames.ts';
import type { ServerFrame } from '../../../contract/frames.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { FollowUp } from '../../../contract/messages/follow-up.ts';
import type { SocketCaller } from '../../../functions/platform/ws-handler.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { fanOut } from '../../../functions/realtime/fan-out.ts';
import { frameTable } from '../../../functions/realtime/frames.ts';
import { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import { createNudges } from '../../../functions/realtime/nudges.ts';
import type { Nudges } from '../../../functions/realtime/nudges.ts';
import type { Frame, PostOutcome } from '../../../functions/realtime/sockets.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { followUp } from '../../../functions/streams/follow-up/follow-up.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { removeStreamMember } from '../../../functions/streams/members/leave-stream.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { readStream } from '../../../functions/streams/streams/read-stream.ts';
import { updateStream } from '../../../functions/streams/streams/update-stream.ts';
import { removeMember } from '../../../functions/workspaces/update-member.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { runFollowUp } from '../../support/follow-up.ts';
import { createTestConnections } from '../../support/connections.ts';

let app: TestApp & { connections: Connections };
let nudges: Nudges;
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
let bob: UserCaller;
let guest: UserCaller;
const posted = new Map<string, ServerFrame[]>();
const closed: string[] = [];
/** Hooks that run before a socket takes a frame. */
const before = new Map<string, (frame: ServerFrame) => Promise<void>>();
const sockets = {
  async post(connectionId: string, { bytes }: Frame): Promise<PostOutcome> {
    await before.get(connectionId)?.(JSON.parse(new TextDecoder().decode(bytes)) as ServerFrame);
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
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  bob = await aMember(app, workspaceId, 'bob');
  guest = await aMember(app, workspaceId, 'gus', 'guest');
});
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});
beforeEach(() => {
  posted.clear();
  before.clear();
  closed.length = 0;
  app.sent.length = 0;
  app.later.length = 0;
  nudges = createNudges(app);
});

let connectionNumber = 0;
async function aSocket(caller: UserCaller, ...rooms: string[]): Promise<SocketCaller> {
  const socket = { ...caller, connectionId: `a${++connectionNumber}=` };
  await app.connections.add(socket);
  if (rooms.length > 0)
    await subscribe(
      app,
      socket,
      rooms.map((name) => ({ room: name })),
    );
  return socket;
}
const roomOf = (stream: Stream) => room.stream(stream.workspaceId, stream.id);
const own = (caller: UserCaller) => room.user(caller.workspaceId, caller.userId);
const say = async (caller: UserCaller, stream: Stream, text: string) => (await postEvent(app, caller, { streamId: stream.id, text })).event;
const framesTo = (socket: SocketCaller, op: ServerFrame['op']) =>
  (posted.get(socket.connectionId) ?? []).filter((frame) => frame.op === op);

/** Delivers the messages waiting in the fan-out queue, each twice, group by group. */
async function deliver(): Promise<void> {
  const messages = app.sent.splice(0);
  for (const group of Map.groupBy(messages, (message) => message.group).values()) {
    const batch = group.map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));
    await fanOut({ ...app, sockets, nudges }, batch);
    await fanOut({ ...app, sockets, nudges }, batch);
  }
}

/** Delivers all follow-up work, with enough time for every delay. */
async function settle(): Promise<void> {
  for (let round = 0; round < 10 && app.sent.length + app.later.length > 0; round++) {
    await deliver();
    for (const { body, delaySeconds } of app.later.splice(0)) {
      app.time = new Date(app.time.getTime() + delaySeconds * 1000);
      await runFollowUp(app, FollowUp.parse(JSON.parse(JSON.stringify(body))));
    }
  }
}

describe('rooms of members', () => {
  test("are heard by the member alone; the workspace's room is not for guests", async () => {
    const answers = async (caller: UserCaller, ...rooms: string[]) =>
      (
        await subscribe(
          app,
          await aSocket(caller),
          rooms.map((name) => ({ room: name })),
        )
      ).rooms.map(({ room: name }) => name);
    expect(await answers(bob, own(bob), own(ada), room.workspace(bob.workspaceId))).toEqual([own(bob), room.workspace(bob.workspaceId)]);
    expect(await answers(guest, own(guest), room.workspace(guest.workspaceId))).toEqual([own(guest)]);
  });
});

describe('pointers', () => {
  test("of a public stream go to the workspace, personal counts to members' own rooms; the last state always arrives", async () => {
    const stream = await aChannel(app, ada, 'Pointers');
    await settle();
    posted.clear();
    const [everyone, author] = [await aSocket(bob, room.workspace(bob.workspaceId)), await aSocket(ada, own(ada))];
    for (const n of [1, 2, 3, 4, 5]) await say(ada, stream, `message ${n}`);
    await settle();
    const told = framesTo(everyone, 'ptr').flatMap((frame) => (frame.op === 'ptr' ? frame.items : []));
    expect(told.at(-1)).toMatchObject({ streamId: stream.id, messageCount: 5, lastActorId: 'ada' });
    expect(told.at(-1)).not.toHaveProperty('read');
    expect(new Set(told.map(({ head }) => head)).size).toBeLessThanOrEqual(2);
    const mine = framesTo(author, 'ptr').flatMap((frame) => (frame.op === 'ptr' ? frame.items : []));
    const { readRev, readSeq } = await readStream(app, ada, { streamId: stream.id });
    expect(mine.at(-1)?.read).toMatchObject({ rev: readRev, readSeq, unreadCount: 0 });
  });

  test('of a private stream go to its members alone, with their current counts', async () => {
    const stream = await aChannel(app, ada, 'Private pointers', 'private');
    await inviteMembers(app, ada, { streamId: stream.id, userIds: [guest.userId], role: 'member' });
    await settle();
    posted.clear();
    const everyone = await aSocket(bob, room.workspace(bob.workspaceId), own(bob));
    const member = await aSocket(guest, own(guest));
    const event = await say(ada, stream, 'for @gus');
    await say(ada, stream, 'and more');
    await deleteEvent(app, ada, { streamId: stream.id, eventId: event.id });
    await settle();
    expect(posted.get(everyone.connectionId)).toBeUndefined();
    const last = framesTo(member, 'ptr')
      .flatMap((frame) => (frame.op === 'ptr' ? frame.items : []))
      .at(-1);
    const now = await readStream(app, guest, { streamId: stream.id });
    expect(last?.read).toMatchObject({ unreadCount: 1, mentionCount: 0, rev: now.readRev });
    expect(now).toMatchObject({ unreadCount: 1, mentionCount: 0 });
  });

  test('a busy stream gets follow-up work once in three seconds', async () => {
    const stream = await aChannel(app, ada, 'Busy');
    await settle();
    for (let i = 0; i < 40; i++) {
      await say(ada, stream, `message ${i}`);
      await deliver();
      app.time = new Date(app.time.getTime() + 100);
    }
    const nudged = app.later.filter(({ body }) => (body as { streamId: string }).streamId === stream.id);
    expect(nudged.length).toBeGreaterThanOrEqual(2);
    expect(nudged.length).toBeLessThanOrEqual(3);
  });
});

describe('losing access', () => {
  test("ends a removed member's subscription, in order, and other subscribers miss nothing", async () => {
    const stream = await aChannel(app, ada, 'Leaving', 'private');
    await inviteMembers(app, ada, { streamId: stream.id, userIds: [bob.userId], role: 'member' });
    await deliver();
    const [stays, goes] = [await aSocket(ada, roomOf(stream)), await aSocket(bob, roomOf(stream))];
    await say(ada, stream, 'before');
    await deliver();
    await removeStreamMember(app, ada, { streamId: stream.id, userId: bob.userId });
    await say(ada, stream, 'after');
    await deliver();
    expect(JSON.stringify(posted.get(goes.connectionId))).toContain('before');
    expect(JSON.stringify(posted.get(goes.connectionId))).not.toContain('after');
    expect(framesTo(goes, 'revoked')[0]).toEqual({ op: 'revoked', rooms: [roomOf(stream)] });
    expect(JSON.stringify(posted.get(stays.connectionId))).toContain('after');
    expect((await subscribe(app, goes, [{ room: roomOf(stream) }])).rooms).toEqual([]);
  });

  test('by making a stream private ends all subscriptions; its members resume from their position', async () => {
    const stream = await aChannel(app, ada, 'Closing');
    const [stays, goes] = [await aSocket(ada, roomOf(stream)), await aSocket(bob, roomOf(stream))];
    const { seq } = await say(ada, stream, 'one');
    await updateStream(app, ada, { streamId: stream.id, visibility: 'private' });
    await say(ada, stream, 'secret now');
    await deliver();
    expect(JSON.stringify(posted.get(goes.connectionId))).not.toContain('secret now');
    const again = await subscribe(app, stays, [{ room: roomOf(stream), gen: stream.gen, seq }]);
    await deliver();
    expect(again.rooms).toHaveLength(1);
    expect(JSON.stringify(posted.get(stays.connectionId))).toContain('secret now');
    expect((await subscribe(app, goes, [{ room: roomOf(stream) }])).rooms).toEqual([]);
  });

  test('of the whole workspace closes every connection of the member', async () => {
    const dan = await aMember(app, ada.workspaceId, 'dan');
    const [one, two] = [await aSocket(dan, own(dan)), await aSocket(dan)];
    await removeMember(app, ada, { userId: 'dan' });
    await deliver();
    expect([...new Set(closed)].sort()).toEqual([one.connectionId, two.connectionId].sort());
    expect(framesTo(one, 'bye')[0]).toMatchObject({ code: 4401, reconnect: false });
    await expect(subscribe(app, await aSocket(dan), [{ room: own(dan) }])).rejects.toMatchObject({ code: 'SBTOK' });
    // Nothing mints a token of the new version for a removed member; it would show them nothing.
    expect((await subscribe(app, await aSocket({ ...dan, tokenVersion: 1 }), [{ room: own(dan) }])).rooms).toEqual([]);
  });
});

describe('interrupted work', () => {
  const connectionsOf = async (name: string) => (await Array.fromAsync(app.connections.listRoom(name))).flat();
  const bodies = () => app.sent.splice(0).map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));

  test('a revocation that failed to post is posted with the redelivery', async () => {
    const stream = await aChannel(app, ada, 'Cut short');
    const socket = await aSocket(bob, roomOf(stream));
    app.sent.length = 0;
    await updateStream(app, ada, { streamId: stream.id, visibility: 'private' });
    const messages = bodies().filter(({ kind }) => kind === 'revoke');
    before.set(socket.connectionId, () => Promise.reject(new Error('the callback address does not answer')));
    await expect(fanOut({ ...app, sockets, nudges }, messages)).rejects.toMatchObject({ index: 0 });
    before.clear();
    await fanOut({ ...app, sockets, nudges }, messages);
    expect(framesTo(socket, 'revoked')).toHaveLength(1);
    expect(await connectionsOf(roomOf(stream))).toEqual([]);
    await fanOut({ ...app, sockets, nudges }, messages);
    expect(framesTo(socket, 'revoked')).toHaveLength(1);
  });

  test('a reader who subscribes again at once stays subscribed', async () => {
    const stream = await aChannel(app, ada, 'At once');
    const socket = await aSocket(ada, roomOf(stream));
    app.sent.length = 0;
    await updateStream(app, ada, { streamId: stream.id, visibility: 'private' });
    const messages = bodies().filter(({ kind }) => kind === 'revoke');
    before.set(socket.connectionId, async () => void (await subscribe(app, socket, [{ room: roomOf(stream) }])));
    await fanOut({ ...app, sockets, nudges }, messages);
    expect(await connectionsOf(roomOf(stream))).toEqual([socket.connectionId]);
    before.clear();
    await app.connections.remove(socket.connectionId);
    expect(await connectionsOf(roomOf(stream))).toEqual([]);
  });

  test('a subscription written while access ended is removed', async () => {
    const stream = await aChannel(app, ada, 'Meanwhile');
    const socket = await aSocket(bob);
    const db = app.test.open();
    let narrowing: Promise<unknown> | undefined;
    const connections = {
      async subscribe(...given: Parameters<Connections['subscribe']>) {
        narrowing = updateStream({ ...app, db }, ada, { streamId: stream.id, visibility: 'private' });
        return app.connections.subscribe(...given);
      },
    } as Connections;
    // The access lock lets the subscription finish first; it ends with the change.
    const { rooms } = await subscribe({ ...app, connections }, socket, [{ room: roomOf(stream) }]);
    expect(rooms).toMatchObject([{ room: roomOf(stream) }]);
    await narrowing;
    expect(await connectionsOf(roomOf(stream))).toEqual([]);
    await db.close();
  });

  test('messages pushed before a failure get follow-up work; redelivered ones only once they were pushed', async () => {
    const stream = await aChannel(app, ada, 'Half');
    await settle();
    const socket = await aSocket(bob, roomOf(stream));
    await say(ada, stream, 'one');
    const { id: eventId } = await say(ada, stream, 'two');
    await deleteEvent(app, ada, { streamId: stream.id, eventId });
    const [one, two, gone] = bodies();
    const other = { ...two!, gen: 'other' } as FanOutMessage;
    before.set(socket.connectionId, (frame) =>
      'gen' in frame && frame.gen === 'other' ? Promise.reject(new Error('down')) : Promise.resolve(),
    );
    await expect(fanOut({ ...app, sockets, nudges }, [one!, other, gone!])).rejects.toMatchObject({ index: 1 });
    expect(app.later.map(({ body }) => (body as FollowUp).kind)).toEqual(['stream']);
    before.clear();
    await fanOut({ ...app, sockets, nudges }, [two!, gone!]);
    expect(app.later.map(({ body, delaySeconds }) => [(body as FollowUp).kind, delaySeconds])).toEqual([
      ['stream', 0],
      ['shares', 0],
      ['stream', 3],
    ]);
  });

  test('a failed nudge redelivers the messages, and is sent then', async () => {
    const stream = await aChannel(app, ada, 'No nudge');
    await settle();
    await say(ada, stream, 'one');
    const messages = bodies();
    const queues = { ...app.queues, sendLater: () => Promise.reject(new Error('connect ECONNREFUSED')) };
    await expect(fanOut({ ...app, sockets, nudges: createNudges({ ...app, queues }) }, messages)).rejects.toThrow('ECONNREFUSED');
    await fanOut({ ...app, sockets, nudges }, messages);
    expect(app.later).toEqual([{ body: { kind: 'stream', workspaceId: ada.workspaceId, streamId: stream.id }, delaySeconds: 0 }]);
  });
});

describe('nudges', () => {
  test('that come early are postponed once, for any number, and the last state is sent', async () => {
    const stream = await aChannel(app, ada, 'Crowd');
    await settle();
    app.time = new Date(app.time.getTime() + 10_000);
    const everyone = await aSocket(bob, room.workspace(bob.workspaceId));
    const nudge = { kind: 'stream' as const, workspaceId: ada.workspaceId, streamId: stream.id };
    await say(ada, stream, 'first');
    await followUp(app, nudge);
    await say(ada, stream, 'last');
    for (let i = 0; i < 8; i++) await followUp(app, nudge);
    expect(app.later.splice(0)).toEqual([{ body: nudge, delaySeconds: 3 }]);
    app.time = new Date(app.time.getTime() + 2_900);
    await followUp(app, nudge);
    expect(app.later.splice(0)).toEqual([{ body: nudge, delaySeconds: 1 }]);
    app.time = new Date(app.time.getTime() + 1_000);
    await followUp(app, nudge);
    await followUp(app, nudge);
    expect(app.later).toEqual([]);
    await deliver();
    const told = framesTo(everyone, 'ptr').flatMap((frame) => (frame.op === 'ptr' ? frame.items : []));
    expect(told.at(-1)).toMatchObject({ messageCount: 2 });
    expect(new Set(told.map(({ head }) => head)).size).toBe(2);
  });

  test('of a thread update the replies of its root event, also after an interruption', async () => {
    const stream = await aChannel(app, ada, 'Roots');
    const root = await say(ada, stream, 'root');
    const { stream: thread } = await createThread(app, ada, { streamId: stream.id, eventId: root.id });
    await say(bob, thread, 'reply');
    await settle();
    app.time = new Date(app.time.getTime() + 10_000);
    await say(bob, thread, 'another');
    app.sent.length = 0;
    const nudge = { kind: 'stream' as const, workspaceId: ada.workspaceId, streamId: thread.id };
    let transactions = 0;
    const failing = {
      ...app.db,
      transaction: ((...given: Parameters<typeof app.db.transaction>) =>
        ++transactions === 2
          ? Promise.reject(new Error('the connection is gone'))
          : app.db.transaction(...given)) as typeof app.db.transaction,
    };
    await expect(followUp({ ...app, db: failing }, nudge)).rejects.toThrow('the connection is gone');
    await followUp(app, nudge);
    const items = app.sent
      .map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))))
      .flatMap((m) => (m.kind === 'item' ? [m.item] : []));
    expect(items).toMatchObject([{ type: 'event:updated', eventId: root.id, data: { replyCount: 2 } }]);
    app.sent.length = 0;
    await followUp(app, nudge);
    expect(app.sent).toEqual([]);
  });

  test('of a lost stream end subscriptions below it once each', async () => {
    const stream = await aChannel(app, ada, 'Top', 'private');
    await inviteMembers(app, ada, { streamId: stream.id, userIds: [bob.userId], role: 'member' });
    const root = await say(ada, stream, 'root');
    const { stream: thread } = await createThread(app, ada, { streamId: stream.id, eventId: root.id });
    await settle();
    posted.clear();
    const socket = await aSocket(bob, roomOf(stream), roomOf(thread));
    await removeStreamMember(app, ada, { streamId: stream.id, userId: bob.userId });
    await settle();
    expect(framesTo(socket, 'revoked')).toEqual([
      { op: 'revoked', rooms: [roomOf(stream)] },
      { op: 'revoked', rooms: [roomOf(thread)] },
    ]);
    posted.clear();
    await say(ada, thread, 'among us');
    await settle();
    expect(posted.get(socket.connectionId)).toBeUndefined();
  });
});

describe('signals', () => {
  const typing = (socket: SocketCaller, name: string) =>
    frameTable(app).signal({ op: 'signal', id: 1, d: { room: name, type: 'typing' } }, socket);

  test('reach the others in the room at most once a second, and are not stored', async () => {
    const stream = await aChannel(app, ada, 'Typing');
    const [sender, other, elsewhere] = [await aSocket(ada, roomOf(stream)), await aSocket(bob, roomOf(stream)), await aSocket(bob)];
    app.sent.length = 0;
    await typing(sender, roomOf(stream));
    await typing(sender, roomOf(stream));
    expect(app.sent).toHaveLength(1);
    app.time = new Date(app.time.getTime() + 1_100);
    await typing(sender, roomOf(stream));
    await deliver();
    expect(framesTo(other, 'eph')[0]).toEqual({ op: 'eph', room: roomOf(stream), type: 'typing', actor: 'ada', ttl: 6 });
    expect([posted.get(sender.connectionId), posted.get(elsewhere.connectionId)]).toEqual([undefined, undefined]);
  });

  test('that are too old, or cannot be posted, delay no later message', async () => {
    const stream = await aChannel(app, ada, 'Late');
    const [sender, other] = [await aSocket(ada, roomOf(stream)), await aSocket(bob, roomOf(stream))];
    app.sent.length = 0;
    await typing(sender, roomOf(stream));
    await say(ada, stream, 'typed');
    const messages = app.sent.splice(0).map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));
    before.set(other.connectionId, (frame) => (frame.op === 'eph' ? Promise.reject(new Error('down')) : Promise.resolve()));
    await fanOut({ ...app, sockets, nudges }, messages);
    expect(posted.get(other.connectionId)?.map(({ op }) => op)).toEqual(['ev']);
    before.clear();
    app.time = new Date(app.time.getTime() + 6_001);
    await fanOut({ ...app, sockets, nudges }, messages);
    expect(posted.get(other.connectionId)?.map(({ op }) => op)).toEqual(['ev', 'ev']);
  });

  test('are for rooms of subscribed streams only', async () => {
    const stream = await aChannel(app, ada, 'Not heard', 'private');
    await expect(typing(await aSocket(bob), roomOf(stream))).rejects.toMatchObject({ code: 'not_found' });
    await expect(typing(await aSocket(bob, own(bob)), own(bob))).rejects.toMatchObject({ code: 'not_found' });
  });
});
