import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openLiveWorkspace } from '../../client/workspace/live-workspace.ts';
import { calm } from './fake-network.ts';
import { me, workspaceId } from './fake-server.ts';
import type { FakeWorkspace, ServerStream } from './fake-workspace.ts';
import { makeWorld } from './world.ts';
import type { World } from './world.ts';

type Do = (house: FakeWorkspace, stream: ServerStream) => unknown;
const isThread = ({ shared }: ServerStream): boolean => shared.streamType === 'thread';
const mayPromote = (stream: ServerStream): boolean => isThread(stream) && stream.shared.archivedAt === null;

/** The changes that can move the reader's level in a stream. */
const deeds: Readonly<Record<string, Do>> = {
  'create by me': (house) => house.create('mine', { by: me }),
  'create by bob': (house) => house.create('theirs'),
  'create for few': (house) => house.create('few', { by: me, visibility: 'private' }),
  join: (house, stream) => house.sees(stream) && house.join(stream),
  invite: (house, stream) => !isThread(stream) && house.join(stream),
  leave: (house, stream) => house.leave(stream),
  own: (house, stream) => house.setStreamRole(stream, 'owner'),
  raise: (house, stream) => house.setStreamRole(stream, 'admin'),
  lower: (house, stream) => house.setStreamRole(stream, 'member'),
  thread: (house, stream) => house.sees(stream) && !isThread(stream) && house.startThread(stream, me),
  'thread of bob': (house, stream) => house.sees(stream) && !isThread(stream) && house.join(house.startThread(stream, 'bob')),
  promote: (house, stream) => house.sees(stream) && mayPromote(stream) && house.promote(stream, me, 'inherit'),
  'promote by bob': (house, stream) => mayPromote(stream) && house.promote(stream, 'bob', 'inherit'),
  'promote for few': (house, stream) => mayPromote(stream) && house.promote(stream, 'bob', 'private'),
  'promote for all': (house, stream) => mayPromote(stream) && house.promote(stream, 'bob', 'public'),
  hide: (house, stream) => !isThread(stream) && stream.shared.visibility !== 'private' && house.update(stream, { visibility: 'private' }),
  open: (house, stream) => !isThread(stream) && stream.shared.visibility !== 'public' && house.update(stream, { visibility: 'public' }),
  // What comes back right after it was promoted looks as if it were promoted now.
  archive: (house, stream) => stream.shared.status === 'active' && stream.shared.promotedAt === null && house.archive(stream),
  unarchive: (house, stream) => stream.shared.status === 'archived' && house.update(stream, { status: 'active', archivedAt: null }),
  guest: (house) => house.setRole('guest'),
  member: (house) => house.setRole('member'),
  admin: (house) => house.setRole('admin'),
};

interface Step {
  readonly deed: string;
  readonly which: number;
  /** Pause after the deed. */
  readonly afterMs: number;
  /** Longest delay of frames and answers from here on. */
  readonly delayMs: number;
}
const steps = (afterMs: readonly number[], delayMs: readonly number[]) =>
  fc.array(
    fc.record({
      deed: fc.constantFrom(...Object.keys(deeds)),
      which: fc.nat(30),
      afterMs: fc.constantFrom(...afterMs),
      delayMs: fc.constantFrom(...delayMs),
    }),
    { minLength: 3, maxLength: 30 },
  );

/** The level of each stream that the client shows, and what a reader of that stream is told now. */
async function play({ server, network, clock, ...world }: World, all: readonly Step[], pageSize: number): Promise<void> {
  const house = server.workspace;
  house.pageSize = pageSize;
  house.create('general', { by: me });
  const workspace = openLiveWorkspace({ ...world, clock, workspaceId });
  await clock.advance(5_000);
  const settled = async (): Promise<void> => {
    network.weather = calm;
    await clock.advance(20_000);
    const streams = workspace.getSnapshot().streams.filter((stream) => house.sees(house.streams.get(stream.id)!));
    const levels = streams.map(({ id, streamType, role, level }) => ({ id, streamType, role, level }));
    const truth = streams.map(({ id }) => house.view(house.streams.get(id)!));
    expect(levels).toEqual(truth.map(({ id, streamType, role, level }) => ({ id, streamType, role, level })));
  };
  for (const { deed, which, afterMs, delayMs } of all) {
    const streams = [...house.streams.values()];
    network.weather = { ...calm, delayMs };
    deeds[deed]!(house, streams[which % streams.length]!);
    if (afterMs >= 20_000) await settled();
    else await clock.advance(afterMs);
  }
  await settled();
  workspace.close();
  world.socket.close();
}

/** A thread that is promoted is told of in the workspace's room before the reader's own room tells that they follow it. */
const overtaken: readonly Step[] = [
  ...[1_500, 0, 0, 0, 0].map((delayMs, i) => ({ deed: 'create by me', which: 0, afterMs: i === 4 ? 3_000 : 0, delayMs })),
  { deed: 'thread of bob', which: 0, afterMs: 0, delayMs: 1_500 },
  { deed: 'promote by bob', which: 13, afterMs: 0, delayMs: 0 },
  { deed: 'archive', which: 1, afterMs: 0, delayMs: 0 },
];

describe('the level that a client keeps by frames is the one that the server would answer', () => {
  test('after each change', async () => {
    await fc.assert(
      fc.asyncProperty(steps([20_000], [0]), fc.constantFrom(2, 100), (all, pageSize) => play(makeWorld(), all, pageSize)),
      { numRuns: 200 },
    );
  }, 120_000);

  test('after a promotion that overtakes the start of its thread', () => play(makeWorld(0), overtaken, 2));

  test('after several at once, with frames and answers that are late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), steps([0, 1, 20, 300, 1_000, 3_000], [0, 5, 100, 1_500]), fc.constantFrom(2, 100), (seed, all, pageSize) =>
        play(makeWorld(seed), all, pageSize),
      ),
      { numRuns: 400 },
    );
  }, 120_000);
});
