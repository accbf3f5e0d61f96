import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { draftDays, maxDraftBytes } from '../../contract/draft.ts';
import type { Draft, DraftSummary } from '../../contract/draft.ts';
import { room } from '../../contract/frames.ts';
import type { ServerFrame } from '../../contract/frames.ts';
import { newId } from '../../contract/ids.ts';
import { FanOutMessage } from '../../contract/messages/fan-out.ts';
import type { Stream } from '../../contract/stream.ts';
import { clearDrafts } from '../../functions/realtime/drafts/clear-drafts.ts';
import { countStatements } from '../support/statements.ts';
import type { Teammate } from '../support/team.ts';
import { openKit } from './kit.ts';
import type { Kit } from './kit.ts';

let kit: Kit;
let stream: Stream;
let bob: Teammate;
let path: string;
beforeAll(async () => {
  kit = await openKit();
  bob = await kit.team.join('bob');
});
afterAll(() => kit.app.test.drop());
let numbered = 0;
beforeEach(async () => {
  stream = await kit.ada.channel(`drafts ${++numbered}`);
  path = `/api/rooms/${stream.id}/draft/`;
  kit.app.sent.length = 0;
});

type Answer = { status: number; body: Record<string, unknown> };
const send = (method: string, json?: object, who: Teammate = kit.ada, at = path): Promise<Answer> =>
  kit.ask({ method, path: at, token: who.token, ...(json && { json }) });
const read = async (who: Teammate = kit.ada) => (await send('GET', undefined, who)).body as unknown as Draft;
const save = async (json: object, who: Teammate = kit.ada) => {
  const { status, body } = await send('PUT', json, who);
  expect([status, body['code']]).toEqual([200, undefined]);
  return body as unknown as Draft;
};
const wait = (ms: number) => (kit.app.time = new Date(kit.app.time.getTime() + ms));
const messages = () => kit.app.sent.splice(0).map(({ body }) => FanOutMessage.parse(JSON.parse(JSON.stringify(body))));
/** Handles what was posted as the fan-out worker does; returns the frames for the author's devices. */
const settle = (): Promise<ServerFrame[]> => clearDrafts(kit.app.drafts, messages());

test('a draft is saved and read with its slash and without, by PUT and by POST', async () => {
  const [empty, bare] = await kit.both(kit.ada.token, `/api/rooms/channel:${stream.slug}/draft`);
  const none = { streamId: stream.id, text: '', mentions: [], replyTo: null, fileIds: [], revision: 0, updatedAt: null };
  expect([empty, bare]).toMatchObject([
    { status: 200, body: none },
    { status: 200, body: none },
  ]);
  const fileId = newId('file');
  const full = { text: 'Grüße, 日本 🙂\u202e', mentions: [{ type: 'user', id: 'bob', label: 'BOB' }], replyTo: 3, fileIds: [fileId] };
  const put = await kit.both(kit.ada.token, path.slice(0, -1), { method: 'PUT', json: full });
  const posted = await kit.both(kit.ada.token, path.slice(0, -1), { method: 'POST', json: full });
  expect([...put, ...posted].map(({ status, body }) => [status, body['revision']])).toEqual([1, 2, 3, 4].map((n) => [200, n]));
  expect(await read()).toEqual({ ...full, streamId: stream.id, revision: 4, updatedAt: kit.app.time.toISOString() });
});

test('a draft is its author’s alone', async () => {
  await save({ text: 'mine' });
  expect(await read(bob)).toMatchObject({ text: '', revision: 0 });
  await save({ text: 'another' }, bob);
  expect(await read()).toMatchObject({ text: 'mine' });
});

test('of two devices that edit one revision the second gets both drafts, and may choose', async () => {
  const first = await save({ text: 'start', revision: 0 });
  const theirs = await save({ text: 'from the phone', revision: first.revision });
  const refused = await send('PUT', { text: 'from the desk', revision: first.revision });
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'draft_conflict', conflict: { stored: theirs, given: { text: 'from the desk' } } },
  });
  expect(await read()).toEqual(theirs);
  expect(await save({ text: 'from the desk', revision: theirs.revision })).toMatchObject({ text: 'from the desk', revision: 3 });
  expect((await send('PUT', { text: 'new?', revision: 0 })).status).toBe(409);
});

test('a deletion may name the revision that it deletes', async () => {
  const { revision } = await save({ text: 'start' });
  await save({ text: 'more' });
  const at = { path, token: kit.ada.token, method: 'DELETE' };
  expect(await kit.ask({ ...at, query: { revision: String(revision) } })).toMatchObject({ status: 409, body: { code: 'draft_conflict' } });
  expect((await kit.ask({ ...at, query: { revision: '2' } })).status).toBe(204);
  expect((await kit.ask(at)).status).toBe(204);
  expect(await read()).toMatchObject({ text: '', revision: 4 });
});

test('of many saves at once over one revision exactly one counts', async () => {
  const { revision } = await save({ text: 'start' });
  const tried = await Promise.all(Array.from({ length: 8 }, (_, i) => send('PUT', { text: `try ${i}`, revision })));
  expect(tried.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
  const winner = tried.find(({ status }) => status === 200)?.body as unknown as Draft;
  expect(await read()).toEqual(winner);
});

test('devices are told of each change, and other members are not', async () => {
  await save({ text: 'soon' });
  await send('DELETE');
  const own = room.user(stream.workspaceId, 'ada');
  expect(messages()).toMatchObject([
    { kind: 'notice', room: own, frame: { op: 'draft', streamId: stream.id, revision: 1, isEmpty: false } },
    { kind: 'notice', room: own, frame: { op: 'draft', streamId: stream.id, revision: 2, isEmpty: true } },
  ]);
});

test('a save stands though its frame could not be sent', async () => {
  kit.app.queueDown = true;
  await save({ text: 'kept' });
  kit.app.queueDown = false;
  expect(await read()).toMatchObject({ text: 'kept' });
});

test('a draft is gone when its message is sent, and an older copy does not come back', async () => {
  const saved = await save({ text: 'to be sent' });
  await save({ text: 'of another' }, bob);
  wait(5);
  await kit.ada.say(stream, 'to be sent');
  expect(await settle()).toMatchObject([{ op: 'draft', streamId: stream.id, revision: 2, isEmpty: true }]);
  expect(await read()).toMatchObject({ text: '', revision: 2 });
  expect(await read(bob)).toMatchObject({ text: 'of another' });
  expect((await send('PUT', { text: 'to be sent', revision: saved.revision })).status).toBe(409);
});

test('what is written after a send stays, however late the worker comes, and a repeated delivery clears nothing more', async () => {
  await save({ text: 'to be sent' });
  wait(5);
  await kit.ada.say(stream, 'to be sent');
  wait(5);
  const later = await save({ text: 'the next one' });
  const posted = messages();
  for (let i = 0; i < 2; i++) expect(await clearDrafts(kit.app.drafts, posted)).toEqual([]);
  expect(await read()).toEqual(later);
});

test('reactions, edits, joins and posts of others leave a draft alone', async () => {
  const event = await kit.ada.say(stream, 'first');
  wait(5);
  await settle();
  const saved = await save({ text: 'still writing' });
  wait(5);
  await kit.ada.call('PATCH', `/streams/${stream.id}/events/${event.id}`, { text: 'first, edited' });
  await kit.ada.call('POST', `/streams/${stream.id}/events/${event.id}/reactions`, { emoji: '👍' });
  await bob.call('POST', `/streams/${stream.id}/join`);
  await bob.say(stream, 'hello');
  expect(await settle()).toEqual([]);
  expect(await read()).toEqual(saved);
});

test('a draft ends after 90 days without a change', async () => {
  await save({ text: 'old' });
  const { time } = kit.app;
  wait(draftDays * 86_400_000 + 1_000);
  const place = { workspaceId: stream.workspaceId, userId: 'ada', streamId: stream.id };
  expect(await kit.app.drafts.find(place)).toMatchObject({ text: '', revision: 0, updatedAt: null });
  expect(await kit.app.drafts.list(place, { limit: 50 })).toMatchObject({ items: [] });
  expect(await kit.app.drafts.save(place, { text: 'again', mentions: [], replyTo: null, fileIds: [] }, 0)).toMatchObject({ text: 'again' });
  kit.app.time = time;
});

test('drafts are listed by pages, without those that were sent or that the member can read no more', async () => {
  const cai = await kit.team.join('cai');
  const streams = await Promise.all(['a', 'b', 'c', 'd'].map((name) => kit.ada.channel(`list ${name} ${numbered}`)));
  const at = (one: Stream) => `/api/rooms/${one.id}/draft/`;
  const texts = ['🙂'.repeat(300), 'second', ' \n ', 'fourth'];
  for (const [i, one] of streams.entries()) expect((await send('PUT', { text: texts[i] }, cai, at(one))).status).toBe(200);
  await kit.ada.call('PATCH', `/streams/${streams[3]?.id}`, { visibility: 'private' });
  const found: DraftSummary[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await cai.call('GET', '/drafts', undefined, { limit: '1', ...(cursor && { cursor }) });
    const page = body as { items: DraftSummary[]; nextCursor: string | null };
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  const expected = new Map([
    [streams[0]?.id, '🙂'.repeat(200)],
    [streams[1]?.id, 'second'],
  ]);
  expect(new Map(found.map(({ streamId, preview }) => [streamId, preview]))).toEqual(expected);
});

test('a draft that is too large, not of Unicode, or no draft is refused by its field', async () => {
  const { revision } = await save({ text: 'x'.repeat(maxDraftBytes - 200) });
  const refused = async (json: object) => {
    const { status, body } = await send('PUT', json);
    return [status, (body['errors'] as { path: string }[] | undefined)?.[0]?.path];
  };
  expect(await refused({ text: 'x'.repeat(maxDraftBytes) })).toEqual([400, 'body']);
  expect(await refused({ text: 'x'.repeat(maxDraftBytes + 1) })).toEqual([400, 'body.text']);
  expect(await refused({ text: '日'.repeat(maxDraftBytes / 3) })).toEqual([400, 'body']);
  expect(await refused({ text: 'a\ud800' })).toEqual([400, 'body.text']);
  expect(await refused({ text: 'a\0' })).toEqual([400, 'body.text']);
  expect(await refused({ text: 5 })).toEqual([400, 'body.text']);
  expect(await refused({})).toEqual([400, 'body.text']);
  expect(await refused({ text: 'a', revision: -1 })).toEqual([400, 'body.revision']);
  expect(await refused({ text: 'a', replyTo: -1 })).toEqual([400, 'body.replyTo']);
  expect(await refused({ text: 'a', fileIds: ['x'] })).toEqual([400, 'body.fileIds.0']);
  expect(await refused({ text: 'a', userId: 'bob' })).toEqual([400, 'body.userId']);
  expect(await read()).toMatchObject({ revision });
});

test('rooms that are closed, of another workspace, or none are refused alike; an archived one keeps what was written', async () => {
  await save({ text: 'unfinished' });
  await kit.ada.call('DELETE', `/streams/${stream.id}`);
  expect(await send('PUT', { text: 'more' })).toMatchObject({ status: 409, body: { code: 'stream_archived' } });
  expect(await read()).toMatchObject({ text: 'unfinished' });
  expect((await send('DELETE')).status).toBe(204);
  const few = await kit.ada.channel(`few ${numbered}`, { visibility: 'private' });
  for (const cid of [few.id, `channel:${few.slug}`, newId('stream'), 'channel:none', 'incident:general', 'a%2Fb', '..'])
    for (const method of ['GET', 'PUT', 'POST', 'DELETE'])
      expect((await send(method, method.startsWith('P') ? { text: 'x' } : undefined, bob, `/api/rooms/${cid}/draft/`)).status).toBe(403);
});

test('a save takes few statements, whatever its size', async () => {
  const small = await countStatements(kit.app, () => save({ text: 'x' }));
  const large = await countStatements(kit.app, () => save({ text: 'x'.repeat(60_000) }));
  expect([small, large]).toEqual([2, 2]);
});
