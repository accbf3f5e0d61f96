import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { room } from '../../contract/frames.ts';
import type { Stream } from '../../contract/stream.ts';
import { openKit } from './kit.ts';
import type { Kit } from './kit.ts';

let kit: Kit;
let general: Stream;
beforeAll(async () => {
  kit = await openKit();
  general = (await kit.ada.bootstrap()).streams.items.find(({ slug }) => slug === 'general')!;
});
afterAll(() => kit.app.test.drop());

const path = '/api/editing-audit-state/';
const tell = (token: string | undefined, json: object) => kit.ask({ method: 'POST', path, json, ...(token !== undefined && { token }) });
const wait = (ms: number) => (kit.app.time = new Date(kit.app.time.getTime() + ms));

test('tells the room of cursor, selection and typing, with the slash and without', async () => {
  const json = { cid: 'channel:general', typing: true, cursor: 4, selection: { start: 1, end: 4 } };
  for (const asked of [path, path.slice(0, -1)]) {
    wait(1_000);
    kit.app.sent.length = 0;
    expect(await kit.ask({ method: 'POST', path: asked, json, token: kit.ada.token })).toMatchObject({ status: 202, body: { sent: true } });
    const { cid: _, ...data } = json;
    const to = room.stream(kit.team.workspaceId, general.id);
    expect(kit.app.sent.map(({ body }) => body)).toEqual([
      expect.objectContaining({ kind: 'signal', room: to, type: 'editing.state', actor: 'ada', from: null, ttl: 15, data }),
      expect.objectContaining({ kind: 'signal', room: to, type: 'typing', actor: 'ada', from: null, ttl: 6 }),
    ]);
  }
});

test('tells once a second for each member and room', async () => {
  wait(1_000);
  const other = await kit.ada.channel('other');
  const bob = await kit.team.join('bob');
  const state = { cid: general.id, cursor: 1 };
  expect((await tell(kit.ada.token, state)).body).toEqual({ sent: true });
  kit.app.sent.length = 0;
  wait(999);
  expect(await tell(kit.ada.token, state)).toMatchObject({ status: 202, body: { sent: false } });
  expect(kit.app.sent).toEqual([]);
  expect((await tell(bob.token, state)).body).toEqual({ sent: true });
  expect((await tell(kit.ada.token, { ...state, cid: other.id })).body).toEqual({ sent: true });
  wait(1);
  expect((await tell(kit.ada.token, state)).body).toEqual({ sent: true });
});

test('two at the same moment are told once', async () => {
  wait(5_000);
  const answers = await Promise.all(Array.from({ length: 8 }, () => tell(kit.ada.token, { cid: general.id, cursor: 2 })));
  expect(answers.filter(({ body }) => body['sent'] === true)).toHaveLength(1);
});

test('refuses who may not post there, and what is no state', async () => {
  wait(5_000);
  const few = await kit.ada.channel('few', { visibility: 'private' });
  const eve = await kit.team.join('eve');
  expect(await tell(undefined, { cid: general.id, cursor: 1 })).toMatchObject({ status: 401 });
  const closed = await tell(eve.token, { cid: few.id, cursor: 1 });
  const missing = await tell(eve.token, { cid: 'channel:nothing', cursor: 1 });
  expect([closed.status, closed.body['detail']]).toEqual([403, missing.body['detail']]);
  for (const [json, field] of [
    [{ cid: general.id }, 'body'],
    [{ cid: 'a/b', cursor: 1 }, 'body.cid'],
    [{ cid: general.id, cursor: -1 }, 'body.cursor'],
    [{ cid: general.id, selection: { start: 1 } }, 'body.selection.end'],
    [{ cid: general.id, typing: 'yes' }, 'body.typing'],
  ] as const) {
    const { status, body } = await tell(kit.ada.token, json);
    expect([status, (body['errors'] as { path: string }[])[0]?.path]).toEqual([400, field]);
  }
  await kit.ada.call('DELETE', `/streams/${few.id}`);
  expect(await tell(kit.ada.token, { cid: few.id, cursor: 1 })).toMatchObject({ status: 409, body: { code: 'stream_archived' } });
});
