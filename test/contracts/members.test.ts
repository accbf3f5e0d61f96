import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Stream } from '../../contract/stream.ts';
import { countStatements } from '../support/statements.ts';
import { openKit } from './kit.ts';
import type { Kit } from './kit.ts';

let kit: Kit;
let stream: Stream;
const people = Array.from({ length: 59 }, (_, i) => `user-${String(i).padStart(2, '0')}`);
beforeAll(async () => {
  kit = await openKit();
  stream = await kit.ada.channel('crowd');
  for (const id of people) await kit.team.join(id);
  await kit.ada.call('POST', `/streams/${stream.id}/members`, { userIds: people });
});
afterAll(() => kit.app.test.drop());

interface Item {
  readonly user: { id: string; name: string };
  readonly role: string;
  readonly banned: boolean;
  readonly muted: boolean | null;
  readonly presence: string;
}
const page = async (query: Record<string, string>, token = kit.ada.token) => {
  const { status, body } = await kit.ask({ path: `/rooms/${stream.id}/members/`, token, query });
  return { status, ...(body as { items: Item[]; total: number; nextCursor: string | null; errors?: { path: string }[] }) };
};
const idsOf = ({ items }: { items: Item[] }) => items.map(({ user }) => user.id);

test('20 from the 20th of 60 are 20, with the slash and without', async () => {
  const [slashed, bare] = await kit.both(kit.ada.token, '/rooms/channel:crowd/members', { query: { limit: '20', offset: '20' } });
  expect(bare).toMatchObject({ status: 200, body: slashed.body });
  const { items, total } = await page({ limit: '20', offset: '20' });
  expect([items.length, total]).toEqual([20, 60]);
  expect(items[0]).toEqual({ user: { id: 'user-19', name: 'USER-19' }, role: 'member', banned: false, muted: null, presence: 'offline' });
});

test('offsets and cursors reach each member once, and beyond the end is an empty page', async () => {
  const byOffset: string[] = [];
  for (let offset = 0; offset < 80; offset += 20) byOffset.push(...idsOf(await page({ limit: '20', offset: String(offset) })));
  const byCursor: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const found: Awaited<ReturnType<typeof page>> = await page({ limit: '7', ...(cursor !== '' && { cursor }) });
    byCursor.push(...idsOf(found));
    cursor = found.nextCursor;
  }
  expect(byOffset).toEqual(['ada', ...people]);
  expect(byCursor).toEqual(byOffset);
  expect(await page({ offset: '60' })).toMatchObject({ status: 200, items: [], total: 60, nextCursor: null });
});

test('shows presence to readers, and muting only to oneself', async () => {
  const user = await kit.team.join('user-05');
  await kit.ask({ path: '/api/connection-id/', token: user.token });
  await user.call('PATCH', `/streams/${stream.id}/members/user-05`, { notifyLevel: 'none' });
  const of = (items: readonly Item[]) => items.find((item) => item.user.id === 'user-05');
  expect(of((await page({}, user.token)).items)).toMatchObject({ presence: 'online', muted: true });
  expect(of((await page({})).items)).toMatchObject({ presence: 'online', muted: null });
});

test('costs the same few statements for any page', async () => {
  expect(await countStatements(kit.app, () => page({ limit: '5' }))).toBe(4);
  expect(await countStatements(kit.app, () => page({ limit: '60' }))).toBe(4);
});

test('refuses an offset that is none or too far, and who may not read', async () => {
  for (const offset of ['-1', '1000000000', '1.5', 'x']) {
    const { status, errors } = await page({ offset });
    expect([offset, status, errors?.[0]?.path]).toEqual([offset, 400, 'query.offset']);
  }
  const { status, errors } = await page({ offset: '1', cursor: 'x' });
  expect([status, errors?.[0]?.path]).toEqual([400, 'query']);
  const guest = await kit.team.join('gus', 'guest');
  expect((await page({}, guest.token)).status).toBe(403);
});
