import { describe, expect, test } from '@jest/globals';
import type { Bootstrap } from '../../contract/bootstrap.ts';
import type { RoomItem } from '../../contract/frames.ts';
import type { Stream } from '../../contract/stream.ts';
import { StreambedError, clientProblem } from '../../client/errors.ts';
import type { RealtimeSocket } from '../../client/socket/socket.ts';
import type { RoomListener } from '../../client/socket/subscriptions.ts';
import { StreamRefresher } from '../../client/workspace/stream-refresher.ts';
import { WorkspaceRooms } from '../../client/workspace/workspace-rooms.ts';
import { WorkspaceState } from '../../client/workspace/workspace-state.ts';
import { streamSample } from '../support/samples.ts';
import { FakeClock } from './fake-clock.ts';

/** Rooms A and B behind a socket that answers each rejoin at once; readings are answered by the test. */
function twoRooms(apply: (items: readonly RoomItem[], renew: () => void) => void = () => undefined) {
  const clock = new FakeClock();
  const listeners = new Map<string, RoomListener>();
  const heads = new Map([
    ['A', { gen: 'a', head: 0 }],
    ['B', { gen: 'b', head: 0 }],
  ]);
  const joined = (room: string): void => {
    const { gen = '', head = 0 } = heads.get(room) ?? {};
    listeners.get(room)?.joined({ room, gen, from: head, head });
  };
  const socket = {
    subscribe: () => () => undefined,
    getState: () => ({ status: 'open' }),
    connect: () => undefined,
    join(room: string, listener: RoomListener) {
      listeners.set(room, listener);
      return () => listeners.delete(room);
    },
    rejoin: joined,
  } as unknown as RealtimeSocket;
  const answers: (() => void)[] = [];
  const rooms = new WorkspaceRooms<Pick<Bootstrap, 'rooms'>>({
    socket,
    clock,
    read: () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ rooms: [...heads].map(([room, place]) => ({ room, ...place })) }));
      }),
    show: () => undefined,
    apply: (items) => apply(items, () => rooms.renew()),
    point: () => undefined,
    heard: () => undefined,
    changed: () => undefined,
  });
  return {
    rooms,
    heads,
    listener: (room: string) => listeners.get(room) as RoomListener,
    answer: () => answers.splice(0).forEach((give) => give()),
    async goLive() {
      rooms.start();
      this.answer();
      await clock.advance(10);
      for (const room of heads.keys()) joined(room);
      expect(rooms.view.state).toBe('live');
    },
    async settle() {
      for (let i = 0; i < 60; i++) {
        await clock.advance(1_000);
        this.answer();
      }
    },
  };
}

const change = (given: object) => ({ op: 'ev', room: 'B', at: '2026-12-01T00:00:00.000Z', actor: null, ...given }) as never;

describe('a room that is emptied at the moment when its read ends is read again', () => {
  test('when it is of another generation: the database was restored', async () => {
    const world = twoRooms();
    await world.goLive();
    world.heads.set('B', { gen: 'b2', head: 5 });
    world.listener('B').changes(change({ gen: 'b2', seq: 5, type: 'reaction' }));
    world.listener('B').resync({ gen: 'b2', head: 5, reason: 'unknown_gen' });
    await world.settle();
    expect(world.rooms.view.state).toBe('live');
  });

  test('when a change held behind the reading asks for everything anew', async () => {
    const world = twoRooms((items, renew) => {
      if (items.some(({ type }) => type === 'member:updated')) renew();
    });
    await world.goLive();
    world.listener('B').behind(1);
    world.heads.set('B', { gen: 'b', head: 1 });
    world.listener('B').changes(change({ gen: 'b', seq: 2, type: 'member:updated' }));
    world.answer();
    world.heads.set('B', { gen: 'b', head: 2 });
    await world.settle();
    expect(world.rooms.view.state).toBe('live');
  });
});

const streamOf = (id: string, given: Partial<Stream> = {}) => ({ ...streamSample(), id, ...given }) as Stream;
const threadOf = (id: string) =>
  streamOf(id, { streamType: 'thread', visibility: 'inherit', parentStreamId: 'c' as Stream['id'], level: 'insider' });
const bootstrap = {
  workspace: {},
  me: { id: 'me', name: 'Ann', role: 'member' },
  people: [],
  unreadNotifications: 0,
} as unknown as Bootstrap;
function stateWith(streams: readonly Stream[]): WorkspaceState {
  const state = new WorkspaceState();
  state.replace(bootstrap, streams, state.tick);
  return state;
}
const idsOf = (state: WorkspaceState) =>
  state
    .view()
    .streams.map(({ id }) => id as string)
    .toSorted();

describe('an answer that another stream overtook', () => {
  const threads = ['t1', 't2', 't3'].map(threadOf);

  test('shows the streams that inherit their readers, and has their levels read again', () => {
    const state = stateWith([streamOf('c'), ...threads]);
    const since = state.tick;
    state.put(streamOf('x', { role: 'owner' }));
    state.replace(bootstrap, [streamOf('c'), ...threads], since);
    expect(idsOf(state)).toEqual(['c', 't1', 't2', 't3', 'x']);
    expect([...state.wanted]).toEqual(expect.arrayContaining(['t1', 't2', 't3']));
  });

  test('shows a further page of them too', () => {
    const state = stateWith([streamOf('c')]);
    const since = state.tick;
    state.put(streamOf('x', { role: 'owner' }));
    state.take(threads, since);
    expect(idsOf(state)).toEqual(['c', 't1', 't2', 't3', 'x']);
    expect([...state.wanted]).toEqual(expect.arrayContaining(['t1', 't2', 't3']));
  });
});

const frame = (type: string, data: object): RoomItem =>
  ({ type, at: '2026-12-01T00:00:00.000Z', actor: null, seq: 1, data }) as unknown as RoomItem;
const removedFrom = (streamId: string): RoomItem => frame('stream:member:removed', { streamId });

describe('an answer that was requested before a loss of access', () => {
  const secret = streamOf('p', { visibility: 'private' });

  test('does not bring a private stream back whose reader was removed; a read settles it', () => {
    const state = stateWith([secret]);
    const since = state.tick;
    state.apply(removedFrom('p'));
    state.putAnswer(secret, since);
    expect([idsOf(state), [...state.wanted]]).toEqual([[], ['p']]);
    state.removeMissing('p', state.tick);
    expect([idsOf(state), [...state.wanted]]).toEqual([[], []]);
  });

  test('does not bring a membership back', () => {
    const state = stateWith([streamOf('c', { role: 'owner' })]);
    const since = state.tick;
    state.apply(removedFrom('c'));
    state.putAnswer(streamOf('c', { role: 'owner' }), since);
    expect([state.find('c')?.isMember, [...state.wanted]]).toEqual([false, ['c']]);
  });

  test.each([['known'], ['unknown']])('does not show a %s stream that others made private', (which) => {
    const open = streamOf('c', { isMember: false, role: null });
    const state = stateWith(which === 'known' ? [open] : []);
    const since = state.tick;
    state.apply(frame('stream:updated', { ...open, visibility: 'private', rev: open.rev + 1 }));
    state.putAnswer(open, since);
    expect([idsOf(state), [...state.wanted]]).toEqual([[], ['c']]);
  });

  test('does not show a thread below the lost stream, however deep, also from a page', () => {
    const deep = streamOf('d', { streamType: 'thread', visibility: 'inherit', parentStreamId: 't' as Stream['id'] });
    const threads = [{ ...threadOf('t'), parentStreamId: 'p' as Stream['id'] }, deep];
    const state = stateWith([secret]);
    const since = state.tick;
    state.apply(removedFrom('p'));
    for (const thread of threads) state.putAnswer(thread, since);
    state.take(threads, since);
    expect([idsOf(state), [...state.wanted].toSorted()]).toEqual([[], ['d', 't']]);
  });

  test('does not show a stream to a member who became a guest, nor one that a newer snapshot leaves out', () => {
    const open = streamOf('c', { isMember: false, role: null });
    const state = stateWith([]);
    const since = state.tick;
    state.apply(frame('member:updated', { id: 'me', name: 'Ann', role: 'guest', removedAt: null }));
    state.putAnswer(open, since);
    state.take([open], since);
    expect(idsOf(state)).toEqual([]);
    state.replace(bootstrap, [], state.tick);
    state.putAnswer(open, since);
    expect([idsOf(state), [...state.wanted]]).toEqual([[], ['c']]);
  });

  test('leaves alone what was given back since, and what is requested afterwards is shown', () => {
    const state = stateWith([secret]);
    const since = state.tick;
    state.apply(removedFrom('p'));
    state.apply(frame('stream:member:added', { ...secret, name: 'back' }));
    state.putAnswer(secret, since);
    expect([state.find('p')?.name, [...state.wanted]]).toEqual(['back', ['p']]);
    state.apply(removedFrom('p'));
    state.putAnswer(secret, state.tick);
    expect(idsOf(state)).toEqual(['p']);
  });

  test('is dropped only for a loss: other frames, and a thread that is not followed, keep the answer', () => {
    const visited = { ...threadOf('t'), isMember: false, role: null };
    const state = stateWith([streamOf('c')]);
    const since = state.tick;
    state.apply(frame('stream:updated', { ...streamOf('c'), rev: 5 }));
    // Another request read the thread first: lists leave it out.
    state.correct(visited, state.tick);
    state.putAnswer(visited, since);
    expect(idsOf(state)).toEqual(['c', 't']);
  });

  test('of a thread that is open and not followed is shown after the read', () => {
    const visited = { ...threadOf('t'), isMember: false, role: null };
    const state = stateWith([streamOf('c'), threadOf('t')]);
    const since = state.tick;
    state.apply(removedFrom('t'));
    state.putAnswer(visited, since);
    expect(idsOf(state)).toEqual(['c']);
    state.correct(visited, state.tick);
    expect(idsOf(state)).toEqual(['c', 't']);
  });
});

test('a 404 that was overtaken by the invitation does not remove the stream', async () => {
  const state = stateWith([]);
  const clock = new FakeClock();
  const reads: { give(stream: Stream): void; refuse(error: Error): void }[] = [];
  const refresher = new StreamRefresher({
    clock,
    read: () => new Promise((give, refuse) => reads.push({ give, refuse })),
    isWanted: (id) => state.wanted.has(id),
    take: (stream, since) => state.correct(stream, since),
    gone: (id, since) => state.removeMissing(id, since),
    tick: () => state.tick,
  });
  state.distrust('p');
  refresher.ask(state.wanted);
  await clock.advance(3_000);
  const invited = streamOf('p', { visibility: 'private' });
  state.apply({ type: 'stream:member:added', at: '2026-12-01T00:00:00.000Z', actor: null, data: invited, seq: 1 });
  reads.shift()?.refuse(new StreambedError(clientProblem('not_found', 'There is no such stream.')));
  await clock.advance(5_000);
  expect(idsOf(state)).toEqual(['p']);
  reads.shift()?.give(invited);
  await clock.advance(5_000);
  expect([idsOf(state), state.wanted.size]).toEqual([['p'], 0]);
  refresher.close();
});
