import { expect, test } from '@jest/globals';
import type { RoomItem } from '../../contract/frames.ts';
import { createDebugLog } from '../../client/debug-log.ts';
import { RoomFollower } from '../../client/room/room-follower.ts';
import { RoomLog } from '../../client/room/room-log.ts';
import type { RealtimeSocket } from '../../client/socket/socket.ts';
import { StateDeadline } from '../../client/room/state-deadline.ts';
import type { RoomListener } from '../../client/socket/subscriptions.ts';
import { FakeClock } from './fake-clock.ts';
import { streamRoom } from './fake-server.ts';

const bounds = { minMs: 20_000, maxMs: 120_000 };

test('a state that does not pass is asked about again and again, later each time, until it passes or nobody looks any more', async () => {
  const clock = new FakeClock();
  const asked: [number, number][] = [];
  let isPassing = true;
  const deadline = new StateDeadline({
    clock,
    bounds,
    isPassing: () => isPassing,
    overdue: (waitedMs, attempt) => void asked.push([waitedMs, attempt]),
  });
  deadline.look();
  await clock.advance(19_999);
  deadline.look();
  expect(asked).toEqual([]);
  await clock.advance(2_000_000);
  expect(asked.map(([, attempt]) => attempt)).toEqual(asked.map((_, index) => index + 1));
  const gaps = asked.map(([waitedMs], index) => waitedMs - (asked[index - 1]?.[0] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(bounds.minMs);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(bounds.maxMs);
  // Far fewer than one every 20 s.
  expect(asked.length).toBeLessThan(60);
  isPassing = false;
  deadline.look();
  expect(clock.waiting).toBe(0);
  isPassing = true;
  deadline.look();
  await clock.advance(40_001);
  expect(asked.at(-1)![1]).toBe(1);
  deadline.close();
  deadline.look();
  expect(clock.waiting).toBe(0);
});

test('a debug log whose writer throws keeps its notes, and the client goes on', () => {
  const write = (): void => {
    throw new Error('of the program');
  };
  const debugLog = createDebugLog({ write });
  debugLog.note('connection-lost', { attempt: 0, reason: 'gone' });
  expect([debugLog.counts()['connection-lost'], debugLog.notes().length]).toEqual([1, 1]);
});

test('a room whose subscription was forgotten by everybody becomes live all the same', async () => {
  const clock = new FakeClock();
  const rejoined: { room: string; state: string; attempt: number }[] = [];
  let listener: RoomListener | undefined;
  // A socket that is open and takes a room, but never subscribes to it; the third time that it is asked again, it does.
  const socket = {
    getState: () => ({ status: 'open' }),
    subscribe: () => () => undefined,
    join: (_: string, taken: RoomListener) => {
      listener = taken;
      return () => undefined;
    },
    rejoin: (room: string, { state, attempt }: { state: string; attempt: number }) => {
      rejoined.push({ room, state, attempt });
      if (attempt === 3) listener?.joined({ room, gen: 'g1', from: 0, head: 0 });
    },
  } as unknown as RealtimeSocket;
  const follower = new RoomFollower<RoomItem>({
    room: streamRoom,
    socket,
    clock,
    log: new RoomLog<RoomItem>({ appendedAt: (item) => item.seq }),
    keepsLog: true,
    read: async () => ({ kind: 'snapshot', gen: 'g1', position: 0, show: () => undefined }),
    itemOf: (item) => item,
    apply: () => undefined,
    changed: () => undefined,
  });
  follower.start();
  await clock.advance(19_000);
  expect([follower.state, rejoined]).toEqual(['connecting', []]);
  expect(await clock.until(() => follower.state === 'live', 600_000)).toBe(true);
  expect(rejoined).toEqual([1, 2, 3].map((attempt) => ({ room: streamRoom, state: 'connecting', attempt })));
  // A room that is live is left alone.
  await clock.advance(600_000);
  expect(rejoined).toHaveLength(3);
  follower.close();
  expect(clock.waiting).toBe(0);
});
