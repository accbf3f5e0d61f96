import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { room } from '../../../contract/frames.ts';
import type { ServerFrame } from '../../../contract/frames.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { FollowUp } from '../../../functions/platform/follow-up-messages.ts';
import type { SocketCaller } from '../../../functions/platform/ws-handler.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { fanOut } from '../../../functions/realtime/fan-out.ts';
import { frameTable } from '../../../functions/realtime/frames.ts';
import { FanOutMessage } from '../../../functions/realtime/messages.ts';
import { createNudges } from '../../../functions/realtime/nudges.ts';
import type { Nudges } from '../../../functions/realtime/nudges.ts';
import type { Frame, PostOutcome } from '../../../functions/realtime/sockets.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { deleteEvent } from '../../../functions/streams/delete-event.ts';
import { followUp } from '../../../functions/streams/follow-up.ts';
import { inviteMembers } from '../../../functions/streams/invite-members.ts';
import { removeStreamMember } from '../../../functions/streams/leave-stream.ts';
import { postEvent } from '../../../functions/streams/post-event.ts';
import { readStream } from '../../../functions/streams/read-stream.ts';
import { updateStream } from '../../../functions/streams/update-stream.ts';
import { removeMember } from '../../../functions/workspaces/update-member.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';

let app: TestApp & { connections: Connections };
let nudges: Nudges;
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
let bob: UserCaller;
let guest: UserCaller;
const posted = new Map<string, ServerFrame[]>();
const closed: string[] = [];
const sockets = {
  async post(connectionId: string, { bytes }: Frame): Promise<PostOutcome> {
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
  app = Object.assign(testApp, { connections: registry.connections });
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

/** What waits in the fan-out queue, each message twice, group by group. */
async function deliver(): Promise<void> {
  const messages = app.sent.splice(0);
  for (const group of Map.groupBy(messages, (message) => message.group).values()) {
    const batch = group.map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));
    await fanOut({ ...app, sockets, nudges }, batch);
    await fanOut({ ...app, sockets, nudges }, batch);
  }
}

/** Everything that follows, with as much time as it takes. */
async function settle(): Promise<void> {
  for (let round = 0; round < 10 && app.sent.length + app.later.length > 0; round++) {
    await deliver();
    for (const { body, delaySeconds } of app.later.splice(0)) {
      app.time = new Date(app.time.getTime() + delaySeconds * 1000);
      await followUp(app, FollowUp.parse(JSON.parse(JSON.stringify(body))));
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
  test('of a public stream go to the workspace, own counts to who is in their own room; the last state always arrives', async () => {
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

  test('of a private stream go to its members alone, with their counts as they are', async () => {
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

  test('a busy stream is looked after once in three seconds', async () => {
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
  test('ends what a removed member hears, in order, and nobody else misses anything', async () => {
    const stream = await aChannel(app, ada, 'Leaving', 'private');
    await inviteMembers(app, ada, { streamId: stream.id, userIds: [bob.userId], role: 'member' });
    await deliver();
    const [stays, goes] = [await aSocket(ada, roomOf(stream)), await aSocket(bob, roomOf(stream))];
    await say(ada, stream, 'before');
    await removeStreamMember(app, ada, { streamId: stream.id, userId: bob.userId });
    await say(ada, stream, 'after');
    await deliver();
    expect(JSON.stringify(posted.get(goes.connectionId))).toContain('before');
    expect(JSON.stringify(posted.get(goes.connectionId))).not.toContain('after');
    expect(framesTo(goes, 'revoked')[0]).toEqual({ op: 'revoked', rooms: [roomOf(stream)] });
    expect(JSON.stringify(posted.get(stays.connectionId))).toContain('after');
    expect((await subscribe(app, goes, [{ room: roomOf(stream) }])).rooms).toEqual([]);
  });

  test('of a stream made private everyone asks again, and who is in it goes on from where they are', async () => {
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
    expect((await subscribe(app, await aSocket(dan), [{ room: own(dan) }])).rooms).toEqual([]);
  });
});

describe('signals', () => {
  const typing = (socket: SocketCaller, name: string) =>
    frameTable(app).signal({ op: 'signal', id: 1, d: { room: name, type: 'typing' } }, socket);

  test('reach the others in the room at most once a second, and are not kept', async () => {
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

  test('are for rooms of streams that one hears', async () => {
    const stream = await aChannel(app, ada, 'Not heard', 'private');
    await expect(typing(await aSocket(bob), roomOf(stream))).rejects.toMatchObject({ code: 'not_found' });
    await expect(typing(await aSocket(bob, own(bob)), own(bob))).rejects.toMatchObject({ code: 'not_found' });
  });
});
