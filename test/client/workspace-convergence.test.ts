import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openLiveWorkspace } from '../../client/workspace/live-workspace.ts';
import type { LiveWorkspace } from '../../client/workspace/live-workspace.ts';
import type { Stream } from '../../contract/stream.ts';
import { calm } from './fake-network.ts';
import type { Weather } from './fake-network.ts';
import { me, workspaceId } from './fake-server.ts';
import type { FakeWorkspace, ServerStream } from './fake-workspace.ts';
import { makeWorld } from './world.ts';
import type { World } from './world.ts';

type Step =
  | { do: 'post' | 'mention' | 'here' | 'mine' | 'touch' | 'delete' | 'rename' | 'archive' | 'unarchive' | 'hide' | 'open'; which: number }
  | { do: 'thread' | 'promote' | 'promote for few' | 'raise' | 'lower'; which: number }
  | { do: 'join' | 'leave' | 'mute' | 'read' | 'read elsewhere' | 'unread' | 'unread elsewhere'; which: number }
  | { do: 'create'; by: string; visibility: 'public' | 'private' }
  | { do: 'role'; role: 'admin' | 'member' | 'guest' }
  | { do: 'cut' }
  | { do: 'lose rooms' }
  | { do: 'lose sockets' }
  | { do: 'more' }
  | { do: 'wake' }
  | { do: 'wait'; ms: number }
  | { do: 'weather'; weather: Weather };

const badWeather = fc.record<Weather>({
  drop: fc.constantFrom(0, 0.1, 0.5, 1),
  duplicate: fc.constantFrom(0, 0.3),
  delayMs: fc.constantFrom(0, 5, 100, 1500),
  httpFailure: fc.constantFrom(0, 0.2, 0.7),
  refuse: fc.constantFrom(0, 0.5),
});
const which = fc.nat(99);
const oneOf = <Name extends string>(...names: Name[]) => fc.record({ do: fc.constantFrom(...names), which });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: oneOf('post', 'mention', 'here', 'mine', 'touch', 'delete') },
  { weight: 4, arbitrary: oneOf('read', 'read elsewhere', 'unread', 'unread elsewhere') },
  { weight: 3, arbitrary: oneOf('join', 'leave', 'mute') },
  { weight: 4, arbitrary: oneOf('thread', 'promote', 'promote for few', 'raise', 'lower') },
  { weight: 3, arbitrary: oneOf('rename', 'archive', 'unarchive', 'hide', 'open') },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      by: fc.constantFrom(me, 'bob'),
      visibility: fc.constantFrom('public' as const, 'private' as const),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'cut' }, { do: 'more' }, { do: 'wake' }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'lose rooms' }, { do: 'lose sockets' }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 20, 300, 1_000, 4_000, 40_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('weather' as const), weather: badWeather }) },
);
const roleStep: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('role' as const),
  role: fc.constantFrom('admin' as const, 'member' as const, 'guest' as const),
});
const withRoles = fc.oneof({ weight: 12, arbitrary: anyStep }, { weight: 1, arbitrary: roleStep });
const steps = (step: fc.Arbitrary<Step>) => fc.array(step, { minLength: 5, maxLength: 50 });

type StreamStep = Extract<Step, { which: number }>;
type Act = (stream: ServerStream, house: FakeWorkspace, workspace: LiveWorkspace) => unknown;

/** Actions on a stream, by any member who may do them. */
const acts: Record<StreamStep['do'], Act> = {
  post: (stream, house) => house.post(stream),
  mention: (stream, house) => house.post(stream, 'bob', { mentionsMe: true }),
  here: (stream, house) => house.post(stream, 'bob', { here: true }),
  mine: (stream, house) => stream.member && house.post(stream, me),
  touch: (stream, house) => house.touch(stream),
  delete: (stream, house) => house.deletePost(stream, stream.posts.length - 1),
  rename: (stream, house) => house.update(stream, { name: `${stream.shared.name} again` }),
  archive: (stream, house) => stream.shared.status === 'active' && house.archive(stream),
  unarchive: (stream, house) => stream.shared.status === 'archived' && house.update(stream, { status: 'active', archivedAt: null }),
  hide: (stream, house) =>
    stream.shared.streamType !== 'thread' && stream.shared.visibility !== 'private' && house.update(stream, { visibility: 'private' }),
  open: (stream, house) => stream.shared.visibility === 'private' && house.update(stream, { visibility: 'public' }),
  // Somebody may invite the reader anywhere; a thread is followed by its readers.
  join: (stream, house) => (stream.shared.streamType !== 'thread' || house.sees(stream)) && house.join(stream),
  leave: (stream, house) => house.leave(stream),
  thread: (stream, house) => house.sees(stream) && stream.shared.streamType !== 'thread' && house.startThread(stream, me),
  promote: (stream, house) => house.sees(stream) && stream.shared.streamType === 'thread' && house.promote(stream, me, 'inherit'),
  'promote for few': (stream, house) => stream.shared.streamType === 'thread' && house.promote(stream, 'bob', 'private'),
  raise: (stream, house) => house.setStreamRole(stream, 'admin'),
  lower: (stream, house) => house.setStreamRole(stream, 'member'),
  mute: (stream, house) => house.setNotifyLevel(stream, 'none'),
  read: (stream, _, workspace) => workspace.markRead(stream.shared.id),
  'read elsewhere': (stream, house) => house.moveRead(stream, stream.head),
  unread: (stream, _, workspace) => {
    const post = stream.posts.at(-1);
    if (post) workspace.markUnread(stream.shared.id, post.id).catch(() => undefined);
  },
  'unread elsewhere': (stream, house) => stream.posts.length > 0 && house.moveRead(stream, stream.posts.at(-1)!.seq - 1, true),
};

const open = (streams: readonly Stream[]): Stream[] => streams.filter(({ status }) => status !== 'archived');

/** Checks the invariants of each snapshot that is shown. */
function check(workspace: LiveWorkspace): void {
  const { streams, byType, totals } = workspace.getSnapshot();
  expect(new Set(streams.map(({ id }) => id)).size).toBe(streams.length);
  expect(new Set(Object.values(byType).flat())).toEqual(new Set(streams));
  for (const stream of streams) {
    expect(stream.unreadCount).toBeGreaterThanOrEqual(0);
    expect(stream.unreadCount).toBeLessThanOrEqual(stream.messageCount + 1000);
    if (!stream.isMember) expect([stream.unreadCount, stream.mentionCount]).toEqual([0, 0]);
  }
  const counted = streams.filter((stream) => stream.isMember && stream.notifyLevel === 'default' && stream.status !== 'archived');
  expect(totals.unread).toBe(counted.reduce((sum, { unreadCount }) => sum + unreadCount, 0));
}

async function play(world: World, all: readonly Step[], pageSize: number): Promise<void> {
  const { clock, server, network, socket } = world;
  const house = server.workspace;
  house.pageSize = pageSize;
  for (const name of ['general', 'random']) house.create(name, { by: me });
  house.create('other');
  const workspace = openLiveWorkspace({ ...world, workspaceId });
  const violations: unknown[] = [];
  workspace.subscribe(() => {
    try {
      check(workspace);
    } catch (error) {
      violations.push(error);
    }
  });
  for (const step of all) {
    if ('which' in step) {
      const streams = [...house.streams.values()];
      acts[step.do](streams[step.which % streams.length]!, house, workspace);
    } else if (step.do === 'create') house.create(`stream ${house.streams.size}`, step);
    else if (step.do === 'role') house.setRole(step.role);
    else if (step.do === 'cut') network.cut();
    else if (step.do === 'lose rooms') server.loseSubscriptions();
    else if (step.do === 'lose sockets') server.loseConnections();
    else if (step.do === 'more') workspace.loadMore().catch(() => undefined);
    else if (step.do === 'wake') socket.wake();
    else if (step.do === 'wait') await clock.advance(step.ms);
    else network.weather = step.weather;
    // No two streams have their last event at the same moment: their order would be by chance.
    await clock.advance(1);
  }
  // The sky clears. Pointers that were lost are lost; the next connection makes up for that.
  network.weather = calm;
  await clock.advance(300_000);
  network.cut();
  await clock.advance(300_000);
  for (let page = 0; workspace.getSnapshot().hasMore && page < 50; page++) await Promise.all([workspace.loadMore(), clock.advance(100)]);
  const end = workspace.getSnapshot();
  expect(violations).toEqual([]);
  expect(end).toMatchObject({ state: 'live', loading: false, unreadNotifications: house.unreadNotifications, me: house.me });
  expect(open(end.streams)).toEqual(house.list());
  // From here on pointers alone must do.
  server.requests.length = 0;
  for (const stream of house.streams.values()) house.post(stream, 'eve');
  await clock.advance(10_000);
  expect(open(workspace.getSnapshot().streams).map(summary)).toEqual(house.list().map(summary));
  workspace.close();
  socket.close();
  await clock.advance(60_000);
  expect(clock.waiting).toBe(0);
}

const summary = ({ id, unreadCount, mentionCount, messageCount, lastSeq }: Stream) => ({
  id,
  unreadCount,
  mentionCount,
  messageCount,
  lastSeq,
});

/** The reader leaves and comes back while nobody tells them. */
const rejoined: Step[] = [
  { do: 'mine', which: 0 },
  { do: 'post', which: 0 },
  { do: 'join', which: 0 },
  { do: 'lose rooms' },
  { do: 'leave', which: 0 },
  { do: 'join', which: 0 },
];

/** A page is read after a stream of the page before it has left the list. */
const pageAfterArchiving: Step[] = [
  { do: 'thread', which: 0 },
  { do: 'archive', which: 0 },
  { do: 'more' },
  { do: 'create', by: me, visibility: 'public' },
  { do: 'join', which: 0 },
  { do: 'thread', which: 3 },
  { do: 'post', which: 0 },
  { do: 'cut' },
];

/** Everybody is told of a stream just when somebody becomes a guest, and the word is late. */
const lateWord: Step[] = [
  { do: 'weather', weather: { drop: 0.1, duplicate: 0, delayMs: 100, httpFailure: 0, refuse: 0 } },
  { do: 'wait', ms: 1_000 },
  { do: 'hide', which: 0 },
  { do: 'role', role: 'guest' },
  { do: 'wait', ms: 1 },
  { do: 'wait', ms: 1 },
  { do: 'rename', which: 0 },
  { do: 'create', by: 'bob', visibility: 'public' },
  { do: 'weather', weather: { drop: 0, duplicate: 0, delayMs: 0, httpFailure: 0, refuse: 0 } },
];

describe('whatever the network does', () => {
  test('the workspace ends as a fresh reader sees it: streams, memberships, counts, notifications', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), steps(anyStep), fc.constantFrom(3, 100), (seed, all, pageSize) => play(makeWorld(seed), all, pageSize)),
      {
        numRuns: 150,
        examples: [
          [0, rejoined, 3],
          [0, pageAfterArchiving, 3],
        ],
      },
    );
  }, 120_000);

  test('also when the reader becomes a guest, or a member', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), steps(withRoles), (seed, all) => play(makeWorld(seed), all, 100)),
      { numRuns: 60, examples: [[0, lateWord]] },
    );
  }, 120_000);
});
