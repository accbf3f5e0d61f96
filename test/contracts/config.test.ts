import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTeam } from '../support/team.ts';
import { openKit } from './kit.ts';
import type { Kit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await openKit();
});
afterAll(() => kit.app.test.drop());

const configOf = (token: string, cid: string) => kit.ask({ path: `/rooms/${cid}/config/`, token });

test('names the room and what the caller may do, by id and by slug, with the slash and without', async () => {
  const stream = await kit.ada.channel('Zürich 東京');
  expect(stream.slug).toBe('zürich-東京');
  for (const cid of [stream.id, `channel:${stream.slug}`]) {
    for (const { status, body } of await kit.both(kit.ada.token, `/rooms/${cid}/config`)) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ cid, id: stream.id, name: 'Zürich 東京', type: 'channel', muted: false, notifyLevel: 'default' });
      expect(body['permissions']).toEqual(expect.arrayContaining(['read', 'post', 'rename', 'archive']));
    }
  }
  const bob = await kit.team.join('bob');
  const { body } = await configOf(bob.token, stream.id);
  expect(body['permissions']).toEqual(expect.arrayContaining(['read', 'post', 'join']));
  expect(body['permissions']).not.toContain('archive');
});

test('says that the caller has muted it, and that an archived room takes no posts', async () => {
  const stream = await kit.ada.channel('quiet');
  await kit.ada.call('PATCH', `/streams/${stream.id}/members/ada`, { notifyLevel: 'none' });
  expect((await configOf(kit.ada.token, stream.id)).body).toMatchObject({ muted: true, notifyLevel: 'none' });
  await kit.ada.call('DELETE', `/streams/${stream.id}`);
  const { permissions } = (await configOf(kit.ada.token, stream.id)).body;
  expect(permissions).toContain('read');
  expect(permissions).not.toContain('post');
});

test('refuses a room that is closed to the caller like one that is not there', async () => {
  const few = await kit.ada.channel('few', { visibility: 'private' });
  const eve = await kit.team.join('eve');
  const others = await createTeam(kit.app);
  const theirs = await (await others.join('zoe', 'owner')).channel('theirs');
  const refusal = async (cid: string) => {
    const { status, body } = await configOf(eve.token, cid);
    return [status, body['code'], body['detail']];
  };
  const missing = await refusal('channel:nothing');
  expect(missing).toEqual([403, 'forbidden', expect.stringContaining('not open to you')]);
  const wrong = [
    few.id,
    'channel:few',
    theirs.id,
    'channel:theirs',
    'incident:general',
    'general',
    'a%2Fb',
    '..',
    '.',
    'channel:',
    ':',
    'x'.repeat(300),
  ];
  for (const cid of wrong) expect([cid, ...(await refusal(cid))]).toEqual([cid, ...missing]);
  const guest = await kit.team.join('gus', 'guest');
  expect((await configOf(guest.token, 'channel:general')).status).toBe(403);
  expect((await kit.ask({ path: '/rooms/channel:general/config/' })).status).toBe(401);
});
