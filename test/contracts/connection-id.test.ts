import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openKit } from './kit.ts';
import type { Kit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await openKit();
});
afterAll(() => kit.app.test.drop());

const idOf = async (token: string): Promise<string> => {
  const [{ status, body }, bare] = await kit.both(token, '/api/connection-id');
  expect([status, bare.status]).toEqual([200, 200]);
  expect(bare.body).toEqual(body);
  return String(body['connectionId']);
};

test('is a 64-bit number: the same for a session, another one for each session', async () => {
  const { token } = kit.ada;
  const id = await idOf(token);
  expect(BigInt(id)).toBeLessThan(2n ** 63n);
  kit.app.time = new Date(kit.app.time.getTime() + 600_000);
  expect(await idOf(token)).toBe(id);
  const again = await kit.team.join('ada', 'owner');
  const bob = await kit.team.join('bob');
  expect(new Set([id, await idOf(again.token), await idOf(bob.token)]).size).toBe(3);
});

test('keeps the caller present until it expires', async () => {
  const eve = await kit.team.join('eve');
  const statusOf = async () => (await kit.app.kit.presence.find(kit.team.workspaceId, ['eve'])).get('eve')?.status;
  expect(await statusOf()).toBe('offline');
  const [{ body }] = await kit.both(eve.token, '/api/connection-id');
  expect(await statusOf()).toBe('online');
  kit.app.time = new Date(Date.parse(String(body['expires'])) - 1);
  expect(await statusOf()).toBe('online');
  kit.app.time = new Date(Date.parse(String(body['expires'])));
  expect(await statusOf()).toBe('offline');
});

test('is refused without a token, and to who was removed', async () => {
  expect((await kit.ask({ path: '/api/connection-id/' })).status).toBe(401);
  const una = await kit.team.join('una');
  await kit.ada.call('DELETE', '/members/una');
  expect((await kit.ask({ path: '/api/connection-id/', token: una.token })).status).toBe(401);
});
