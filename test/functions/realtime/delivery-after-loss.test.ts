import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { room } from '../../../contract/frames.ts';
import type { ServerFrame } from '../../../contract/frames.ts';
import { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { createSubscriptions } from '../../../functions/platform/subscriptions.ts';
import type { SocketCaller } from '../../../functions/platform/ws-handler.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { fanOut } from '../../../functions/realtime/fan-out.ts';
import { frameTable } from '../../../functions/realtime/frames.ts';
import type { Frame, PostOutcome } from '../../../functions/realtime/sockets.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { leaveStream, removeStreamMember } from '../../../functions/streams/members/leave-stream.ts';
import { updateStream } from '../../../functions/streams/streams/update-stream.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { removeMember, updateMember } from '../../../functions/workspaces/update-member.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';

/*
 * The rule: when a change that takes access away is answered, nothing that is committed afterwards reaches the member, in the stream and
 * in what inherits its readers, whatever fails after the answer. A change that fails costs nobody a message.
 */

let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
let bob: UserCaller;
let stream: Stream;
let thread: Stream;
let socket: SocketCaller;
const posted = new Map<string, ServerFrame[]>();
const sockets = {
  async post(connectionId: string, { bytes }: Frame): Promise<PostOutcome> {
    posted.set(connectionId, [...(posted.get(connectionId) ?? []), JSON.parse(new TextDecoder().decode(bytes)) as ServerFrame]);
    return 'taken';
  },
  close: () => Promise.resolve(),
};
const nudges = { after: () => Promise.resolve() };

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

let number = 0;
beforeEach(async () => {
  number++;
  bob = await aMember(app, ada.workspaceId, `bob${number}`);
  stream = await aChannel(app, ada, `Room ${number}`, 'private');
  await inviteMembers(app, ada, { streamId: stream.id, userIds: [bob.userId], role: 'member' });
  const root = await say(ada, stream, 'root');
  thread = (await createThread(app, ada, { streamId: stream.id, eventId: root.id })).stream;
  socket = await aSocket(bob, stream, thread);
  app.sent.length = 0;
  posted.clear();
});

const roomOf = ({ workspaceId, id }: Stream) => room.stream(workspaceId, id);
const say = async (caller: UserCaller, { id }: Pick<Stream, 'id'>, text: string) =>
  (await postEvent(app, caller, { streamId: id, text })).event;
const hear = (...streams: Stream[]) =>
  subscribe(
    app,
    socket,
    streams.map((one) => ({ room: roomOf(one) })),
  );
const invite = () => inviteMembers(app, ada, { streamId: stream.id, userIds: [bob.userId], role: 'member' });
const remove = () => removeStreamMember(app, ada, { streamId: stream.id, userId: bob.userId });

async function aSocket(caller: UserCaller, ...streams: Stream[]): Promise<SocketCaller> {
  const opened = { ...caller, connectionId: `loss${++number}=` };
  await app.connections.add(opened);
  await subscribe(app, opened, [
    ...streams.map((one) => ({ room: roomOf(one) })),
    { room: room.user(caller.workspaceId, caller.userId) },
    { room: room.workspace(caller.workspaceId) },
  ]);
  return opened;
}

/** Delivers what waits in the fan-out queue and matches. */
async function deliver(wanted: (message: FanOutMessage) => boolean = () => true): Promise<void> {
  const messages = app.sent.splice(0).map(({ group, body }) => ({ group, message: FanOutMessage.parse(JSON.parse(JSON.stringify(body))) }));
  for (const group of Map.groupBy(messages, (sent) => sent.group).values())
    await fanOut({ ...app, sockets, nudges }, group.map(({ message }) => message).filter(wanted));
}
const withoutRevocations = ({ kind }: FanOutMessage) => kind !== 'revoke' && kind !== 'close-user';
const textsTo = (to: SocketCaller) =>
  (posted.get(to.connectionId) ?? [])
    .flatMap((frame) => JSON.stringify(frame).match(/"text":"[^"]*"/g) ?? [])
    .map((text) => text.slice(8, -1));
const roomsRevoked = (to: SocketCaller) =>
  (posted.get(to.connectionId) ?? []).flatMap((frame) => (frame.op === 'revoked' ? frame.rooms : []));

/** All ways to lose a private channel with its threads. */
const losses: Record<string, () => Promise<unknown>> = {
  'removed from the stream': () => remove(),
  'left the stream': () => leaveStream(app, bob, { streamId: stream.id }),
  'removed from the workspace': () => removeMember(app, ada, { userId: bob.userId }),
};
/** All ways to lose a public channel with its threads. */
const narrowings: Record<string, () => Promise<unknown>> = {
  'made private': () => updateStream(app, ada, { streamId: stream.id, visibility: 'private' }),
  'made a guest': () => updateMember(app, ada, { userId: bob.userId, role: 'guest' }),
  'removed from the workspace': () => removeMember(app, ada, { userId: bob.userId }),
};

describe('a member who lost a stream', () => {
  const signal = () => frameTable(app).signal({ op: 'signal', id: 1, d: { room: roomOf(stream), type: 'typing' } }, socket);

  test.each(Object.keys(losses))('signals nothing to it, while the revocation waits: %s', async (name) => {
    await losses[name]?.();
    app.sent.length = 0;
    await expect(signal()).rejects.toMatchObject({ code: 'not_found' });
    expect(app.sent).toEqual([]);
  });

  test('signals again after coming back', async () => {
    await remove();
    await invite();
    await hear(stream);
    app.sent.length = 0;
    await signal();
    expect(app.sent).toHaveLength(1);
  });
});

describe('a member who lost a stream hears nothing that comes after', () => {
  for (const [way, lose] of Object.entries(losses)) {
    test(`${way}, when the sender dies before it publishes anything`, async () => {
      app.queueDown = true;
      await lose();
      app.queueDown = false;
      for (let i = 0; i < 5; i++) await Promise.all([say(ada, stream, `after ${i}`), say(ada, thread, `below ${i}`)]);
      await deliver();
      expect(textsTo(socket)).toEqual([]);
    });

    test(`${way}, when revocations never arrive`, async () => {
      await lose();
      await say(ada, stream, 'after');
      await say(ada, thread, 'below');
      await deliver(withoutRevocations);
      expect(textsTo(socket)).toEqual([]);
    });
  }

  for (const [way, lose] of Object.entries(narrowings)) {
    test(`a public one, ${way}, when revocations never arrive`, async () => {
      await updateStream(app, ada, { streamId: stream.id, visibility: 'public' });
      await leaveStream(app, bob, { streamId: stream.id });
      await hear(stream, thread);
      app.sent.length = 0;
      await say(ada, stream, 'before');
      await deliver();
      expect(textsTo(socket)).toEqual(['before']);
      await lose();
      await say(ada, stream, 'after');
      await say(ada, thread, 'below');
      await deliver(withoutRevocations);
      expect(textsTo(socket)).toEqual(['before']);
    });
  }

  test('in a batch that began before, and goes on behind a connection of before', async () => {
    const others = await Promise.all(Array.from({ length: 3 }, () => aSocket(ada, stream)));
    await remove();
    await say(ada, stream, 'after');
    const first = [socket, ...others].map(({ connectionId }) => connectionId).sort()[0];
    const ended: string[] = [];
    const listed = await Array.fromAsync(app.connections.listRoom(roomOf(stream), first, ({ connectionId }) => ended.push(connectionId)));
    expect(listed.flat()).not.toContain(socket.connectionId);
    expect([...listed.flat(), ...ended]).not.toContain(first);
  });

  test('a subscription that is under way ends too', async () => {
    await app.connections.unsubscribe(socket.connectionId, [roomOf(stream)]);
    const db = app.test.open();
    const steps: string[] = [];
    const connections = {
      async subscribe(...given: Parameters<Connections['subscribe']>) {
        removing = removeStreamMember({ ...app, db }, ada, { streamId: stream.id, userId: bob.userId }).then(() => steps.push('removed'));
        await accessLockIsAwaited();
        const outcome = await app.connections.subscribe(...given);
        steps.push('subscribed');
        return outcome;
      },
    } as Connections;
    let removing: Promise<unknown> | undefined;
    await subscribe({ ...app, connections }, socket, [{ room: roomOf(stream) }]);
    await removing;
    expect(steps).toEqual(['subscribed', 'removed']);
    await say(ada, stream, 'after');
    await deliver(withoutRevocations);
    expect(textsTo(socket)).toEqual([]);
    await db.close();
  });

  test('while it comes and goes, others write, and frames are delivered all the time', async () => {
    const [moving, writing] = [app.test.open(), app.test.open()];
    const over = new AbortController();
    const witness = await aSocket(ada, stream);
    /** Waits until another reader has heard a message, so that its delivery is over. */
    const delivered = async (seq: number) => {
      const hasHeard = () => JSON.stringify(posted.get(witness.connectionId) ?? []).includes(`"seq":${seq},`);
      while (!hasHeard()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const delivers = (async () => {
      while (!over.signal.aborted || app.sent.length > 0) {
        await deliver(withoutRevocations);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const writes = (async () => {
      for (let i = 0; i < 80; i++) await postEvent({ ...app, db: writing }, ada, { streamId: stream.id, text: `text ${i}` });
    })();
    const heardSince = (seq: number) =>
      (posted.get(socket.connectionId) ?? [])
        .flatMap((frame) => (frame.op === 'ev' ? [frame] : frame.op === 'evs' ? frame.items : []))
        .filter((item) => item.type === 'event' && item.seq > seq);
    for (let i = 0; i < 8; i++) {
      await removeStreamMember({ ...app, db: moving }, ada, { streamId: stream.id, userId: bob.userId });
      const { rows } = await app.test.owner.query<{ seq: string }>(
        `select max(seq) as seq from stream_events where stream_id = $1 and event_type = 'member_left'`,
        [stream.id],
      );
      const left = Number(rows[0]?.seq);
      const { seq: written } = (await postEvent({ ...app, db: moving }, ada, { streamId: stream.id, text: 'while he is out' })).event;
      await delivered(written);
      expect(heardSince(left)).toEqual([]);
      if (i === 7) break;
      await inviteMembers({ ...app, db: moving }, ada, { streamId: stream.id, userIds: [bob.userId], role: 'member' });
      await subscribe({ ...app, db: moving }, socket, [{ room: roomOf(stream) }]);
    }
    await writes;
    over.abort();
    await delivers;
    await Promise.all([moving.close(), writing.close()]);
  });
});

/** Waits until a transaction waits for the access lock. */
async function accessLockIsAwaited(): Promise<void> {
  for (;;) {
    const { rows } = await app.test.owner.query<{ waiting: string }>(
      `select count(*) as waiting from pg_locks where locktype = 'advisory' and not granted`,
    );
    if (Number(rows[0]?.waiting) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a change that fails', () => {
  test('takes nothing away when subscriptions cannot be ended, and says so', async () => {
    registry.client.middlewareStack.add(() => () => Promise.reject(new Error('connect ECONNREFUSED')), {
      step: 'initialize',
      name: 'down',
    });
    await expect(remove()).rejects.toMatchObject({ code: 'unavailable' });
    registry.client.middlewareStack.remove('down');
    await say(ada, stream, 'still here');
    await deliver();
    expect(textsTo(socket)).toEqual(['still here']);
  });

  test('after it ended subscriptions costs no message: the next one has the client subscribe again', async () => {
    const subscriptions: TestApp['subscriptions'] = {
      ...registry.subscriptions,
      async end(...given: Parameters<TestApp['subscriptions']['end']>) {
        await registry.subscriptions.end(...given);
        throw new Error('the function was killed');
      },
    };
    await expect(removeStreamMember({ ...app, subscriptions }, ada, { streamId: stream.id, userId: bob.userId })).rejects.toThrow('killed');
    const { seq } = await say(ada, stream, 'missed');
    await deliver();
    expect(textsTo(socket)).toEqual([]);
    expect(roomsRevoked(socket)).toEqual([roomOf(stream)]);
    await subscribe(app, socket, [{ room: roomOf(stream), seq: seq - 1 }]);
    await say(ada, stream, 'next');
    await deliver();
    expect(textsTo(socket)).toEqual(['missed', 'next']);
  });
});

describe('access that comes back', () => {
  test('is heard again from the new subscription on, also before the revocation arrives', async () => {
    await remove();
    const revocations = app.sent.splice(0);
    await invite();
    await hear(stream);
    app.sent.push(...revocations);
    await say(ada, stream, 'welcome back');
    await deliver();
    expect(textsTo(socket)).toContain('welcome back');
    expect(roomsRevoked(socket)).not.toContain(roomOf(stream));
  });

  test('does not revive the subscription of before', async () => {
    await remove();
    await invite();
    app.sent.length = 0;
    await say(ada, stream, 'not subscribed again yet');
    await deliver();
    expect(textsTo(socket)).toEqual([]);
    expect(roomsRevoked(socket)).toContain(roomOf(stream));
  });

  test('an ended access is kept as long as a subscription of before could live', async () => {
    await remove();
    app.time = new Date(app.time.getTime() + 7_199_000);
    const late = createSubscriptions(registry.client, 'connections', app.clock);
    expect(await late.end(ada.workspaceId, [], 1)).toEqual([]);
    await say(ada, stream, 'much later');
    await deliver();
    expect(textsTo(socket)).toEqual([]);
  });
});
