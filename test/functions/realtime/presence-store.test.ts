import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { presenceSeconds } from '../../../contract/presence.ts';
import { createPresenceLeases } from '../../../functions/realtime/presence/presence-store.ts';
import type { PresenceLeases } from '../../../functions/realtime/presence/presence-store.ts';
import { startTestTable } from '../../support/dynamodb.ts';

let table: Awaited<ReturnType<typeof startTestTable>>;
let presence: PresenceLeases;
let nowMs = Date.UTC(2026, 10, 20);
let requests = 0;
let workspaceId = '';
beforeAll(async () => {
  table = await startTestTable('connections');
  table.client.middlewareStack.add((next) => async (given) => (requests++, next(given)), { step: 'initialize' });
  presence = createPresenceLeases(table.client, 'connections', { now: () => new Date(nowMs) });
});
afterAll(() => table.stop());
beforeEach(() => {
  workspaceId = `ws-${crypto.randomUUID()}`;
  requests = 0;
});

const device = (deviceId: string, userId = 'ada') => ({ workspaceId, userId, deviceId });
const statusOf = async (userId = 'ada', where = workspaceId) => (await presence.find(where, [userId])).get(userId)?.status;

test('a member is online while a device is active, away while one is connected, and offline after that', async () => {
  expect((await presence.find(workspaceId, ['ada'])).get('ada')).toEqual({
    userId: 'ada',
    status: 'offline',
    lastSeenAt: null,
    until: null,
  });
  await presence.renew(device('phone'), 'hidden');
  expect(await statusOf()).toBe('away');
  await presence.renew(device('laptop'), 'active');
  expect(await statusOf()).toBe('online');
  nowMs += presenceSeconds * 500;
  await presence.renew(device('phone'), 'away');
  nowMs += presenceSeconds * 500;
  // The laptop's lease has ended, as when it lost its network.
  expect(await statusOf()).toBe('away');
  nowMs += presenceSeconds * 500;
  const { status, lastSeenAt } = (await presence.find(workspaceId, ['ada'])).get('ada')!;
  expect([status, lastSeenAt]).toEqual(['offline', new Date(nowMs - presenceSeconds * 1_000).toISOString()]);
});

test('a tenant next door with the same user id is somebody else', async () => {
  await presence.renew(device('phone'), 'active');
  expect(await statusOf('ada', `${workspaceId}x`)).toBe('offline');
  expect(await statusOf('ad')).toBe('offline');
});

test('renewing is one request, and devices that are gone are forgotten with the next', async () => {
  for (const id of ['a', 'b', 'c']) await presence.renew(device(id), 'active');
  expect(requests).toBe(3);
  nowMs += (presenceSeconds + 1) * 1_000;
  await presence.renew(device('d'), 'active');
  expect(requests).toBe(5);
  await presence.renew(device('d'), 'active');
  expect(requests).toBe(6);
});

test('a device that comes back while its ended lease is forgotten stays', async () => {
  await presence.renew(device('phone'), 'active');
  nowMs += (presenceSeconds + 1) * 1_000;
  const { promise: returned, resolve: goOn } = Promise.withResolvers<void>();
  let isFirst = true;
  table.client.middlewareStack.add(
    (next) => async (given) => {
      if (isFirst && (given.input as { UpdateExpression?: string }).UpdateExpression?.startsWith('REMOVE') === true) {
        isFirst = false;
        await presence.renew(device('phone'), 'active');
        goOn();
      }
      return next(given);
    },
    { step: 'initialize', name: 'comesBack' },
  );
  try {
    await presence.renew(device('laptop'), 'away');
    await returned;
    expect(await statusOf()).toBe('online');
  } finally {
    table.client.middlewareStack.remove('comesBack');
  }
});

test('two devices that renew at the same moment both count', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, i) => presence.renew(device(`d${i}`), i === 3 ? 'active' : 'away')));
  expect(await statusOf()).toBe('online');
  nowMs += presenceSeconds * 500;
  await presence.renew(device('d1'), 'away');
  nowMs += presenceSeconds * 600;
  expect(await statusOf()).toBe('away');
});

test('a page of members is read with one request for each hundred', async () => {
  const ids = Array.from({ length: 150 }, (_, i) => `user-${i}`);
  await presence.renew(device('x', 'user-120'), 'active');
  requests = 0;
  const found = await presence.find(workspaceId, ids);
  expect(requests).toBe(2);
  expect([...found.values()].filter(({ status }) => status === 'online').map(({ userId }) => userId)).toEqual(['user-120']);
  expect(found.size).toBe(150);
});
