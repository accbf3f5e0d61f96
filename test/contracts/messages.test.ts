import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Stream } from '../../contract/stream.ts';
import { countStatements } from '../support/statements.ts';
import { openKit } from './kit.ts';
import type { Kit } from './kit.ts';

let kit: Kit;
let stream: Stream;
beforeAll(async () => {
  kit = await openKit();
  stream = await kit.ada.channel('talk');
  for (let i = 1; i <= 12; i++) await kit.ada.say(stream, `m${i}`);
});
afterAll(() => kit.app.test.drop());

const page = async (query: Record<string, string>) => {
  const { status, body } = await kit.ask({ path: `/rooms/${stream.id}/messages/`, token: kit.ada.token, query });
  expect(status).toBe(200);
  const { items, head, hasMore } = body as { items: { seq: number; content: { text: string } | null }[]; head: number; hasMore: boolean };
  return { texts: items.map(({ content }) => content?.text), seqs: items.map(({ seq }) => seq), head, hasMore };
};

test('lists the newest page oldest first, with the slash and without', async () => {
  const [slashed, bare] = await kit.both(kit.ada.token, '/rooms/channel:talk/messages', { query: { limit: '3' } });
  expect(bare).toMatchObject({ status: 200, body: slashed.body });
  expect(Object.keys(slashed.body).toSorted()).toEqual(['hasMore', 'head', 'items']);
  expect(await page({ limit: '3' })).toMatchObject({ texts: ['m10', 'm11', 'm12'], hasMore: true });
});

test('scrolls back to the beginning and forward again without a gap', async () => {
  const { head } = await page({});
  const back: number[] = [];
  for (let before = head + 1, more = true; more;) {
    const { seqs, hasMore } = await page({ before: String(before), limit: '5' });
    back.unshift(...seqs);
    before = seqs[0]!;
    more = hasMore;
  }
  const forth: number[] = [];
  for (let after = 0, more = true; more;) {
    const { seqs, hasMore } = await page({ after: String(after), limit: '5' });
    forth.push(...seqs);
    after = seqs.at(-1)!;
    more = hasMore;
  }
  expect(back).toEqual(Array.from({ length: head }, (_, i) => i + 1));
  expect(forth).toEqual(back);
  expect((await page({ around: '6', limit: '4' })).seqs).toEqual([4, 5, 6, 7]);
});

test('reads a page with few statements at any depth', async () => {
  const count = await countStatements(kit.app, () => page({ before: '9', limit: '2' }));
  expect(count).toBe(3);
});

test('refuses what is no page, and who may not read', async () => {
  const refused = async (query: Record<string, string>) => {
    const { status, body } = await kit.ask({ path: `/rooms/${stream.id}/messages/`, token: kit.ada.token, query });
    return [status, (body['errors'] as { path: string }[])[0]?.path];
  };
  expect(await refused({ limit: '0' })).toEqual([400, 'query.limit']);
  expect(await refused({ limit: '201' })).toEqual([400, 'query.limit']);
  expect(await refused({ before: '-1' })).toEqual([400, 'query.before']);
  expect(await refused({ before: '3', after: '1' })).toEqual([400, 'query']);
  const few = await kit.ada.channel('few', { visibility: 'private' });
  const eve = await kit.team.join('eve');
  for (const cid of [few.id, 'channel:few', 'channel:nothing'])
    expect((await kit.ask({ path: `/rooms/${cid}/messages/`, token: eve.token })).status).toBe(403);
});
