import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { api } from '../../../contract/api.ts';
import { newId } from '../../../contract/ids.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Route } from '../../../contract/route.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { furnish } from '../../support/furnished.ts';
import type { Furnished, PersonId } from '../../support/furnished.ts';
import { httpOf } from '../../support/http.ts';
import type { Request, Response } from '../../support/http.ts';
import { undone } from '../../support/undone.ts';
import { requestOf } from './cases.ts';
import { examplesIn } from './examples.ts';
import type { RouteName } from './examples.ts';

let app: TestApp;
let http: (request: Request) => Promise<Response>;
/** Sends a request and rolls back its changes. */
let dry: (request: Request) => Promise<Response>;
let w: Furnished;

beforeAll(async () => {
  app = await createTestApp();
  w = await furnish(app, 'amberfox');
  http = httpOf(app);
  dry = httpOf({ ...app, db: undone(app.db) });
});
afterAll(() => app.test.drop());

type StreamName = keyof Furnished['streams'];
/** Streams each person cannot see; all others of the workspace they can. */
const unseen: Record<'bob' | 'dee' | 'gus' | 'hal', readonly StreamName[]> = {
  bob: ['secret', 'secretThread'],
  dee: ['secret', 'secretThread', 'dm'],
  gus: ['secret', 'secretThread', 'dm', 'lobby', 'outage', 'archived'],
  hal: ['secret', 'secretThread', 'dm', 'lobby', 'outage', 'archived', 'general', 'thread', 'promoted'],
};
/** People with whom a guest has no common stream. */
const strangers: Partial<Record<PersonId, readonly string[]>> = {
  gus: ['cyd', 'dee', 'hal', 'una'],
  hal: ['ada', 'abe', 'bob', 'cyd', 'dee', 'gus', 'una'],
};
const people = Object.keys(unseen) as (keyof typeof unseen)[];

/** Lists words and ids that only occur in streams a person cannot see. */
function secretsOf(person: keyof typeof unseen): string[] {
  const { streams, events, epochs, files, marker } = w;
  const hidden = new Set<string>(unseen[person].map((name) => streams[name].id));
  const words: Partial<Record<StreamName, string[]>> = {
    secret: [w.hush, `Secret ${marker}`, files.secret, epochs.secret],
    dm: [w.whisper, epochs.dm],
    // A guest may read the name of a public stream in a member's message.
    lobby: [`Lobby ${marker}`],
    outage: [`Outage ${marker}`],
    archived: [`Archived ${marker}`, 'Long ago'],
    general: [`General ${marker}`, `general-${marker}`, 'Hello', files.posted, epochs.first, epochs.second, epochs.open],
    thread: ['A reply'],
    promoted: [`Fire ${marker}`, 'Water'],
  };
  return [
    ...unseen[person].flatMap((name) => words[name] ?? []),
    ...[...hidden].filter((id) => id !== streams.lobby.id),
    ...Object.values(events)
      .filter(({ streamId }) => hidden.has(streamId))
      .map(({ id }) => id),
    ...(strangers[person] ?? []).map((id) => `${id} ${marker}`),
    ...(strangers[person] ? [w.loner] : []),
  ];
}

const routes = Object.entries(api).flatMap(([group, rows]) =>
  Object.entries(rows).map(([name, route]) => ({ name: `${group}.${name}` as RouteName, route: route as Route })),
);
const forUsers = routes.filter(({ route }) => 'workspaceId' in route.params.shape && route.auth !== 'apiKey');

const at = (path: string) => `/v1/workspaces/${w.workspaceId}${path}`;
const as = (person: PersonId, method: string, path: string, json?: unknown): Request => ({
  method,
  path: at(path),
  token: w.tokens[person],
  ...(json !== undefined && { json }),
});
/** Removes the parts of a problem that are specific to one request. */
function problemOf({ status, body }: Response): unknown {
  const { instance: _, requestId: __, ...problem } = body;
  return { status, problem };
}

/** Generates every read request, with every id that exists. */
function* readings(person: PersonId): Generator<Request> {
  const streamIds = Object.values(w.streams).map(({ id }) => id);
  const eventIds = Object.values(w.events).map(({ id }) => id);
  const epochIds = Object.values(w.epochs);
  const values: Record<string, readonly string[]> = {
    streamId: streamIds,
    eventId: eventIds,
    fileId: Object.values(w.files),
    epochId: epochIds,
    targetId: epochIds,
  };
  const queries: Partial<Record<RouteName, Record<string, string>[]>> = {
    'streams.listStreams': [
      {},
      { status: 'any' },
      { sort: 'activity', status: 'any' },
      { member: 'true' },
      { member: 'false', status: 'any' },
      { type: 'thread', member: 'true' },
      { type: 'dm' },
      { q: 'e', status: 'any' },
      { q: 'Secret' },
      ...streamIds.map((parent) => ({ parent, status: 'any' })),
    ],
    'streams.searchEvents': [
      ...[w.hush, w.whisper, w.marker, 'hello', 'look', 'nobody', 'ago', 'water', 'words or deployed'].map((q) => ({ q })),
      ...streamIds.map((id) => ({ q: `${w.marker} or ${w.hush} or ${w.whisper}`, in: id })),
      ...['ada', 'cyd', 'bob'].map((from) => ({ q: `${w.marker} or ${w.hush}`, from })),
    ],
    'streams.listEvents': [{ limit: '200' }, { changedAfter: '0', limit: '200' }, { around: '3' }],
    'workspaces.listMembers': [{}, { q: 'dee' }, { q: w.marker }, { role: 'guest' }],
    'epochs.listRelated': [
      { rejected: 'true', limit: '20' },
      ...[w.hush, w.whisper, w.marker, 'between us two'].map((text) => ({ text, limit: '20' })),
    ],
    'epochs.listEpochRelated': [{ rejected: 'true', limit: '20' }],
    'epochs.searchMemory': [
      ...['keyword', 'vector', 'hybrid'].flatMap((mode) =>
        [w.hush, w.whisper, w.marker, 'between us two'].map((q) => ({ q, mode, limit: '100' })),
      ),
      ...streamIds.map((id) => ({ q: `${w.marker} ${w.hush} ${w.whisper}`, in: id })),
    ],
    'kit.listPresence': [{ userIds: people.join(',') }, ...streamIds.map((id) => ({ streamId: id }))],
    'notifications.listNotifications': [{}, { unread: 'true' }],
  };
  for (const { name, route } of forUsers.filter((one) => one.route.method === 'GET')) {
    const paths = Object.keys(route.params.shape).reduce(
      (all, param) =>
        all.flatMap((path) =>
          (values[param] ?? []).length > 0 && path.includes(`{${param}}`)
            ? (values[param] ?? []).map((id) => path.replace(`{${param}}`, id))
            : [path],
        ),
      [route.path.replace('{workspaceId}', w.workspaceId)],
    );
    for (const path of paths) for (const query of queries[name] ?? [{}]) yield { method: 'GET', path, query, token: w.tokens[person] };
  }
}

describe.each(people.map((person) => ({ person })))('isolation: $person inside the workspace', ({ person }) => {
  test('reads nothing of hidden streams, with any request', async () => {
    const secrets = secretsOf(person);
    const leaks: unknown[] = [];
    const answered = new Set<number>();
    let asked = 0;
    for (const request of readings(person)) {
      const { status, body } = await http(request);
      const text = JSON.stringify({ ...body, instance: '' });
      for (const secret of secrets.filter((word) => text.includes(word)))
        leaks.push({
          path: request.path,
          query: request.query,
          secret,
          around: text.slice(Math.max(0, text.indexOf(secret) - 60), text.indexOf(secret) + 60),
        });
      answered.add(status);
      asked++;
    }
    expect(leaks).toEqual([]);
    expect(asked).toBeGreaterThan(300);
    expect([...answered].filter((status) => ![200, 403, 404, 409].includes(status))).toEqual([]);
  });

  test('gets the same answer for hidden and for missing things, by every route', async () => {
    const { general, secret } = w.streams;
    const event = w.events.secretRoot;
    const examples = examplesIn(w);
    const swap = (value: unknown, streamId: string, eventId: string): unknown =>
      JSON.parse(
        Object.values(w.events)
          .reduce((text, { id }) => text.replaceAll(id, eventId), JSON.stringify(value ?? {}))
          .replaceAll(general.id, streamId),
      );
    const different: unknown[] = [];
    for (const { name, route } of forUsers.filter((one) => 'streamId' in one.route.params.shape)) {
      const example = examples[name as keyof typeof examples] as { params?: object; bodies?: readonly object[] };
      for (const body of example.bodies ?? [undefined]) {
        const ask = async (streamId: string, eventId: string) => {
          const params = { ...example.params, streamId, ...('eventId' in route.params.shape && { eventId }) };
          const request = requestOf({ name, route, example: { ...example, params } }, w);
          return dry({ ...request, token: w.tokens[person], ...(body && { json: swap(body, streamId, eventId) }) });
        };
        const [hidden, unknown] = [await ask(secret.id, event.id), await ask(newId('stream'), newId('event'))];
        expect({ name, code: hidden.body.code }).toEqual({ name, code: 'not_found' });
        if (JSON.stringify(problemOf(hidden)) !== JSON.stringify(problemOf(unknown)))
          different.push({ name, hidden: problemOf(hidden), unknown: problemOf(unknown) });
        // An event of a hidden stream, under the path of a visible one.
        const open = person === 'hal' ? undefined : general.id;
        if (open === undefined || !('eventId' in route.params.shape || JSON.stringify(body ?? {}).includes('evt_'))) continue;
        const [strange, none] = [await ask(open, event.id), await ask(open, newId('event'))];
        if (JSON.stringify(problemOf(strange)) !== JSON.stringify(problemOf(none)))
          different.push({ name, strange: problemOf(strange), none: problemOf(none) });
        expect({ name, code: ['forbidden', 'not_found'].includes(strange.body.code as string) }).toEqual({ name, code: true });
      }
    }
    expect(different).toEqual([]);
  });

  test('has a badge equal to their visible activity', async () => {
    const { body } = await http({ ...as(person, 'GET', '/notifications'), query: { unread: 'true', limit: '200' } });
    const { unreadNotifications } = (await http(as(person, 'GET', '/bootstrap'))).body;
    const personal = (body.items as { kind: string }[]).filter(({ kind }) => kind !== 'here');
    expect(unreadNotifications).toBe(personal.length);
  });
});

describe('isolation: references to a private stream', () => {
  test('a shared event shows its original only to its readers', async () => {
    const path = `/streams/${w.streams.general.id}/events/${w.events.sharedSecret.id}`;
    const states: Record<string, unknown> = {};
    for (const person of ['ada', 'cyd', 'bob', 'dee', 'gus'] as const) {
      const { sharedRef } = (await http(as(person, 'GET', path))).body as unknown as StreamEvent;
      states[person] = sharedRef?.preview;
    }
    const visible = expect.objectContaining({ state: 'visible', text: expect.stringContaining(w.hush) });
    const hidden = { state: 'hidden' };
    expect(states).toEqual({ ada: visible, cyd: visible, bob: hidden, dee: hidden, gus: hidden });
  });

  test('its slug in a public text reveals only the typed text', async () => {
    const { body } = await http(as('bob', 'GET', `/streams/${w.streams.general.id}/events/${w.events.named.id}`));
    const { content } = body as unknown as StreamEvent;
    expect(content?.mentions).toEqual([{ type: 'stream', id: w.streams.lobby.id, label: `lobby-${w.marker}` }]);
    // All readers see the target, so the mention links to it.
    for (const stream of [w.streams.secret, w.streams.secretThread]) {
      const said = await dry(as('cyd', 'POST', `/streams/${stream.id}/events`, { text: `Back in #secret-${w.marker}` }));
      expect((said.body as unknown as StreamEvent).content?.mentions).toMatchObject([{ type: 'stream', id: w.streams.secret.id }]);
    }
    // Authors who cannot see the target cannot link to it.
    const guessed = await dry(as('bob', 'POST', `/streams/${w.streams.general.id}/events`, { text: `Is there a #secret-${w.marker}?` }));
    expect((guessed.body as unknown as StreamEvent).content?.mentions).toEqual([]);
  });

  test('a mention in it does not notify members who cannot see it', async () => {
    const { body } = await http(as('bob', 'GET', '/notifications'));
    expect(JSON.stringify(body)).not.toContain(w.streams.secret.id);
    const { rows } = await app.test.owner.query(`select from notifications where user_id = 'bob' and stream_id = $1`, [
      w.streams.secret.id,
    ]);
    expect(rows).toEqual([]);
  });

  test('a removed member sees nothing of it, neither in lists nor in counts', async () => {
    const { secret } = w.streams;
    await http(as('ada', 'POST', `/streams/${secret.id}/members`, { userIds: ['dee'] }));
    await http(as('ada', 'POST', `/streams/${w.streams.secretThread.id}/events`, { text: `@dee ${w.hush}` }));
    await http(as('ada', 'POST', `/streams/${secret.id}/events`, { text: `@dee and @here ${w.hush}` }));
    const activity = async () =>
      ((await http({ ...as('dee', 'GET', '/notifications'), query: { unread: 'true' } })).body.items as unknown[]).length;
    const badge = async () => (await http(as('dee', 'GET', '/bootstrap'))).body.unreadNotifications;
    // Invited once and mentioned twice; the @here is an extra, counted by the stream.
    expect([await activity(), await badge()]).toEqual([4, 3]);
    await http(as('ada', 'DELETE', `/streams/${secret.id}/members/dee`));
    expect([await activity(), await badge()]).toEqual([0, 0]);
    const left = await http(as('dee', 'POST', '/notifications/read', { upTo: newId('notification') }));
    expect(left.body).toEqual({ unreadNotifications: 0 });
    const text = JSON.stringify([
      (await http(as('dee', 'GET', '/bootstrap'))).body,
      (await http({ ...as('dee', 'GET', '/search'), query: { q: w.hush } })).body,
    ]);
    expect(text).not.toContain(secret.id);
    expect(text).not.toContain(w.hush);
  });
});

describe('isolation: members who lose visibility', () => {
  const numbers = async () => {
    const { items } = (await http({ ...as('dee', 'GET', '/notifications'), query: { unread: 'true' } })).body as { items: unknown[] };
    return [items.length, (await http(as('dee', 'GET', '/bootstrap'))).body.unreadNotifications];
  };

  test('by a stream made private: it leaves activity and badge, with its threads', async () => {
    const { body: stream } = await http(as('bob', 'POST', '/streams', { streamType: 'channel', name: 'Soon closed' }));
    const path = `/streams/${stream.id as string}`;
    const { body: root } = await http(as('bob', 'POST', `${path}/events`, { text: '@dee one' }));
    const { body: thread } = await http(as('bob', 'POST', `${path}/thread`, { eventId: root.id }));
    await http(as('bob', 'POST', `/streams/${thread.id as string}/events`, { text: '@dee two' }));
    expect(await numbers()).toEqual([2, 2]);
    await http(as('bob', 'PATCH', path, { visibility: 'private' }));
    expect(await numbers()).toEqual([0, 0]);
  });

  test('by becoming a guest', async () => {
    await http(as('abe', 'POST', `/streams/${w.streams.lobby.id}/events`, { text: '@dee public' }));
    const { body: kept } = await http(as('bob', 'POST', '/streams', { streamType: 'channel', name: 'With dee' }));
    await http(as('bob', 'POST', `/streams/${kept.id as string}/members`, { userIds: ['dee'] }));
    expect(await numbers()).toEqual([2, 2]);
    await http(as('ada', 'PATCH', '/members/dee', { role: 'guest' }));
    expect(await numbers()).toEqual([1, 1]);
    const activity = (await http(as('dee', 'GET', '/notifications'))).body.items as { kind: string; streamId: string }[];
    expect(activity.map(({ kind, streamId }) => [kind, streamId])).toEqual([['invited', kept.id]]);
    await http(as('ada', 'PATCH', '/members/dee', { role: 'member' }));
  });
});

describe('isolation: a guest and people without a common stream', () => {
  const gus = (method: string, path: string, json?: unknown) => dry(as('gus', method, path, json));
  const same = (one: Response, other: Response, id: string) =>
    expect(JSON.stringify(problemOf(one)).replaceAll(id, 'nobody')).toBe(JSON.stringify(problemOf(other)));

  test('cannot write to them, nor detect them', async () => {
    const [dee, nobody] = [
      await gus('POST', '/streams', { streamType: 'dm', memberIds: ['dee'] }),
      await gus('POST', '/streams', { streamType: 'dm', memberIds: ['nobody'] }),
    ];
    expect(dee.body.code).toBe('invalid_input');
    same(dee, nobody, 'dee');
    expect((await gus('POST', '/streams', { streamType: 'dm', memberIds: ['bob'] })).status).toBe(201);
    for (const [method, path, json] of [
      ['PATCH', '/members/dee', { role: 'guest' }],
      ['DELETE', '/members/dee', undefined],
      ['DELETE', `/streams/${w.streams.general.id}/members/dee`, undefined],
      ['POST', `/streams/${w.streams.general.id}/members`, { userIds: ['dee'] }],
    ] as const) {
      const swapped = json === undefined ? undefined : (JSON.parse(JSON.stringify(json).replaceAll('dee', 'nobody')) as unknown);
      same(await gus(method, path, json), await gus(method, path.replace('dee', 'nobody'), swapped), 'dee');
    }
  });

  test('cannot learn their names by mentioning them', async () => {
    const path = `/streams/${w.streams.general.id}/events`;
    const { body } = await gus('POST', path, { text: '@dee and @bob', mentions: [{ type: 'user', id: 'cyd' }] });
    expect((body as unknown as StreamEvent).content?.mentions).toEqual([{ type: 'user', id: 'bob', label: `bob ${w.marker}` }]);
  });

  test('see each other in the member list of a common stream', async () => {
    const { body } = await http(as('gus', 'GET', '/members'));
    expect((body.items as { id: string }[]).map(({ id }) => id)).toEqual(['abe', 'ada', 'bob', 'gus']);
    expect(((await http(as('hal', 'GET', '/members'))).body.items as { id: string }[]).map(({ id }) => id)).toEqual(['hal']);
  });
});
