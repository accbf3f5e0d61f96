import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { api } from '../../../contract/api.ts';
import { keyScopes } from '../../../contract/api-key.ts';
import type { ApiKey } from '../../../contract/api-key.ts';
import type { Route } from '../../../contract/route.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import { aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { httpOf } from '../../support/http.ts';
import type { Response } from '../../support/http.ts';

let app: TestApp;
let http: ReturnType<typeof httpOf>;
let workspaceId: UserCaller['workspaceId'];
let first: string;

beforeAll(async () => {
  app = await createTestApp();
  http = httpOf(app);
});
afterAll(() => app.test.drop());
beforeEach(async () => {
  ({ workspaceId, apiKey: first } = await aWorkspace(app));
});

const at = (path: string) => `/v1/workspaces/${workspaceId}${path}`;
const mint = (token: string, json: object) => http({ method: 'POST', path: '/v1/tokens', token, json });
const tokenOf = async (userId: string, role: string) => (await mint(first, { userId, role })).body.token as string;
const create = (token: string, json: object) => http({ method: 'POST', path: at('/keys'), token, json: { name: 'A key', ...json } });
const rotate = (token: string, keyId: string, json: object = {}) =>
  http({ method: 'POST', path: at(`/keys/${keyId}/rotate`), token, json });
const revoke = (token: string, keyId: string) => http({ method: 'DELETE', path: at(`/keys/${keyId}`), token });
const list = (token: string, query?: Record<string, string>) => http({ path: at('/keys'), token, ...(query && { query }) });
const madeOf = ({ body }: Response) => body as unknown as { key: ApiKey; secret: string };
const aKey = async (...scopes: string[]) => madeOf(await create(first, { scopes }));
const works = async (secret: string) => (await mint(secret, { userId: 'probe' })).status;
const wait = (seconds: number) => (app.time = new Date(app.time.getTime() + seconds * 1000));
const idOf = (secret: string) => /^sbk_(key_[0-9a-z]{26})_/.exec(secret)?.[1] ?? '';

describe('scopes', () => {
  const routes = Object.values(api).flatMap((group) => Object.values(group) as Route[]);

  test('stand at every route that takes an API key, and at no other', () => {
    for (const { method, path, auth, scope } of routes)
      expect({ route: `${method} ${path}`, scoped: scope !== undefined }).toEqual({
        route: `${method} ${path}`,
        scoped: auth === 'apiKey' || auth === 'userOrApiKey',
      });
    expect(new Set(routes.flatMap(({ scope }) => scope ?? []))).toEqual(new Set(keyScopes));
  });

  test('are needed at every route: a key with all others gets 403 with the scope that is missing', async () => {
    const keys = new Map<string, string>();
    for (const scope of keyScopes) keys.set(scope, (await aKey(...keyScopes.filter((other) => other !== scope))).secret);
    for (const { method, path, scope } of routes) {
      if (scope === undefined) continue;
      const ids: Record<string, string> = { workspaceId, userId: 'x', keyId: idOf(first) };
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');
      const answer = await http({ method, path: address, token: keys.get(scope) ?? '', json: {} });
      expect([method, address, answer.status, answer.body.code, answer.body.detail]).toEqual([
        method,
        address,
        403,
        'forbidden',
        `The API key needs the scope "${scope}".`,
      ]);
    }
  });

  test('of tokens give no token of a member who becomes an owner meanwhile', async () => {
    const { secret } = await aKey('tokens');
    await tokenOf('bob', 'member');
    const db: TestApp['db'] = {
      ...app.db,
      async transaction(...given) {
        if (given[2] === 'shared') await app.test.owner.query(`update workspace_members set role = 'owner' where user_id = 'bob'`);
        return app.db.transaction(...given);
      },
    };
    const late = httpOf(Object.assign(Object.create(app) as TestApp, { db }));
    const answer = await late({ method: 'POST', path: '/v1/tokens', token: secret, json: { userId: 'bob', name: 'Robert' } });
    expect(answer.body.code).toBe('forbidden');
  });

  test('of tokens make no owner and no admin, change no role and restore nobody', async () => {
    const { secret } = await aKey('tokens');
    await tokenOf('ada', 'owner');
    await tokenOf('bob', 'member');
    await tokenOf('una', 'member');
    await http({ method: 'DELETE', path: at('/members/una'), token: first });
    for (const json of [
      { userId: 'new', role: 'owner' },
      { userId: 'new', role: 'admin' },
      { userId: 'ada' },
      { userId: 'bob', role: 'owner' },
      { userId: 'bob', role: 'guest' },
      { userId: 'una', restore: true },
    ])
      expect([json, (await mint(secret, json)).status]).toEqual([json, 403]);
    const { rows } = await app.test.owner.query(
      'select user_id, role, removed_at is null as here from workspace_members where workspace_id = $1',
      [workspaceId],
    );
    expect((rows as { user_id: string }[]).toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1))).toEqual([
      { user_id: 'ada', role: 'owner', here: true },
      { user_id: 'bob', role: 'member', here: true },
      { user_id: 'una', role: 'member', here: false },
    ]);
    for (const json of [
      { userId: 'bob', name: 'Bob' },
      { userId: 'guest', role: 'guest' },
    ])
      expect((await mint(secret, json)).status).toBe(200);
    const both = await aKey('tokens', 'members');
    expect((await mint(both.secret, { userId: 'new', role: 'owner' })).status).toBe(200);
  });

  test('do not grow: a key gives, and gets by rotation, only scopes that it has', async () => {
    const { secret } = await aKey('keys', 'tokens');
    expect((await create(secret, { scopes: ['tokens', 'transfer'] })).body.detail).toContain('transfer');
    expect((await create(secret, { scopes: ['tokens'] })).status).toBe(201);
    expect((await rotate(secret, idOf(first))).status).toBe(403);
    expect(await works(first)).toBe(200);
    expect((await list(secret)).body.items).toHaveLength(3);
  });

  test('unknown, none, or twice the same', async () => {
    expect((await create(first, { scopes: [] })).status).toBe(400);
    expect((await create(first, { scopes: ['everything'] })).status).toBe(400);
    expect((await aKey('tokens', 'tokens')).key.scopes).toEqual(['tokens']);
    const { key, secret } = await aKey('tokens');
    await app.test.owner.query(`update api_keys set scopes = '{of_a_later_release}' where id = $1`, [key.id]);
    expect(await works(secret)).toBe(403);
  });
});

describe('keys', () => {
  test('are managed by owners, by nobody else who is a member, and by no other workspace', async () => {
    const owner = await tokenOf('ada', 'owner');
    const { key } = madeOf(await create(owner, { scopes: ['tokens'] }));
    expect(key).toMatchObject({ createdBy: 'ada', scopes: ['tokens'], expiresAt: null, lastUsedAt: null, revokedAt: null });
    for (const role of ['admin', 'member', 'guest']) {
      const token = await tokenOf(role, role);
      for (const answer of [
        await list(token),
        await create(token, { scopes: ['tokens'] }),
        await rotate(token, key.id),
        await revoke(token, key.id),
      ])
        expect(answer.status).toBe(403);
    }
    const other = await aWorkspace(app);
    for (const answer of [
      await http({ method: 'DELETE', path: `/v1/workspaces/${other.workspaceId}/keys/${key.id}`, token: other.apiKey }),
      await http({ method: 'POST', path: `/v1/workspaces/${other.workspaceId}/keys/${key.id}/rotate`, token: other.apiKey, json: {} }),
      await revoke(other.apiKey, key.id),
    ])
      expect(answer.status).toBe(404);
    const kept = (await list(owner)).body.items as ApiKey[];
    expect(kept.find(({ id }) => id === key.id)).toMatchObject({ revokedAt: null });
    expect(kept.find(({ id }) => id === idOf(first))).toMatchObject({ scopes: keyScopes, revokedAt: null });
  });

  test('show their secret once, in no list, and store only its hash', async () => {
    const { key, secret } = await aKey('tokens');
    const [, , , random = ''] = secret.split('_').slice(-4);
    expect(random).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify((await list(first)).body)).not.toContain(random);
    const { rows } = await app.test.owner.query('select * from api_keys where id = $1', [key.id]);
    expect(JSON.stringify(rows)).not.toContain(random);
  });

  test('are listed in pages, newest first', async () => {
    const ids = [idOf(first)];
    for (let i = 0; i < 4; i++) {
      wait(1);
      ids.unshift((await aKey('tokens')).key.id);
    }
    const one = await list(first, { limit: '3' });
    const two = await list(first, { limit: '3', cursor: one.body.nextCursor as string });
    expect([...(one.body.items as ApiKey[]), ...(two.body.items as ApiKey[])].map(({ id }) => id)).toEqual(ids);
    expect(two.body.nextCursor).toBeNull();
  });

  test('end at once when they are revoked, and for good', async () => {
    const { key, secret } = await aKey('tokens', 'keys');
    expect(await works(secret)).toBe(200);
    expect((await revoke(secret, key.id)).status).toBe(204);
    expect(await works(secret)).toBe(401);
    expect((await revoke(first, key.id)).status).toBe(204);
    expect((await rotate(first, key.id)).status).toBe(404);
    const { rows } = await app.test.owner.query(`select action, actor from audit_log where subject_id = $1 order by action`, [key.id]);
    expect(rows).toEqual([
      { action: 'key.created', actor: `key:${idOf(first)}` },
      { action: 'key.revoked', actor: `key:${key.id}` },
    ]);
  });

  test('end when they expire', async () => {
    const { secret, key } = madeOf(await create(first, { scopes: ['tokens', 'keys'], expiresInDays: 1 }));
    expect(Date.parse(key.expiresAt ?? '') - app.time.getTime()).toBe(86_400_000);
    wait(86_399);
    expect(await works(secret)).toBe(200);
    wait(1);
    expect(await works(secret)).toBe(401);
    expect((await rotate(first, key.id)).status).toBe(404);
  });

  test('are replaced with an overlap: both work until its end, then only the new one', async () => {
    const { key, secret } = madeOf(await create(first, { scopes: ['tokens'], expiresInDays: 10 }));
    wait(86_400);
    const next = madeOf(await rotate(first, key.id, { overlapSeconds: 600 }));
    expect(next.key).toMatchObject({ name: 'A key', scopes: ['tokens'], rotatedFrom: key.id });
    expect(Date.parse(next.key.expiresAt ?? '') - app.time.getTime()).toBe(10 * 86_400_000);
    wait(599);
    expect([await works(secret), await works(next.secret)]).toEqual([200, 200]);
    wait(1);
    expect([await works(secret), await works(next.secret)]).toEqual([401, 200]);
  });

  test('without an overlap end with the rotation, and an overlap never makes a key live longer', async () => {
    const { key, secret } = await aKey('tokens');
    expect((await rotate(first, key.id)).status).toBe(201);
    expect(await works(secret)).toBe(401);
    const short = madeOf(await create(first, { scopes: ['tokens'], expiresInDays: 1 }));
    await rotate(first, short.key.id, { overlapSeconds: 2_592_000 });
    wait(86_400);
    expect(await works(short.secret)).toBe(401);
  });

  test('that are rotated twice at once without an overlap have one successor', async () => {
    const { key } = await aKey('tokens');
    const other = httpOf(Object.assign(Object.create(app) as TestApp, { db: app.test.open() }));
    const request = { method: 'POST', path: at(`/keys/${key.id}/rotate`), token: first, json: {} };
    const answers = await Promise.all([http(request), other(request)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 404]);
  });

  test('note their use, once an hour at most', async () => {
    const { key, secret } = await aKey('tokens');
    const usedAt = async () => (((await list(first)).body.items as ApiKey[]).find(({ id }) => id === key.id) as ApiKey).lastUsedAt;
    expect(await usedAt()).toBeNull();
    const start = app.time.toISOString();
    await works(secret);
    wait(3599);
    await works(secret);
    expect(await usedAt()).toBe(start);
    wait(1);
    await works(secret);
    expect(await usedAt()).toBe(app.time.toISOString());
    const wrong = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`;
    wait(7200);
    expect(await works(wrong)).toBe(401);
    expect(await usedAt()).not.toBe(app.time.toISOString());
  });

  test('are at most a hundred at a time', async () => {
    await app.test.owner.query(
      `insert into api_keys (id, workspace_id, name, secret_hash, created_at)
       select 'key_' || i || $1, $1, 'many', '', now() from generate_series(1, 99) i`,
      [workspaceId],
    );
    expect((await create(first, { scopes: ['tokens'] })).body.code).toBe('limit_reached');
    await app.test.owner.query(`update api_keys set revoked_at = now() where id = 'key_1' || $1`, [workspaceId]);
    expect((await create(first, { scopes: ['tokens'] })).status).toBe(201);
  });

  test('are at most a hundred when a key is rotated with an overlap, too', async () => {
    await app.test.owner.query(
      `insert into api_keys (id, workspace_id, name, secret_hash, created_at)
       select 'key_' || i || $1, $1, 'many', '', now() from generate_series(1, 99) i`,
      [workspaceId],
    );
    expect((await rotate(first, idOf(first), { overlapSeconds: 600 })).body.code).toBe('limit_reached');
    expect((await rotate(first, idOf(first))).status).toBe(201);
  });

  test('that have an end give no key a later one', async () => {
    const short = madeOf(await create(first, { scopes: ['tokens', 'keys'], expiresInDays: 2 }));
    expect((await create(short.secret, { scopes: ['tokens'] })).body.code).toBe('forbidden');
    expect((await create(short.secret, { scopes: ['tokens'], expiresInDays: 3 })).body.code).toBe('forbidden');
    expect((await create(short.secret, { scopes: ['tokens'], expiresInDays: 2 })).status).toBe(201);
    wait(86_400);
    const next = madeOf(await rotate(short.secret, short.key.id));
    expect(next.key.expiresAt).toBe(short.key.expiresAt);
  });

  test('that end while they make a key make none', async () => {
    const { key, secret } = await aKey('tokens', 'keys');
    const db: TestApp['db'] = {
      ...app.db,
      async transaction(...given) {
        if (given[2] === 'shared') await revoke(first, key.id);
        return app.db.transaction(...given);
      },
    };
    const late = httpOf(Object.assign(Object.create(app) as TestApp, { db }));
    const answer = await late({ method: 'POST', path: at('/keys'), token: secret, json: { name: 'Late', scopes: ['tokens'] } });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  });
});
