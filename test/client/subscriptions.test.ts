import { describe, expect, test } from '@jest/globals';
import type { Connection } from '../../client/socket/connection.ts';
import { StreambedError, clientProblem } from '../../client/errors.ts';
import { Subscriptions } from '../../client/socket/subscriptions.ts';
import type { RoomListener } from '../../client/socket/subscriptions.ts';
import { room } from '../../contract/frames.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { workspaceId } from './fake-server.ts';

const nameOf = (n: number): string => room.stream(workspaceId, `str_${String(n).padStart(26, '0')}`);

/** A connection whose requests are answered within the same task, and which keeps count of what it is subscribed to. */
function instantConnection() {
  const rooms = new Set<string>();
  const connection = {
    ended: undefined,
    over: new Promise<void>(() => undefined),
    async subscribe({ rooms: wanted }: { rooms: readonly { room: string }[] }) {
      for (const { room: name } of wanted) rooms.add(name);
      return { d: { rooms: wanted.map(({ room: name }) => ({ room: name, gen: 'g1', from: 0, head: 0 })) } };
    },
    async unsubscribe({ rooms: names }: { rooms: readonly string[] }) {
      for (const name of names) rooms.delete(name);
      return { d: {} };
    },
  };
  return { connection: connection as unknown as Connection, rooms };
}

const ignore = (): void => undefined;
const aListener = (joined: () => void): RoomListener => ({
  position: () => ({}),
  joined,
  refused: ignore,
  changes: ignore,
  behind: ignore,
  resync: ignore,
  stands: ignore,
  unreadable: ignore,
});

async function microtasks(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await Promise.resolve();
}

test('a listener that throws keeps no other room from being joined', async () => {
  const { connection, rooms } = instantConnection();
  const { subscribe } = connection;
  const refuse = () => Promise.reject(new StreambedError(clientProblem('too_many_rooms', 'no', { retry: 'never' })));
  Object.assign(connection, { subscribe: refuse });
  const subscriptions = new Subscriptions(new FakeClock());
  subscriptions.add(nameOf(0), {
    ...aListener(ignore),
    refused: () => {
      throw new Error('of the program');
    },
  });
  await expect(subscriptions.reconcile(connection)).rejects.toThrow('of the program');
  subscriptions.add(nameOf(1), aListener(ignore));
  Object.assign(connection, { subscribe });
  await subscriptions.reconcile(connection);
  expect([...rooms]).toEqual([nameOf(1)]);
});

describe('a room that is joined or left while the subscriptions are being reconciled', () => {
  // Each number is another place in the chain of promises, the last step of it included.
  test.each(Array.from({ length: 30 }, (_, n) => n))(
    'is subscribed, or left, also %i microtasks after the reconciliation began',
    async (n) => {
      const { connection, rooms } = instantConnection();
      const subscriptions = new Subscriptions(new FakeClock());
      const joined: string[] = [];
      const listeners = [0, 1].map((which) => aListener(() => void joined.push(nameOf(which))));
      subscriptions.add(nameOf(0), listeners[0]!);
      void subscriptions.reconcile(connection);
      await microtasks(n);
      subscriptions.add(nameOf(1), listeners[1]!);
      void subscriptions.reconcile(connection);
      await settle();
      expect(joined).toEqual([nameOf(0), nameOf(1)]);
      expect([...rooms]).toEqual([nameOf(0), nameOf(1)]);

      subscriptions.remove(nameOf(0), listeners[0]!);
      void subscriptions.reconcile(connection);
      await microtasks(n);
      subscriptions.remove(nameOf(1), listeners[1]!);
      void subscriptions.reconcile(connection);
      await settle();
      expect([...rooms]).toEqual([]);
    },
  );
});

describe('a room whose subscription the server ended', () => {
  /** A connection that notes each request for rooms. */
  function notedConnection() {
    const { connection, rooms } = instantConnection();
    const asked: { room: string; gen?: string; seq?: number }[] = [];
    const { subscribe } = connection;
    Object.assign(connection, {
      subscribe(wanted: Parameters<Connection['subscribe']>[0]) {
        asked.push(...wanted.rooms);
        return subscribe(wanted);
      },
    });
    return { connection, rooms, asked };
  }
  const at = (seq: number): RoomListener => ({ ...aListener(ignore), position: () => ({ gen: 'g1', seq }) });

  test('is subscribed to again from the position, where it is followed; else nothing happens', async () => {
    const { connection, asked } = notedConnection();
    const subscriptions = new Subscriptions(new FakeClock());
    const listener = at(7);
    subscriptions.add(nameOf(0), listener);
    await subscriptions.reconcile(connection);
    asked.length = 0;
    subscriptions.deliver({ op: 'revoked', rooms: [nameOf(1)] });
    await subscriptions.reconcile(connection);
    expect([asked, subscriptions.size, subscriptions.isIn(connection, nameOf(1))]).toEqual([[], 1, false]);
    subscriptions.deliver({ op: 'revoked', rooms: [nameOf(0)] });
    await subscriptions.reconcile(connection);
    expect(asked).toEqual([{ room: nameOf(0), gen: 'g1', seq: 7 }]);
  });

  test('is subscribed to anew when it is followed again, also where the end came while nobody followed it', async () => {
    const { connection, rooms, asked } = notedConnection();
    const subscriptions = new Subscriptions(new FakeClock());
    const listener = at(7);
    subscriptions.add(nameOf(0), listener);
    await subscriptions.reconcile(connection);
    asked.length = 0;
    // The socket has not left the room yet.
    subscriptions.remove(nameOf(0), listener);
    rooms.delete(nameOf(0));
    subscriptions.deliver({ op: 'revoked', rooms: [nameOf(0)] });
    subscriptions.add(nameOf(0), at(9));
    expect(subscriptions.isIn(connection, nameOf(0))).toBe(false);
    await subscriptions.reconcile(connection);
    expect([asked, [...rooms]]).toEqual([[{ room: nameOf(0), gen: 'g1', seq: 9 }], [nameOf(0)]]);
  });
});
