import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { keyIdOf, keyPairsOf } from '../../../functions/platform/keys/key-pairs.ts';
import { testSecret, testSigner } from '../../support/app.ts';
import type { Request } from '../../support/http.ts';
import { createService } from '../../support/tenants.ts';
import type { Service, Tenant } from '../../support/tenants.ts';

let service: Service;
let one: Tenant;
let two: Tenant;

beforeAll(async () => {
  service = await createService();
  one = await service.aTenant();
  two = await service.aTenant();
});
afterAll(() => service.app.test.drop());

describe('an invalid token', () => {
  const now = () => Math.floor(service.app.time.getTime() / 1000);
  const sign = (claims: Record<string, unknown>, signer = testSigner('user-token')) =>
    signer.sign({ sub: 'ada', ws: one.workspaceId, exp: now() + 60, ...claims } as never);
  const read = (token: string | undefined, headers?: Record<string, string>): Request => ({ path: one.paths.stream, token, headers });

  test('missing, not a bearer, not a token', async () => {
    await service.expectProblem(read(undefined), 'unauthenticated');
    await service.expectProblem(read(undefined, { authorization: 'Basic YTpi' }), 'unauthenticated');
    for (const token of ['x', 'a.b.c', '..', 'e30.e30.e30', one.token.slice(0, -1), `${one.token}x`])
      await service.expectProblem(read(token), 'unauthenticated');
    expect((await service.http(read(undefined))).headers['www-authenticate']).toBe('Bearer');
  });

  test('expired, and valid until then', async () => {
    const token = await sign({ exp: now() + 1 });
    expect((await service.http(read(token))).status).toBe(200);
    await service.expectProblem(read(await sign({ exp: now() })), 'token_expired');
  });

  test('unsigned, signed with another algorithm, another key, or for another purpose', async () => {
    const payload = Buffer.from(JSON.stringify({ sub: 'ada', ws: one.workspaceId, exp: now() + 60 })).toString('base64url');
    for (const alg of ['none', 'None', 'HS256'])
      await service.expectProblem(read(`${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.${payload}.`), 'unauthenticated');
    const [{ publicKey, privateKey } = { publicKey: '', privateKey: Buffer.of() }] = keyPairsOf('user-token', testSecret);
    // The public key is known to every verifier, so it must not pass as the secret of a symmetric signature.
    for (const [alg, raw] of [
      ['HS256', Buffer.from(publicKey, 'base64url')],
      ['HS512', Buffer.from(publicKey)],
      ['HS256', privateKey],
    ] as const) {
      const otherwise = await new SignJWT({ sub: 'ada', ws: one.workspaceId, exp: now() + 60 })
        .setProtectedHeader({ alg, typ: 'user-token+jwt', kid: keyIdOf(publicKey) })
        .sign(raw);
      await service.expectProblem(read(otherwise), 'unauthenticated');
    }
    const another = JSON.stringify({ seed: 'a seed that somebody made up, to forge a token with' });
    await service.expectProblem(read(await sign({}, testSigner('user-token', another))), 'unauthenticated');
    await service.expectProblem(read(await sign({}, testSigner('realtime-ticket'))), 'unauthenticated');
    const { body } = await service.http({ method: 'POST', path: '/v1/realtime/tickets', token: one.token });
    await service.expectProblem(read(body.ticket as string), 'unauthenticated');
  });

  test('tampered with: any changed character is detected', async () => {
    const [header = '', claims = '', signature = ''] = one.token.split('.');
    const swap = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2), fc.nat(), async (part, seed) => {
        const parts = [header, claims, signature];
        // The last character of a signature has bits that decoding ignores.
        parts[part] = swap(parts[part]!, seed % (parts[part]!.length - 1));
        expect((await service.http(read(parts.join('.')))).status).toBe(401);
      }),
      { numRuns: 60 },
    );
  });

  test('without a claim, of a user outside the workspace, with strange claims', async () => {
    for (const claims of [{ sub: undefined }, { ws: undefined }, { exp: undefined }, { sub: 'a:b' }, { ws: 'ws_x' }, { sub: 7 }])
      await service.expectProblem(read(await sign(claims)), 'unauthenticated');
    await service.expectProblem(read(await sign({ sub: 'nobody' })), 'not_found');
  });

  test('an API key where a user is needed, a user where a key is needed, a key that is not ours', async () => {
    await service.expectProblem(read(one.apiKey), 'unauthenticated');
    const mint = (token: string): Request => ({ method: 'POST', path: '/v1/tokens', token, json: { userId: 'x' } });
    await service.expectProblem(mint(one.token), 'unauthenticated');
    await service.expectProblem(mint(`${one.apiKey.slice(0, -1)}${one.apiKey.endsWith('0') ? '1' : '0'}`), 'unauthenticated');
    await service.expectProblem(mint(one.apiKey.replace(one.workspaceId, two.workspaceId)), 'unauthenticated');
    await service.expectProblem(mint('sbk_'), 'unauthenticated');
    await service.app.test.owner.query('update api_keys set revoked_at = now() where workspace_id = $1', [two.workspaceId]);
    await service.expectProblem(mint(two.apiKey), 'unauthenticated');
  });

  const vectorsFile = new URL('../../../../shared/data/adversarial/json_web_signature_test.json', import.meta.url);
  (existsSync(vectorsFile) ? test : test.skip)('none of the published attack vectors', async () => {
    const { testGroups } = JSON.parse(readFileSync(vectorsFile, 'utf8')) as { testGroups: { tests: { jws: string | object }[] }[] };
    const tokens = testGroups.flatMap(({ tests }) => tests.map(({ jws }) => jws)).filter((jws) => typeof jws === 'string');
    expect(tokens.length).toBeGreaterThan(100);
    for (const token of tokens) expect([401]).toContain((await service.http(read(token))).status);
  });
});

describe('tokens and users', () => {
  const mint = (json: object) => service.http({ method: 'POST', path: '/v1/tokens', token: one.apiKey, json });

  test('create the user, change given fields, keep the others', async () => {
    expect((await mint({ userId: 'grace', name: 'Grace', email: 'g@example.org' })).body.user).toMatchObject({
      id: 'grace',
      name: 'Grace',
      email: 'g@example.org',
      role: 'member',
    });
    expect((await mint({ userId: 'grace', name: 'Rear Admiral', role: 'admin' })).body.user).toMatchObject({
      name: 'Rear Admiral',
      email: 'g@example.org',
      role: 'admin',
    });
    const { body } = await mint({ userId: 'grace', expiresInSeconds: 60 });
    expect(body.user).toMatchObject({ name: 'Rear Admiral', role: 'admin' });
    expect(Date.parse(body.expiresAt as string) - service.app.time.getTime()).toBe(60_000);
    const me = await service.http({ path: one.paths.workspace, token: body.token as string });
    expect(me.body).toMatchObject({ workspace: { id: one.workspaceId, name: 'Acme' }, me: { id: 'grace' } });
  });

  test('refuse invalid input, naming the field', async () => {
    for (const [json, path] of [
      [{ userId: 'a:b' }, 'body.userId'],
      [{ userId: '' }, 'body.userId'],
      [{ userId: 'x', name: 'a\nb' }, 'body.name'],
      [{ userId: 'x', role: 'king' }, 'body.role'],
      [{ userId: 'x', email: 'nobody' }, 'body.email'],
      [{ userId: 'x', expiresInSeconds: 3_000_000 }, 'body.expiresInSeconds'],
    ] as const) {
      await service.expectProblem({ method: 'POST', path: '/v1/tokens', token: one.apiKey, json }, 'invalid_input', path);
    }
  });

  test('the same user id in two workspaces is two users', async () => {
    await mint({ userId: 'ada', name: 'Ada of one' });
    const me = await service.http({ path: two.paths.workspace, token: two.token });
    expect(me.body.me).toMatchObject({ name: 'Ada' });
    await mint({ userId: 'ada', name: 'Ada' });
  });

  test('a removed member loses access at once, with any token', async () => {
    const { body } = await mint({ userId: 'leaver' });
    await service.app.test.owner.query(`update workspace_members set removed_at = now() where user_id = 'leaver'`);
    await service.expectProblem({ path: one.paths.streams, token: body.token as string }, 'not_found');
    await service.expectProblem({ path: one.paths.stream, token: body.token as string }, 'not_found');
  });
});
