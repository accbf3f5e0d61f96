import { describe, expect, test } from '@jest/globals';
import { openLivePresence } from '../../../client/presence/live-presence.ts';
import type { Streambed } from '../../../client/http/http.ts';
import type { RealtimeSocket } from '../../../client/socket/socket.ts';
import type { RoomListener } from '../../../client/socket/subscriptions.ts';
import type { Presence } from '../../../contract/presence.ts';
import { FakeClock } from '../fake-clock.ts';

/** Presence over a server that answers with leases, whose frames may be lost. */
function begin() {
  const clock = new FakeClock();
  const ends = new Map<string, number>();
  const asked: string[] = [];
  let isDown = false;
  const itemOf = (userId: string): Presence => {
    const until = ends.get(userId) ?? 0;
    const isThere = until > clock.now();
    return {
      userId,
      status: isThere ? 'online' : 'offline',
      lastSeenAt: null,
      until: isThere ? new Date(until).toISOString() : null,
    } as Presence;
  };
  let listener: RoomListener | undefined;
  const streambed = {
    workspace: () => ({
      presence: async ({ userIds }: { userIds: string }) => {
        asked.push(userIds);
        if (isDown) throw new Error('down');
        return {
          items: userIds
            .split(',')
            .filter((id) => id !== 'stranger')
            .map(itemOf),
        };
      },
    }),
  } as unknown as Streambed;
  const socket = {
    join: (_room: string, given: RoomListener) => ((listener = given), () => (listener = undefined)),
  } as unknown as RealtimeSocket;
  const presence = openLivePresence({ streambed, socket, workspaceId: 'ws_x', clock });
  return {
    clock,
    asked,
    presence,
    comes: (userId: string, seconds = 70) => ends.set(userId, clock.now() + seconds * 1_000),
    tell: (userId: string) => listener?.presence?.({ op: 'presence', room: '', item: itemOf(userId) }),
    rejoin: () => listener?.joined({ room: '', gen: '', from: 0, head: 0 }),
    down: (is: boolean) => (isDown = is),
  };
}

describe('the presence of members in view', () => {
  test('is read together, once', async () => {
    const { clock, asked, presence, comes } = begin();
    comes('bob');
    for (const id of ['ann', 'bob', 'bob', 'stranger']) presence.watch(id);
    expect(presence.statusOf('bob')).toBeUndefined();
    await clock.advance(200);
    expect(['ann', 'bob', 'stranger'].map((id) => presence.statusOf(id))).toEqual(['offline', 'online', 'offline']);
    expect(asked).toEqual(['ann,bob,stranger']);
    await clock.advance(60_000);
    expect(asked).toHaveLength(1);
  });

  test('follows frames at once, and tells who listens', async () => {
    const { clock, asked, presence, comes, tell } = begin();
    presence.watch('bob');
    await clock.advance(200);
    let told = 0;
    presence.subscribe(() => told++);
    comes('bob');
    tell('bob');
    comes('ann');
    tell('ann');
    expect([presence.statusOf('bob'), presence.statusOf('ann'), told, asked.length]).toEqual(['online', undefined, 1, 1]);
  });

  test('of a ghost is gone within ninety seconds of its last sign of life, though nothing tells of it', async () => {
    const { clock, presence, comes, tell } = begin();
    presence.watch('bob');
    await clock.advance(200);
    comes('bob');
    tell('bob');
    await clock.advance(69_000);
    expect(presence.statusOf('bob')).toBe('online');
    await clock.advance(20_500);
    expect(presence.statusOf('bob')).toBe('offline');
  });

  test('is read again when a lease was renewed, at most every fifteen seconds', async () => {
    const { clock, asked, presence, comes } = begin();
    for (let i = 0; i < 30; i++) comes(`u${i}`, 10 + i * 2);
    for (let i = 0; i < 30; i++) presence.watch(`u${i}`);
    for (let at = 0; at < 120; at++) {
      await clock.advance(1_000);
      for (let i = 0; i < 30; i++) if (at % 50 === i) comes(`u${i}`);
    }
    expect(asked.length).toBeLessThanOrEqual(9);
  });

  test('is read in parts of a hundred', async () => {
    const { clock, asked, presence } = begin();
    for (let i = 0; i < 250; i++) presence.watch(`u${i}`);
    await clock.advance(1_000);
    expect(asked.map((ids) => ids.split(',').length)).toEqual([100, 100, 50]);
  });

  test('is read anew after a gap, waits while nobody looks, and survives a server that is down', async () => {
    const { clock, asked, presence, comes, rejoin, down } = begin();
    presence.watch('bob');
    await clock.advance(200);
    comes('bob');
    rejoin();
    await clock.advance(200);
    expect(presence.statusOf('bob')).toBe('online');
    presence.pause(true);
    await clock.advance(600_000);
    expect(asked).toHaveLength(2);
    down(true);
    presence.pause(false);
    await clock.advance(60_000);
    expect(asked.length).toBeLessThanOrEqual(7);
    down(false);
    await clock.advance(16_000);
    expect(presence.statusOf('bob')).toBe('offline');
    presence.close();
    await clock.advance(600_000);
    expect(clock.waiting).toBe(0);
  });

  test('of who left the view is not read', async () => {
    const { clock, asked, presence, comes } = begin();
    comes('bob');
    const stop = presence.watch('bob');
    await clock.advance(200);
    stop();
    await clock.advance(200_000);
    expect(asked).toHaveLength(1);
  });
});
