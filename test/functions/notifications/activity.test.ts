import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Notification } from '../../../contract/notification.ts';
import type { Stream } from '../../../contract/stream.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';
import { countStatements } from '../../support/statements.ts';

let app: TestApp;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let cyd: Teammate;
let stream: Stream;
beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  cyd = await team.join('cyd');
  stream = await ada.channel('Reading up');
  await ada.call('POST', `/streams/${stream.id}/members`, { userIds: ['bob', 'cyd'] });
});
afterAll(() => app.test.drop());

async function mention(text: string): Promise<void> {
  app.time = new Date(app.time.getTime() + 1_000);
  await ada.say(stream, text);
}
const unread = async (who: Teammate): Promise<Notification[]> => (await who.activity()).filter(({ readAt }) => readAt === null);
const toldTo = (who: string) =>
  app.sent
    .map(({ body }) => body as { room?: string; item?: { type: string; data: Record<string, unknown> } })
    .filter(({ room, item }) => room === `ws:${team.workspaceId}:user:${who}` && item?.type === 'notification:changed')
    .map(({ item }) => item?.data);

test('an invitation appears, with its actor and stream', async () => {
  expect(await bob.activity()).toMatchObject([{ kind: 'invited', streamName: 'Reading up', actor: { id: 'ada', name: 'ADA' } }]);
});

test('some, or all up to one, are marked as read on every device; those of others stay', async () => {
  for (const n of [1, 2, 3]) await mention(`@bob and @cyd ${n}`);
  const [newest, second] = await unread(bob);
  app.sent.length = 0;
  expect((await bob.call('POST', '/notifications/read', { ids: [newest?.id] })).body).toEqual({ unreadNotifications: 3 });
  expect(toldTo('bob')).toEqual([{ removed: [], read: [newest?.id], unreadNotifications: 3 }]);
  await bob.call('POST', '/notifications/read', { ids: [(await unread(cyd))[0]?.id] });
  expect(await unread(cyd)).toHaveLength(4);
  expect((await bob.call('POST', '/notifications/read', { upTo: second?.id })).body).toEqual({ unreadNotifications: 0 });
  app.sent.length = 0;
  await bob.call('POST', '/notifications/read', { upTo: second?.id });
  expect(toldTo('bob')).toEqual([]);
});

test('pages continue where the last one ended, newest first', async () => {
  const page = async (query: Record<string, string>) =>
    (await cyd.call('GET', '/notifications', undefined, query)).body as { items: Notification[]; nextCursor: string | null };
  const first = await page({ limit: '3' });
  const rest = await page({ limit: '3', cursor: first.nextCursor ?? '' });
  expect([...first.items, ...rest.items]).toEqual(await cyd.activity());
  expect(rest.nextCursor).toBeNull();
});

test('entries of a lost stream are hidden, and listed again after rejoining', async () => {
  const before = await cyd.activity();
  await ada.call('PATCH', `/streams/${stream.id}`, { visibility: 'private' });
  await ada.call('DELETE', `/streams/${stream.id}/members/cyd`);
  expect(await cyd.activity()).toEqual([]);
  await ada.call('POST', `/streams/${stream.id}/members`, { userIds: ['cyd'] });
  expect((await cyd.activity()).map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
});

test('listing takes three statements, marking five, for any number', async () => {
  const counted = (work: () => Promise<unknown>) => countStatements(app, work);
  for (const n of [4, 5, 6, 7]) await mention(`@bob ${n}`);
  expect(await counted(() => bob.activity())).toBe(3);
  const [newest] = await unread(bob);
  expect(await counted(() => bob.call('POST', '/notifications/read', { upTo: newest?.id }))).toBeLessThanOrEqual(6);
});
