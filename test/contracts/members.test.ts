import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keyScopes } from '../../contract/api-key.ts';
import { UserId, WorkspaceId } from '../../contract/ids.ts';
import type { Stream } from '../../contract/stream.ts';
import { createToken } from '../../functions/auth/create-token.ts';
import { createTeam } from '../support/team.ts';
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

test('names of any script are paged once each, whose lower case JavaScript and Postgres make differently', async () => {
  const names = ['ΟΔΥΣΣΕΥΣ', 'ΟΔΥΣΣΕΥΣ', 'ΟΔΥΣΣΕΥΣΑ', 'İa', 'ia', 'İb', 'ǅ', 'ẞ', 'ss', '\u{10400}'];
  const team = await createTeam(kit.app);
  const zoe = await team.join('zoe', 'owner');
  const by = { kind: 'apiKey', workspaceId: WorkspaceId.parse(team.workspaceId), keyId: 'test', scopes: keyScopes } as const;
  const ids = names.map((_, i) => `script-${i}`);
  for (const [i, name] of names.entries())
    await createToken(kit.app, by, { userId: UserId.parse(ids[i]), name, role: 'member', expiresInSeconds: 60 });
  const crowd = await zoe.channel('crowd');
  await zoe.call('POST', `/streams/${crowd.id}/members`, { userIds: ids });
  // Private streams may have slugs that others have; two of the names are the same.
  const named = new Set(names);
  for (const name of named) await zoe.channel(name, { visibility: 'private' });
  const paged = async <Item>(path: string, query: Record<string, string> = {}) => {
    const all: Item[] = [];
    for (let cursor: string | null = '', pages = 0; cursor !== null && pages < 40; pages++) {
      const sent = { limit: '1', ...query, ...(cursor !== '' && { cursor }) };
      const response = path.startsWith('/rooms')
        ? await kit.ask({ path, token: zoe.token, query: sent })
        : await zoe.call('GET', path, undefined, sent);
      const body = response.body as { items: Item[]; nextCursor: string | null };
      all.push(...body.items);
      cursor = body.nextCursor;
    }
    return all;
  };
  const everybody = ['zoe', ...ids].toSorted();
  expect((await paged<{ id: string }>('/members')).map(({ id }) => id).toSorted()).toEqual(everybody);
  for (const path of [`/streams/${crowd.id}/members`, `/rooms/${crowd.id}/members/`])
    expect((await paged<Item>(path)).map(({ user }) => user.id).toSorted()).toEqual(everybody);
  const listed = await paged<Stream>('/streams', { sort: 'name' });
  expect(listed.map(({ name }) => String(name)).toSorted()).toEqual(['crowd', ...named].toSorted());
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
