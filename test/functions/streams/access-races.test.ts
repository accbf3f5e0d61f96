import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { toAppError } from '../../../functions/platform/errors.ts';
import { room } from '../../../contract/frames.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { shareEvent } from '../../../functions/streams/events/share-event.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { joinStream } from '../../../functions/streams/members/join-stream.ts';
import { leaveStream, removeStreamMember } from '../../../functions/streams/members/leave-stream.ts';
import { maySee } from '../../../functions/streams/stream.ts';
import { promoteStream } from '../../../functions/streams/streams/promote-stream.ts';
import { findStreams } from '../../../functions/streams/streams/stream-store.ts';
import { updateStream } from '../../../functions/streams/streams/update-stream.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { removeMember, updateMember } from '../../../functions/workspaces/update-member.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';
import { pauseTransaction } from '../../support/paused.ts';

type RaceApp = TestApp & { connections: Connections };

let app: RaceApp;
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let ada: UserCaller;
let lobby: Stream;
/** Two more connections to the database, so that two requests really run side by side. */
let dbs: [TestApp['db'], TestApp['db']];
beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections, subscriptions: registry.subscriptions });
  dbs = [app.test.open(), app.test.open()];
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  await aMember(app, workspaceId, 'cyd');
  lobby = await aChannel(app, ada, 'Lobby');
});
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});

/** A channel that bob reads, with a message of his, and a thread that he follows. */
interface Place {
  readonly bob: UserCaller;
  readonly channel: Stream;
  readonly root: StreamEvent;
  readonly thread: Stream;
}
let place: Place;

type Act = (app: RaceApp, place: Place) => Promise<unknown>;

/** The ways to lose a stream, with the visibility of the stream; bob is a member of the private one, and a visitor of the public one. */
const losses: Record<string, { from: 'public' | 'private'; lose: Act }> = {
  'PATCH visibility=private': {
    from: 'public',
    lose: (on, { channel }) => updateStream(on, ada, { streamId: channel.id, visibility: 'private' }),
  },
  'remove member': {
    from: 'private',
    lose: (on, { channel, bob }) => removeStreamMember(on, ada, { streamId: channel.id, userId: bob.userId }),
  },
  leave: { from: 'private', lose: (on, { channel, bob }) => leaveStream(on, bob, { streamId: channel.id }) },
  'make guest': { from: 'public', lose: (on, { bob }) => updateMember(on, ada, { userId: bob.userId, role: 'guest' }) },
  'remove from workspace': { from: 'private', lose: (on, { bob }) => removeMember(on, ada, { userId: bob.userId }) },
};

const aName = () => `Race ${crypto.randomUUID()}`;

/** Requests of bob, which need that he reads the stream. */
const own: Record<string, Act> = {
  'POST thread': (on, { bob, channel, root }) => createThread(on, bob, { streamId: channel.id, eventId: root.id }),
  promote: (on, { bob, thread }) =>
    promoteStream(on, bob, { streamId: thread.id, streamType: 'channel', name: aName(), visibility: 'inherit' }),
  invite: (on, { bob, channel }) =>
    inviteMembers(on, bob, { streamId: channel.id, userIds: ['cyd' as UserCaller['userId']], role: 'member' }),
  share: (on, { bob, root }) => shareEvent(on, bob, { streamId: lobby.id, eventId: root.id }),
  'share into it': (on, { bob, channel, root }) => shareEvent(on, bob, { streamId: channel.id, eventId: root.id }),
  'join the stream': (on, { bob, channel }) => joinStream(on, bob, { streamId: channel.id }),
  'join the thread': (on, { bob, thread }) => joinStream(on, bob, { streamId: thread.id }),
  'follow by replying': (on, { bob, thread }) => postEvent(on, bob, { streamId: thread.id, text: 'a reply' }),
  post: (on, { bob, channel }) => postEvent(on, bob, { streamId: channel.id, text: 'a message' }),
  subscribe: (on, { bob, channel, thread }) => subscribeBoth(on, bob, channel, thread),
};

/** Requests of others, which concern bob because he wrote, follows or is named. */
const ofOthers: Record<string, Act> = {
  'POST thread on his message': (on, { channel, root }) => createThread(on, ada, { streamId: channel.id, eventId: root.id }),
  ...Object.fromEntries(
    (['private', 'inherit'] as const).map((visibility): [string, Act] => [
      `promote to ${visibility}`,
      (on, { thread }) => promoteStream(on, ada, { streamId: thread.id, streamType: 'channel', name: aName(), visibility }),
    ]),
  ),
  'post that names him': (on, { bob, thread }) => postEvent(on, ada, { streamId: thread.id, text: `hello @${bob.userId}` }),
};

async function subscribeBoth(on: RaceApp, bob: UserCaller, ...streams: Stream[]): Promise<void> {
  const socket = { ...bob, connectionId: `${crypto.randomUUID()}=` };
  await on.connections.add(socket);
  const { rooms } = await subscribe(
    on,
    socket,
    streams.map(({ id }) => ({ room: room.stream(bob.workspaceId, id) })),
  );
  if (rooms.length === 0) throw Object.assign(new Error('No room'), { code: 'not_found' });
}

let people = 0;
beforeEach(async () => {
  const bob = await aMember(app, ada.workspaceId, `bob-${++people}`);
  const channel = await aChannel(app, ada, aName(), 'private');
  await inviteMembers(app, ada, { streamId: channel.id, userIds: [bob.userId], role: 'member' });
  const { event: root } = await postEvent(app, bob, { streamId: channel.id, text: 'an old message' });
  const { event: other } = await postEvent(app, ada, { streamId: channel.id, text: 'another' });
  const { stream: thread } = await createThread(app, ada, { streamId: channel.id, eventId: other.id });
  await postEvent(app, bob, { streamId: thread.id, text: 'following it' });
  place = { bob, channel, root, thread };
});

/** Makes the channel public and bob a visitor, who still follows the thread. */
async function openUp({ bob, channel, thread }: Place): Promise<void> {
  await updateStream(app, ada, { streamId: channel.id, visibility: 'public' });
  await leaveStream(app, bob, { streamId: channel.id });
  await joinStream(app, bob, { streamId: thread.id });
}

/** Resolves when the request waits for a lock, or has ended. */
async function waits(request: Promise<unknown>): Promise<void> {
  let ended = false;
  void request.catch(() => undefined).then(() => (ended = true));
  for (;;) {
    const { rows } = await app.test.owner.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_locks
       where not granted and database = (select oid from pg_database where datname = current_database())`,
    );
    if (ended || (rows[0]?.waiting ?? 0) > 0) return;
  }
}

/** Runs two requests so that the first stops inside its transaction until the second waits for it, or has ended. */
async function race(
  first: { act: Act; stopsAt: Parameters<typeof pauseTransaction>[1] },
  second: Act,
): Promise<[PromiseSettledResult<unknown>, PromiseSettledResult<unknown>]> {
  const paused = pauseTransaction(dbs[0], first.stopsAt);
  const one = first.act({ ...app, db: paused.db }, place);
  await Promise.race([paused.stopped, one.catch(() => undefined)]);
  const two = second({ ...app, db: dbs[1] }, place);
  await waits(two);
  app.sent.length = 0;
  paused.letGo();
  return Promise.allSettled([one, two]);
}

/** The streams of the channel: itself and everything that branched off. */
async function treeOf({
  channel,
}: Place): Promise<{ id: string; visibility: string; type: string; parent: string | null; accessIds: string[] }[]> {
  const { rows } = await app.test.owner.query(
    `with recursive tree as (select id from streams where id = $1 union select s.id from streams s join tree on s.parent_stream_id = tree.id)
     select s.id, s.visibility, s.stream_type as type, s.parent_stream_id as parent, s.access_ids as "accessIds"
     from streams s join tree on tree.id = s.id`,
    [channel.id],
  );
  return rows as Awaited<ReturnType<typeof treeOf>>;
}

/** Checks that nobody has what they may not read: by inherited access, as a follower, or by a subscription. Returns what bob reads. */
async function expectNothingLeft({ bob: before, channel }: Place): Promise<Set<string>> {
  // The tokens of before have ended; a newer one must not see more.
  const bob = { ...before, tokenVersion: 1_000 };
  const tree = await treeOf(place);
  const accessIds = new Map(tree.map((stream) => [stream.id, stream.accessIds]));
  for (const { id, visibility, type, parent, accessIds: stored } of tree) {
    const inherited = visibility === 'inherit' ? (accessIds.get(parent ?? '') ?? []) : [];
    expect({ id, stored }).toEqual({ id, stored: type === 'thread' ? inherited : [id, ...inherited] });
  }
  const found = await app.db.transaction(bob, (tx) =>
    findStreams(
      tx,
      bob.userId,
      tree.map(({ id }) => id),
    ),
  );
  const seen = new Set<string>(found.filter(maySee).map(({ stream }) => stream.id));
  const { rows } = await app.test.owner.query<{ stream_id: string; role: string }>(
    `select stream_id from stream_members m join workspace_members wm on wm.workspace_id = m.workspace_id and wm.user_id = m.user_id
     where m.user_id = $1 and m.left_at is null and wm.removed_at is null and m.stream_id = any($2)`,
    [bob.userId, tree.map(({ id }) => id)],
  );
  expect(rows.map(({ stream_id }) => stream_id).filter((id) => !seen.has(id))).toEqual([]);
  for (const { id } of tree) {
    const heard: string[] = [];
    for await (const connectionIds of app.connections.listRoom(room.stream(channel.workspaceId, id))) heard.push(...connectionIds);
    if (!seen.has(id)) expect(heard).toEqual([]);
  }
  return seen;
}

/** Messages of the fan-out queue for bob's own devices that name a stream of the channel, without those that say he lost it. */
async function told({ bob }: Place): Promise<unknown[]> {
  const ids = (await treeOf(place)).map(({ id }) => id);
  return app.sent
    .map(({ body }) => body as { room?: string; item?: { type: string } })
    .filter((body) => body.room === room.user(bob.workspaceId, bob.userId) && body.item !== undefined)
    .filter(({ item }) => !['stream:member:removed', 'notification:changed', 'stream:updated'].includes(item?.type ?? ''))
    .filter((body) => ids.some((id) => JSON.stringify(body).includes(id)));
}

const codeOf = (outcome: PromiseSettledResult<unknown>): unknown => (outcome.status === 'fulfilled' ? 'done' : codeOfError(outcome.reason));
/** The code that a caller gets; a revoked token is found by the database. */
const codeOfError = (error: { code?: unknown }): unknown => (error.code === 'SBTOK' ? toAppError(error).code : error.code);

describe.each(Object.entries(losses))('%s', (_name, { from, lose }) => {
  beforeEach(async () => {
    if (from === 'public') await openUp(place);
  });

  test.each(Object.entries({ ...own, ...ofOthers }))('behind %s', async (_act, act) => {
    const [, lost] = await race({ act, stopsAt: 'after its first statement' }, lose);
    expect(codeOf(lost)).toBe('done');
    await expectNothingLeft(place);
  });

  test.each(Object.entries(own))('before %s, which is refused', async (_act, act) => {
    const [lost, acted] = await race({ act: lose, stopsAt: 'before its commit' }, act);
    expect(codeOf(lost)).toBe('done');
    expect(['not_found', 'forbidden', 'unauthenticated']).toContain(codeOf(acted));
    expect(await expectNothingLeft(place)).toEqual(new Set());
  });

  test.each(Object.entries(ofOthers))('before %s, of which nothing is heard', async (_act, act) => {
    const [lost, acted] = await race({ act: lose, stopsAt: 'before its commit' }, act);
    expect([codeOf(lost), codeOf(acted)]).toEqual(['done', 'done']);
    expect(await expectNothingLeft(place)).toEqual(new Set());
    expect(await told(place)).toEqual([]);
  });
});
