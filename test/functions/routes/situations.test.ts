import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { api } from '../../../contract/api.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import { Problem } from '../../../contract/errors.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Route } from '../../../contract/route.ts';
import type { Stream } from '../../../contract/stream.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { furnish } from '../../support/furnished.ts';
import type { Furnished, PersonId } from '../../support/furnished.ts';
import { httpOf } from '../../support/http.ts';
import type { Response } from '../../support/http.ts';
import { createStoredRows } from '../../support/stored-rows.ts';
import type { StoredRows } from '../../support/stored-rows.ts';
import { situations } from './situations.ts';

let app: TestApp;
let w: Furnished;
let stored: StoredRows;
let http: ReturnType<typeof httpOf>;
beforeAll(async () => {
  app = await createTestApp();
  w = await furnish(app, 'amberfox');
  app.time = new Date(app.time.getTime() + 60_000);
  http = httpOf(app);
  stored = await createStoredRows(app.test);
});
afterAll(() => app.test.drop());

const ask = (who: PersonId | 'loner', method: string, path: string, json?: unknown, headers?: Record<string, string>): Promise<Response> =>
  http({
    method,
    path: `/v1/workspaces/${w.workspaceId}${path}`,
    token: w.tokens[who],
    ...(json !== undefined && { json }),
    ...(headers && { headers }),
  });

/** Expects a problem with this code and field, and unchanged data. */
async function expectProblem(request: Parameters<typeof ask>, code: ErrorCode, field?: string): Promise<void> {
  const before = await stored.hashes();
  const { status, body } = await ask(...request);
  const problem = Problem.safeParse(body);
  expect({ code: problem.data?.code, body }).toEqual({ code, body: expect.anything() });
  expect(problem.data?.status).toBe(status);
  if (field !== undefined) expect(problem.data?.errors?.map(({ path }) => path)).toContain(field);
  expect(await stored.hashes()).toEqual(before);
}

for (const [group, rows] of Object.entries(situations)) {
  describe(`route matrix: ${group}`, () => {
    test.each(rows.map(([what, who, request, code, field]) => ({ what, who, request, code, field })))('$what: $code', async (row) => {
      await expectProblem([row.who, ...row.request(w)] as Parameters<typeof ask>, row.code, row.field);
    });
  });
}

const writing = [...Object.entries(api.streams), ...Object.entries(api.files)]
  .map(([name, route]) => ({ name, route: route as Route }))
  .filter(({ route }) => route.method !== 'GET');

describe('route matrix: an archived stream', () => {
  const archived: Record<string, { code: ErrorCode | 'fine'; who?: PersonId; json?: (w: Furnished) => unknown; userId?: string }> = {
    updateStream: { code: 'stream_archived', json: () => ({ name: 'Still here' }) },
    archiveStream: { code: 'fine' },
    promoteStream: { code: 'not_a_thread', json: () => ({ streamType: 'channel', name: 'x' }) },
    recoverStream: { code: 'wrong_stream_type' },
    joinStream: { code: 'stream_archived', who: 'cyd' },
    leaveStream: { code: 'fine', who: 'cyd' },
    inviteMembers: { code: 'stream_archived', json: () => ({ userIds: ['cyd'] }) },
    updateStreamMember: { code: 'stream_archived', userId: 'ada', json: () => ({ role: 'admin' }) },
    removeStreamMember: { code: 'stream_archived', userId: 'bob' },
    markRead: { code: 'fine', json: () => ({}) },
    markUnread: { code: 'fine', json: ({ events }) => ({ eventId: events.archived.id }) },
    postEvent: { code: 'stream_archived', json: () => ({ text: 'Anybody?' }) },
    editEvent: { code: 'stream_archived', json: () => ({ text: 'Anybody?' }) },
    deleteEvent: { code: 'stream_archived' },
    purgeVersions: { code: 'fine' },
    createThread: { code: 'stream_archived', json: ({ events }) => ({ eventId: events.archived.id }) },
    shareEvent: { code: 'stream_archived', json: ({ events }) => ({ eventId: events.message.id }) },
    addReaction: { code: 'stream_archived', json: () => ({ emoji: '👍' }) },
    removeReaction: { code: 'stream_archived' },
    castVotes: { code: 'stream_archived', json: () => ({ optionIds: [] }) },
    pinEvent: { code: 'stream_archived' },
    unpinEvent: { code: 'stream_archived' },
    createFile: { code: 'stream_archived', json: () => ({ name: 'a.png', mediaType: 'image/png', sizeBytes: 1 }) },
  };

  test('covers every route that writes into a stream', () => {
    const names = writing.filter(({ route }) => 'streamId' in route.params.shape).map(({ name }) => name);
    expect(Object.keys(archived).toSorted()).toEqual(names.toSorted());
  });

  test.each(Object.entries(archived).map(([name, row]) => ({ name, ...row })))(
    '$name: $code',
    async ({ name, who = 'ada', code, json, userId }) => {
      const { route } = writing.find((row) => row.name === name) as { route: Route };
      const ids: Record<string, string | undefined> = {
        workspaceId: w.workspaceId,
        streamId: w.streams.archived.id,
        eventId: w.events.archived.id,
        userId,
      };
      const path = route.path.replaceAll(/\{(\w+)\}/g, (_, id: string) => ids[id] ?? '');
      const query = name === 'removeReaction' ? { emoji: '👍' } : undefined;
      const before = await stored.hashes();
      const response = await http({ method: route.method, path, token: w.tokens[who], query, ...(json && { json: json(w) }) });
      expect({ code: response.body.code ?? 'fine', body: response.body }).toEqual({ code, body: expect.anything() });
      if (code !== 'fine') expect(await stored.hashes()).toEqual(before);
    },
  );

  test('archives its threads with it', async () => {
    const channel = (await ask('ada', 'POST', '/streams', { streamType: 'channel', name: 'Old' })).body as unknown as Stream;
    const root = (await ask('ada', 'POST', `/streams/${channel.id}/events`, { text: 'root' })).body as unknown as StreamEvent;
    const thread = (await ask('ada', 'POST', `/streams/${channel.id}/thread`, { eventId: root.id })).body as unknown as Stream;
    await ask('ada', 'DELETE', `/streams/${channel.id}`);
    await expectProblem(['ada', 'POST', `/streams/${thread.id}/events`, { text: 'more' }], 'stream_archived');
    await expectProblem(['ada', 'POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: 'Saved' }], 'stream_archived');
    expect((await ask('ada', 'PATCH', `/streams/${channel.id}`, { status: 'active' })).status).toBe(200);
    expect((await ask('ada', 'POST', `/streams/${thread.id}/events`, { text: 'more' })).status).toBe(201);
  });
});

describe('route matrix: a deleted event', () => {
  const deleted: Record<string, { code: ErrorCode | 'fine'; json?: unknown }> = {
    editEvent: { code: 'event_deleted', json: { text: 'Back' } },
    deleteEvent: { code: 'fine' },
    purgeVersions: { code: 'fine' },
    addReaction: { code: 'event_deleted', json: { emoji: '👍' } },
    removeReaction: { code: 'event_deleted' },
    castVotes: { code: 'event_deleted', json: { optionIds: [] } },
    pinEvent: { code: 'event_deleted' },
    unpinEvent: { code: 'event_deleted' },
  };
  test('covers every route that changes an event', () => {
    const names = writing.filter(({ route }) => 'eventId' in route.params.shape).map(({ name }) => name);
    expect(Object.keys(deleted).toSorted()).toEqual(names.toSorted());
  });
  test.each(Object.entries(deleted).map(([name, row]) => ({ name, ...row })))('$name: $code', async ({ name, code, json }) => {
    const { route } = writing.find((row) => row.name === name) as { route: Route };
    const ids: Record<string, string> = { workspaceId: w.workspaceId, streamId: w.streams.general.id, eventId: w.events.deleted.id };
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, id: string) => ids[id] ?? '');
    const query = name === 'removeReaction' ? { emoji: '👍' } : undefined;
    const before = await stored.hashes();
    const { body } = await http({ method: route.method, path, token: w.tokens.ada, query, ...(json !== undefined && { json }) });
    expect({ code: body.code ?? 'fine', body }).toEqual({ code, body: expect.anything() });
    // Repeating the deletion changes nothing either.
    expect(await stored.hashes()).toEqual(before);
  });
  test('takes no thread, cannot be shared, not even through a share, and shows no content', async () => {
    const { general } = w.streams;
    await expectProblem(['ada', 'POST', `/streams/${general.id}/thread`, { eventId: w.events.deleted.id }], 'event_deleted');
    await expectProblem(['ada', 'POST', `/streams/${general.id}/share`, { eventId: w.events.deleted.id }], 'event_deleted');
    const said = (await ask('bob', 'POST', `/streams/${general.id}/events`, { text: 'regret' })).body as unknown as StreamEvent;
    await ask('bob', 'PATCH', `/streams/${general.id}/events/${said.id}`, { text: 'deep regret' });
    const shared = (await ask('ada', 'POST', `/streams/${general.id}/share`, { eventId: said.id })).body as unknown as StreamEvent;
    await ask('bob', 'DELETE', `/streams/${general.id}/events/${said.id}`);
    await expectProblem(['ada', 'POST', `/streams/${general.id}/share`, { eventId: shared.id }], 'event_deleted');
    for (const path of [
      `/streams/${general.id}/events/${shared.id}`,
      `/streams/${general.id}/events/${said.id}`,
      `/streams/${general.id}/events`,
    ])
      expect(JSON.stringify((await ask('ada', 'GET', path)).body)).not.toContain('regret');
    expect((await ask('ada', 'GET', `/streams/${general.id}/events/${said.id}/versions`)).body).toEqual({ items: [] });
    const found = await http({ path: `/v1/workspaces/${w.workspaceId}/search`, token: w.tokens.ada, query: { q: 'regret' } });
    expect([found.status, found.body.items]).toEqual([200, []]);
  });
});

describe('route matrix: limits', () => {
  test('of mentions: a thousand unknown names are plain text, more than fifty people are refused', async () => {
    const path = `/streams/${w.streams.general.id}/events`;
    const many = Array.from({ length: 1_000 }, (_, n) => `@nobody${n} #none${n}`)
      .join(' ')
      .slice(0, 16_000);
    const before = app.db.statements;
    const posted = await ask('ada', 'POST', path, { text: many });
    expect([posted.status, (posted.body as unknown as StreamEvent).content?.mentions]).toEqual([201, []]);
    expect(app.db.statements - before).toBeLessThanOrEqual(8);
    const ids = Array.from({ length: 51 }, (_, n) => `person${n}`);
    for (const userId of ids) await http({ method: 'POST', path: '/v1/tokens', token: w.apiKey, json: { userId } });
    await expectProblem(['ada', 'POST', path, { text: ids.map((id) => `@${id}`).join(' ') }], 'invalid_input', 'body.text');
    const fifty = await ask('ada', 'POST', path, {
      text: ids
        .slice(1)
        .map((id) => `@${id}`)
        .join(' '),
    });
    expect((fifty.body as unknown as StreamEvent).content?.mentions).toHaveLength(50);
    const { id } = fifty.body as unknown as StreamEvent;
    await expectProblem(['ada', 'PATCH', `${path}/${id}`, { text: ids.map((one) => `@${one}`).join(' ') }], 'invalid_input', 'body.text');
  });

  test('of emoji on an event, and of pins in a stream', async () => {
    const { events, streams } = w;
    const emoji = '😀 😃 😄 😁 😆 😅 😂 🙃 😉 😊 😇 😋 😜 🤔 😴 😎 🥳 😢 😭 😡 🤯'.split(' ');
    const path = `/streams/${streams.general.id}/events/${events.plain.id}/reactions`;
    for (const one of emoji.slice(0, 20)) expect((await ask('ada', 'POST', path, { emoji: one })).status).toBe(200);
    await expectProblem(['ada', 'POST', path, { emoji: emoji[20] }], 'limit_reached');
    expect((await ask('bob', 'POST', path, { emoji: emoji[0] })).status).toBe(200);
    const channel = (await ask('ada', 'POST', '/streams', { streamType: 'channel', name: 'Board' })).body as unknown as Stream;
    const pin = async () => {
      const { body } = await ask('ada', 'POST', `/streams/${channel.id}/events`, { text: 'x' });
      return `/streams/${channel.id}/events/${body.id as string}/pin`;
    };
    for (let n = 0; n < 50; n++) await ask('ada', 'PUT', await pin());
    await expectProblem(['ada', 'PUT', await pin()], 'limit_reached');
    expect((await ask('ada', 'GET', `/streams/${channel.id}/pins`)).body.items).toHaveLength(50);
  });
});

describe('route matrix: a name taken by a hidden stream only', () => {
  test.each([
    ['created', 'POST', '/streams', { streamType: 'channel' }, { name: 'Secret' }],
    ['created with its slug', 'POST', '/streams', { streamType: 'channel', name: 'Other' }, { slug: 'secret' }],
  ])('is no conflict, and %s nothing tells of it', async (_how, method, path, json, wanted) => {
    const [[field, word]] = Object.entries(wanted) as [[string, string]];
    const text = field === 'slug' ? `${word}-${w.marker}` : `${word} ${w.marker}`;
    const { status, body } = await ask('bob', method, path, { ...json, [field]: text });
    expect([status, body.slug]).toEqual([201, `secret-${w.marker}`]);
    await giveUpSlug(body.id as string);
  });
  test('is no conflict in renaming and promoting either', async () => {
    const renamed = await ask('bob', 'PATCH', `/streams/${w.streams.outage.id}`, { name: `Secret ${w.marker}` });
    expect([renamed.status, renamed.body.slug]).toEqual([200, `secret-${w.marker}`]);
    await giveUpSlug(w.streams.outage.id);
    const promoted = await ask('bob', 'POST', `/streams/${w.streams.thread.id}/promote`, {
      streamType: 'channel',
      name: `Secret ${w.marker}`,
    });
    expect([promoted.status, promoted.body.slug]).toEqual([200, `secret-${w.marker}`]);
  });

  /** Renames a stream of bob's, which would be a visible one with the name from now on. */
  const giveUpSlug = (id: string) => ask('bob', 'PATCH', `/streams/${id}`, { name: `Was ${id}` });
});

describe('route matrix: streams branched from a private one', () => {
  test('become public only by callers who may publish the parent, also in two steps', async () => {
    const thread = `/streams/${w.streams.secretThread.id}`;
    const promoted = await ask('cyd', 'POST', `${thread}/promote`, { streamType: 'incident', name: 'Leak' });
    expect([promoted.status, promoted.body.role]).toEqual([200, 'owner']);
    await expectProblem(['cyd', 'PATCH', thread, { visibility: 'public' }], 'forbidden', 'body.visibility');
    await expectProblem(['cyd', 'PATCH', thread, { visibility: 'private' }], 'forbidden', 'body.visibility');
    await ask('cyd', 'POST', `${thread}/members`, { userIds: ['abe', 'ada'] });
    expect((await ask('ada', 'PATCH', thread, { visibility: 'private' })).status).toBe(200);
    await expectProblem(['cyd', 'PATCH', thread, { visibility: 'public' }], 'forbidden', 'body.visibility');
    await expectProblem(['bob', 'GET', thread], 'not_found');
    await expectProblem(['abe', 'PATCH', thread, { visibility: 'public' }], 'forbidden', 'body.visibility');
    expect((await ask('ada', 'PATCH', thread, { visibility: 'public' })).status).toBe(200);
    expect((await ask('bob', 'GET', thread)).status).toBe(200);
  });
});

describe('route matrix: repeated requests', () => {
  test('a stream, a message and a share with the same Idempotency-Key are one, for each caller', async () => {
    const headers = { 'idempotency-key': '"again"' };
    const twice = async (path: string, json: object) => {
      const first = await ask('ada', 'POST', path, json, headers);
      const before = await stored.hashes();
      const second = await ask('ada', 'POST', path, json, headers);
      expect([first.status, second.status, second.body.id]).toEqual([201, 200, first.body.id]);
      expect(await stored.hashes()).toEqual(before);
      const others = await ask('bob', 'POST', path, { ...json, ...('name' in json && { name: `Another ${String(json.name)}` }) }, headers);
      expect([others.status, others.body.id === first.body.id]).toEqual([201, false]);
    };
    await twice('/streams', { streamType: 'channel', name: 'Once only' });
    await twice(`/streams/${w.streams.general.id}/events`, { text: 'Once only' });
    await twice(`/streams/${w.streams.lobby.id}/share`, { eventId: w.events.message.id });
  });

  const twice: [string, PersonId, string, (w: Furnished) => string, unknown?][] = [
    ['joining', 'ada', 'POST', ({ streams }) => `/streams/${streams.general.id}/join`],
    ['leaving what one is not in', 'cyd', 'POST', ({ streams }) => `/streams/${streams.general.id}/leave`],
    [
      'a reaction',
      'bob',
      'POST',
      ({ streams, events }) => `/streams/${streams.general.id}/events/${events.message.id}/reactions`,
      { emoji: '👍' },
    ],
    ['a pin', 'bob', 'PUT', ({ streams, events }) => `/streams/${streams.general.id}/events/${events.message.id}/pin`],
    ['no pin', 'bob', 'DELETE', ({ streams, events }) => `/streams/${streams.general.id}/events/${events.plain.id}/pin`],
    [
      'a vote',
      'bob',
      'PUT',
      ({ streams, events }) => `/streams/${streams.general.id}/events/${events.poll.id}/votes`,
      { optionIds: ['opt_1', 'opt_1'] },
    ],
    [
      'the same text',
      'ada',
      'PATCH',
      ({ streams, events }) => `/streams/${streams.general.id}/events/${events.edited.id}`,
      { text: 'Second words amberfox' },
    ],
    ['archiving', 'ada', 'DELETE', ({ streams }) => `/streams/${streams.archived.id}`],
    [
      'the same settings',
      'ada',
      'PATCH',
      ({ streams }) => `/streams/${streams.general.id}`,
      { name: 'General amberfox', visibility: 'public' },
    ],
    ['the same role', 'ada', 'PATCH', () => '/members/bob', { role: 'member' }],
    ['the same DM', 'bob', 'POST', () => '/streams', { streamType: 'dm', memberIds: ['ada', 'bob', 'ada'] }],
    ['the same thread', 'ada', 'POST', ({ streams }) => `/streams/${streams.secret.id}/thread`, 'secretRoot'],
  ];
  test.each(twice.map(([what, who, method, path, json]) => ({ what, who, method, path, json })))(
    '$what changes nothing',
    async ({ who, method, path, json }) => {
      const before = await stored.hashes();
      const { status } = await ask(who, method, path(w), json === 'secretRoot' ? { eventId: w.events.secretRoot.id } : json);
      expect([200, 204]).toContain(status);
      expect(await stored.hashes()).toEqual(before);
    },
  );
});
