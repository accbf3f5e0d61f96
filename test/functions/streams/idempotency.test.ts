import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StreamEvent } from '../../../contract/event.ts';
import { ClientEventId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { requestHash } from '../../../functions/platform/requests/request-hash.ts';
import { editEvent } from '../../../functions/streams/events/edit-event.ts';
import { deleteEvent } from '../../../functions/streams/events/delete-event.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { shareEvent } from '../../../functions/streams/events/share-event.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { leaveStream } from '../../../functions/streams/members/leave-stream.ts';
import { createStream } from '../../../functions/streams/streams/create-stream.ts';
import { archiveStream } from '../../../functions/streams/streams/update-stream.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';

let app: TestApp;
let ada: UserCaller;
let bob: UserCaller;
let stream: Stream;
let original: StreamEvent;

beforeAll(async () => {
  app = await createTestApp();
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  bob = await aMember(app, workspaceId, 'bob');
  stream = await aChannel(app, ada, 'Repeats');
  original = (await postEvent(app, ada, { streamId: stream.id, text: 'original', mentions: [] })).event;
});
afterAll(() => app.test.drop());

async function aFile(): Promise<string> {
  const id = `fil_${crypto.randomUUID().replaceAll('-', '').slice(0, 26)}`;
  await app.test.owner.query(
    `insert into files (id, workspace_id, stream_id, name, media_type, size_bytes, uploaded_by, uploaded_at, created_at)
     values ($1, $2, $3, 'a.txt', 'text/plain', 1, 'ada', now(), now())`,
    [id, ada.workspaceId, stream.id],
  );
  return id;
}

type Send = (
  body: never,
  key: { clientEventId: ClientEventId } | { idempotencyKey: string },
) => Promise<{ event: StreamEvent; repeated: boolean }>;
const post: Send = (body: object, key) => postEvent(app, ada, { streamId: stream.id, ...body, ...key } as never);
const share: Send = (body: object, key) => shareEvent(app, ada, { streamId: stream.id, eventId: original.id, ...body, ...key });
const poll = (more: object = {}) => ({ eventType: 'poll', question: 'Which?', options: ['a', 'b'], multiple: false, ...more });
const later = '2026-11-20T12:00:05.000Z';

const kinds: [string, Send, () => Promise<object>, object][] = [
  ['a message', post, async () => ({ text: 'one' }), { text: 'two' }],
  ['a message with mentions', post, async () => ({ text: 'one', mentions: [{ type: 'user', id: 'bob' }] }), { mentions: [] }],
  ['an own type', post, async () => ({ eventType: 'acme.deploy', payload: { a: 1, b: 2 } }), { payload: { a: 1, b: 3 } }],
  ['another type', post, async () => ({ eventType: 'acme.deploy', text: 'x' }), { eventType: 'acme.other' }],
  ['a poll', post, async () => poll(), { options: ['a', 'c'] }],
  ['a poll that closes', post, async () => poll({ closesAt: later }), { closesAt: '2026-11-20T12:00:06.000Z' }],
  ['a file', post, async () => ({ eventType: 'file', fileId: await aFile() }), { text: 'with words' }],
  ['a share', share, async () => ({ context: 'look' }), { context: 'look here' }],
];

test.each(kinds)('%s: a repeat is answered by the first event, another body is refused', async (_name, send, body, other) => {
  for (const key of [{ clientEventId: ClientEventId.parse(crypto.randomUUID()) }, { idempotencyKey: crypto.randomUUID() }]) {
    const first = (await body()) as never;
    const { event } = await send(first, key);
    const repeat = await send(first, key);
    expect({ id: repeat.event.id, repeated: repeat.repeated }).toEqual({ id: event.id, repeated: true });
    await expect(send({ ...(first as object), ...other } as never, key)).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  }
});

test('a repeat does not depend on what became of the event, the stream or the original', async () => {
  const own = await aChannel(app, ada, 'Goes on');
  const key = ClientEventId.parse('goes-on');
  const message = { streamId: own.id, text: 'one', mentions: [], clientEventId: key };
  const closing = { streamId: own.id, ...poll({ closesAt: later }), clientEventId: ClientEventId.parse('closes') };
  const source = (await postEvent(app, ada, { streamId: own.id, text: 'source', mentions: [] })).event;
  const reference = { streamId: own.id, eventId: source.id, clientEventId: ClientEventId.parse('shares') };
  const { event } = await postEvent(app, ada, message);
  await postEvent(app, ada, closing as never);
  await shareEvent(app, ada, reference);
  const repeats = async () => [
    (await postEvent(app, ada, message)).repeated,
    (await postEvent(app, ada, closing as never)).repeated,
    (await shareEvent(app, ada, reference)).repeated,
  ];
  await editEvent(app, ada, { streamId: own.id, eventId: event.id, text: 'edited' });
  await deleteEvent(app, ada, { streamId: own.id, eventId: source.id });
  app.time = new Date(app.time.getTime() + 60_000);
  expect(await repeats()).toEqual([true, true, true]);
  await archiveStream(app, ada, { streamId: own.id });
  expect(await repeats()).toEqual([true, true, true]);
  await expect(postEvent(app, ada, { ...message, text: 'edited' })).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  await expect(postEvent(app, ada, { ...message, clientEventId: ClientEventId.parse('new') })).rejects.toMatchObject({
    code: 'stream_archived',
  });
});

test('a repeat is answered while its sender can read the stream', async () => {
  const own = await aChannel(app, ada, 'Private', 'private');
  await inviteMembers(app, ada, { streamId: own.id, userIds: [bob.userId], role: 'member' });
  const message = { streamId: own.id, text: 'one', mentions: [], clientEventId: ClientEventId.parse('mine') };
  await postEvent(app, bob, message);
  await leaveStream(app, bob, { streamId: own.id });
  await expect(postEvent(app, bob, message)).rejects.toMatchObject({ code: 'not_found' });
});

test('the creation of a stream, also of a DM', async () => {
  const channel = { streamType: 'channel', name: 'By key', visibility: 'public', idempotencyKey: 'make-1' } as const;
  const made = await createStream(app, ada, channel);
  expect(await createStream(app, ada, channel)).toMatchObject({ stream: { id: made.stream.id }, repeated: true });
  await expect(createStream(app, ada, { ...channel, name: 'Another' })).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  const dm = { streamType: 'dm', memberIds: [bob.userId], idempotencyKey: 'make-2' } as const;
  await createStream(app, ada, dm as never);
  expect(await createStream(app, ada, dm as never)).toMatchObject({ repeated: true });
  await expect(createStream(app, ada, { ...channel, idempotencyKey: 'make-2' })).rejects.toMatchObject({ code: 'idempotency_mismatch' });
});

test('events of before have no hash: their repeats are answered as they were', async () => {
  const key = { clientEventId: ClientEventId.parse('old') };
  const { event } = await post({ text: 'old' } as never, key);
  await app.test.owner.query('update stream_events set request_hash = null where id = $1', [event.id]);
  expect((await post({ text: 'other' } as never, key)).event.id).toBe(event.id);
});

test('the hash takes no account of the order of fields', () => {
  expect(requestHash({ a: [1, { b: 2, c: 3 }], d: undefined })).toEqual(requestHash({ a: [1, { c: 3, b: 2 }] }));
  expect(requestHash({ a: [1, 2] })).not.toEqual(requestHash({ a: [2, 1] }));
});
