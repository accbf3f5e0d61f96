import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { api } from '../../../contract/api.ts';
import { room } from '../../../contract/frames.ts';
import { idPrefixes, newId, UserId, WorkspaceId } from '../../../contract/ids.ts';
import type { IdKind } from '../../../contract/ids.ts';
import type { Route } from '../../../contract/route.ts';
import { accessRooms } from '../../../functions/streams/streams/room-heads.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { furnish } from '../../support/furnished.ts';
import type { Furnished } from '../../support/furnished.ts';
import { httpOf } from '../../support/http.ts';
import type { Request, Response } from '../../support/http.ts';
import { createStoredRows } from '../../support/stored-rows.ts';
import type { StoredRows } from '../../support/stored-rows.ts';
import { undone } from '../../support/undone.ts';
import { requestOf } from './cases.ts';
import { examplesIn } from './examples.ts';
import type { Example, RouteName, Row } from './examples.ts';

const routes = Object.entries(api).flatMap(([group, rows]) =>
  Object.entries(rows).map(([name, route]) => ({ name: `${group}.${name}` as RouteName, route: route as Route })),
);
const inWorkspace = routes.filter(({ route }) => 'workspaceId' in route.params.shape);

let app: TestApp;
let http: (request: Request) => Promise<Response>;
let stored: StoredRows;
const tenants = {} as Record<Side, Furnished>;
const ids = {} as Record<Side, readonly string[]>;
type Side = 'amberfox' | 'blueheron';
const directions: { mine: Side; theirs: Side }[] = [
  { mine: 'amberfox', theirs: 'blueheron' },
  { mine: 'blueheron', theirs: 'amberfox' },
];

const anyId = new RegExp(`\\b(?:${Object.values(idPrefixes).join('|')})_[0-9a-hjkmnp-tv-z]{26}\\b`, 'g');

beforeAll(async () => {
  app = await createTestApp();
  http = httpOf(app);
  stored = await createStoredRows(app.test);
  for (const side of ['amberfox', 'blueheron'] as const) tenants[side] = await furnish(app, side);
  for (const side of ['amberfox', 'blueheron'] as const) {
    ids[side] = [...new Set((await stored.text(tenants[side].workspaceId)).match(anyId))];
  }
});
afterAll(() => app.test.drop());

const rowOf = ({ name, route }: { name: RouteName; route: Route }, side: Side): Row => ({
  name,
  route,
  example: examplesIn(tenants[side])[name as keyof ReturnType<typeof examplesIn>],
});

/** Text of an answer without the path, ids and words that the request itself contained. */
function disclosedBy({ body, headers }: Response, request: Request): string {
  const said = JSON.stringify([request.path, request.query, request.json]);
  const words = new Set([
    ...(said.match(anyId) ?? []),
    ...(said.match(/only-\w+/g) ?? []),
    ...(said.match(/\b(amberfox|blueheron)\b/g) ?? []),
  ]);
  return [...words].reduce((text, word) => text.replaceAll(word, ''), JSON.stringify([{ ...body, instance: '' }, headers]));
}

/** Sends a request as a member of one workspace and expects nothing of the other in the answer. */
async function ask(request: Request, theirs: Side, through = http): Promise<Response> {
  const response = await through(request);
  expect({ request, leaked: leaksIn(disclosedBy(response, request), [theirs, ...ids[theirs]]) }).toEqual({ request, leaked: [] });
  return response;
}

/** Finds those of the words that a text contains, each with the text around it. */
function leaksIn(text: string, words: readonly string[]): string[] {
  return words
    .filter((word) => text.includes(word))
    .map((word) => text.slice(Math.max(0, text.indexOf(word) - 80), text.indexOf(word) + 80));
}

/** Removes the parts of a problem that are specific to one request. */
function problemOf({ status, body }: Response): unknown {
  const { instance: _, requestId: __, ...problem } = body;
  return { status, problem };
}

const kindOf = Object.fromEntries(Object.entries(idPrefixes).map(([kind, prefix]) => [prefix, kind])) as Record<string, IdKind>;
/** Replaces an id by an unknown one of the same kind; returns other texts unchanged. */
const unknownLike = (text: string): string => {
  if (text.startsWith('only-')) return 'nobody';
  const kind = kindOf[text.split('_')[0] ?? ''];
  return kind === undefined || text.replace(anyId, '') !== '' ? text : newId(kind);
};

/** Replaces every text in which two examples differ. */
function replaceIds(mine: unknown, theirs: unknown, put: (theirs: string) => string): unknown {
  if (typeof mine === 'string') return mine === theirs || typeof theirs !== 'string' ? mine : put(theirs);
  if (typeof mine !== 'object' || mine === null || typeof theirs !== 'object' || theirs === null) return mine;
  if (Array.isArray(mine)) return mine.map((item, index) => replaceIds(item, (theirs as unknown[])[index], put));
  return Object.fromEntries(
    Object.entries(mine).map(([key, value]) => [key, replaceIds(value, (theirs as Record<string, unknown>)[key], put)]),
  );
}

describe.each(directions)('isolation: signed in to $mine, $theirs', ({ mine, theirs }) => {
  let untouched: Record<string, string>;
  beforeAll(async () => {
    untouched = await stored.hashes(tenants[theirs].workspaceId);
  });
  const tokenOf = ({ as = 'ada' }: Example) => (as === 'apiKey' ? tenants[mine].apiKey : tenants[mine].tokens[as]);

  test.each(inWorkspace)('does not exist: $name', async (route) => {
    const { example } = rowOf(route, theirs);
    const tokens = route.route.auth === 'userOrApiKey' ? [tokenOf(example), tenants[mine].apiKey] : [tokenOf(example)];
    for (const token of tokens) {
      for (const json of example.bodies ?? [undefined]) {
        const request = { ...requestOf(rowOf(route, theirs), tenants[theirs]), token, ...(json && { json }) };
        const unknown = { ...request, path: request.path.replace(tenants[theirs].workspaceId, newId('workspace')) };
        const response = await ask(request, theirs);
        expect(response.body.code).toBe('not_found');
        expect(problemOf(response)).toEqual(problemOf(await ask(unknown, theirs)));
      }
    }
  });

  const withIds = inWorkspace.filter(({ route }) => Object.keys(route.params.shape).length > 1);
  test.each(withIds)('has only ids that are unknown here: $name', async (route) => {
    const [own, other] = [rowOf(route, mine), rowOf(route, theirs)];
    const names = Object.keys(route.route.params.shape).filter((name) => name !== 'workspaceId');
    // Each id alone, and all together.
    for (const replaced of [...names.map((name) => [name]), names]) {
      const at = (pick: (name: string) => string) =>
        requestOf(
          {
            ...own,
            example: {
              ...own.example,
              params: { ...own.example.params, ...Object.fromEntries(replaced.map((name) => [name, pick(name)])) },
            },
          },
          tenants[mine],
        );
      const foreign = await ask(
        at((name) => (name === 'userId' ? tenants[theirs].loner : (other.example.params?.[name] ?? ''))),
        theirs,
      );
      const unknown = await ask(
        at((name) => (name === 'userId' ? 'nobody' : unknownLike(own.example.params?.[name] ?? ''))),
        theirs,
      );
      expect(foreign.body.code).toBe('not_found');
      expect(problemOf(foreign)).toEqual(problemOf(unknown));
    }
  });

  test.each(inWorkspace)('has nothing that a body or a query can refer to: $name', async (route) => {
    const [own, other] = [rowOf(route, mine), rowOf(route, theirs)];
    const { bodies = [undefined], query } = own.example;
    for (const [index, body] of bodies.entries()) {
      const sent = (put: (id: string) => string): Request => ({
        ...requestOf(own, tenants[mine]),
        ...(query && {
          query: Object.fromEntries(
            Object.entries(replaceIds(query, other.example.query, put) as Record<string, string>).filter(([, value]) => value !== ''),
          ),
        }),
        ...(body && { json: replaceIds(body, other.example.bodies?.[index], put) }),
      });
      const [foreign, unknown] = [sent((id) => id), sent(unknownLike)];
      if (JSON.stringify(foreign) === JSON.stringify(unknown)) continue;
      const [answer, same] = [await ask(foreign, theirs), await ask(unknown, theirs)];
      expect({ foreign, status: answer.status, code: answer.body.code }).toEqual({ foreign, status: same.status, code: same.body.code });
      const blurred = (response: Response) => JSON.stringify(problemOf(response)).replaceAll(anyId, 'an id');
      if (answer.status >= 400) expect(blurred(answer)).toBe(blurred(same));
      else if (route.name !== 'notifications.markNotificationsRead') expect(answer.body).toMatchObject({ items: [] });
    }
  });

  test('has no member who can be invited, written to, mentioned, found, given a role or removed', async () => {
    const { workspaceId, tokens, streams } = tenants[mine];
    const at = `/v1/workspaces/${workspaceId}`;
    const both = (build: (userId: string) => Request) =>
      Promise.all([tenants[theirs].loner, 'nobody'].map((userId) => ask({ ...build(userId), token: tokens.ada }, theirs)));
    const codes: string[] = [];
    for (const build of [
      (id: string): Request => ({ method: 'POST', path: `${at}/streams/${streams.general.id}/members`, json: { userIds: [id] } }),
      (id: string): Request => ({ method: 'POST', path: `${at}/streams`, json: { streamType: 'dm', memberIds: [id] } }),
      (id: string): Request => ({ method: 'PATCH', path: `${at}/members/${id}`, json: { role: 'guest' } }),
      (id: string): Request => ({ method: 'DELETE', path: `${at}/members/${id}` }),
      (id: string): Request => ({ method: 'PATCH', path: `${at}/streams/${streams.general.id}/members/${id}`, json: { role: 'admin' } }),
      (id: string): Request => ({ method: 'DELETE', path: `${at}/streams/${streams.general.id}/members/${id}` }),
    ]) {
      const [foreign, unknown] = await both(build);
      codes.push(foreign?.body.code as string);
      expect(JSON.stringify(problemOf(foreign as Response)).replaceAll(tenants[theirs].loner, 'nobody')).toBe(
        JSON.stringify(problemOf(unknown as Response)),
      );
    }
    expect(codes).toEqual(['invalid_input', 'invalid_input', 'not_found', 'not_found', 'not_found', 'not_found']);
    // Writes here would be in our own workspace, so they are rolled back.
    const dry = httpOf({ ...app, db: undone(app.db) });
    for (const id of [tenants[theirs].loner, 'nobody']) {
      const json = { text: `Hello @${id}`, mentions: [{ type: 'user', id }] };
      const { status, body } = await ask(
        { method: 'POST', path: `${at}/streams/${streams.general.id}/events`, token: tokens.ada, json },
        theirs,
        dry,
      );
      expect([status, body.content]).toEqual([201, { text: json.text, mentions: [] }]);
    }
    for (const { body } of await both((from) => ({ path: `${at}/search`, query: { q: 'hello', from } }))) expect(body.items).toEqual([]);
  });

  test('appears in no answer here, for any caller', async () => {
    const { workspaceId, tokens, apiKey } = tenants[mine];
    for (const token of [...Object.values(tokens), apiKey]) {
      for (const route of inWorkspace.filter(({ route }) => route.method === 'GET'))
        await ask({ ...requestOf(rowOf(route, mine), tenants[mine]), token }, theirs);
      for (const q of [theirs, tenants[theirs].hush, tenants[theirs].whisper, `"${theirs}" or water or hello`]) {
        for (const path of ['search', 'streams', 'members']) {
          const { body } = await ask({ path: `/v1/workspaces/${workspaceId}/${path}`, query: { q }, token }, theirs);
          if (!q.includes('or')) expect(body.items ?? []).toEqual([]);
        }
      }
    }
  });

  test('is not reachable by its cursors', async () => {
    const lists = inWorkspace.filter(({ route }) =>
      JSON.stringify(Object.keys(route.query instanceof Object && 'shape' in route.query ? (route.query.shape as object) : {})).includes(
        'cursor',
      ),
    );
    const turned: string[] = [];
    for (const route of lists) {
      for (const sort of route.name === 'streams.listStreams' ? ['name', 'activity'] : [undefined]) {
        const query = { limit: '1', ...(route.name === 'streams.searchEvents' && { q: 'hello or words or look' }), ...(sort && { sort }) };
        const { body } = await http({ ...requestOf(rowOf(route, theirs), tenants[theirs]), query });
        // Their own export of a person stands in their audit log.
        if (route.name === 'retention.exportMember')
          untouched['audit_log'] = (await stored.hashes(tenants[theirs].workspaceId))['audit_log'] ?? '';
        if (typeof body.nextCursor !== 'string') continue;
        turned.push(route.name);
        const answer = await ask(
          { ...requestOf(rowOf(route, mine), tenants[mine]), query: { ...query, limit: '50', cursor: body.nextCursor } },
          theirs,
        );
        expect([200, 400]).toContain(answer.status);
      }
    }
    expect(turned.length).toBeGreaterThanOrEqual(7);
  });

  test('has no rooms to subscribe to', async () => {
    const [own, other] = [tenants[mine], tenants[theirs]];
    const caller = { kind: 'user', workspaceId: WorkspaceId.parse(own.workspaceId), userId: UserId.parse('ada') } as const;
    const streamIds = Object.values(other.streams).map(({ id }) => id);
    const rooms = [other.workspaceId, own.workspaceId].flatMap((ws) => streamIds.map((id) => room.stream(ws, id)));
    rooms.push(room.workspace(other.workspaceId), room.user(other.workspaceId, 'ada'), room.user(own.workspaceId, other.loner));
    expect([...(await app.db.transaction(own, (tx) => accessRooms(tx, caller, rooms))).keys()]).toEqual([]);
  });

  test('accepts no token of ours, not even one that names it', async () => {
    const [, , signature] = tenants[mine].tokens.ada.split('.');
    const [head, claims] = tenants[theirs].tokens.ada.split('.');
    const { body } = await http({ path: `/v1/workspaces/${tenants[theirs].workspaceId}`, token: `${head}.${claims}.${signature}` });
    expect(body.code).toBe('unauthenticated');
    const key = tenants[mine].apiKey.replace(tenants[mine].workspaceId, tenants[theirs].workspaceId);
    expect((await http({ path: `/v1/workspaces/${tenants[theirs].workspaceId}/providers`, token: key })).body.code).toBe('unauthenticated');
  });

  test('is unchanged, and its rooms got no frame', async () => {
    const { workspaceId } = tenants[theirs];
    expect(await stored.hashes(workspaceId)).toEqual(untouched);
    const { rows } = await app.test.owner.query('select room, payload::text as payload from outbox where workspace_id = $1', [
      tenants[mine].workspaceId,
    ]);
    for (const { room: audience, payload } of rows as { room: string; payload: string }[]) {
      expect(audience).toContain(tenants[mine].workspaceId);
      expect(ids[theirs].filter((id) => payload.includes(id))).toEqual([]);
    }
  });
});
