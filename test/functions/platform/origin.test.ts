import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOrigin, openSocketOrigin, originHashesOf } from '../../../functions/platform/keys/origin.ts';
import { httpOf } from '../../support/http.ts';
import { createService } from '../../support/tenants.ts';
import type { Service, Tenant } from '../../support/tenants.ts';

const value = 'the value that the front sends, 32 letters or more';
const last = 'the value that the front sent until a moment ago';
const hashes = originHashesOf(JSON.stringify({ value, alsoAccepted: [last] }));

describe('The check of the origin', () => {
  test('takes each value of the secret and no other', () => {
    const origin = createOrigin(hashes);
    for (const good of [value, last]) expect(origin.accepts(good)).toBe(true);
    for (const bad of [undefined, '', value.slice(1), `${value}, ${value}`, ...hashes.split(',')]) expect(origin.accepts(bad)).toBe(false);
  });

  test('is told nothing that passes it', () => {
    expect(hashes).not.toContain(value);
    expect(hashes.split(',').map((hash) => Buffer.from(hash, 'base64url').length)).toEqual([32, 32]);
  });

  test('takes nothing when it was told nothing', () => {
    for (const told of ['', ',', 'undefined'])
      for (const sent of ['', 'x', undefined]) expect(createOrigin(told).accepts(sent)).toBe(false);
  });

  test.each(['', '{}', '{"value":"short"}', `["${value}"]`])('refuses a secret of another form without telling it: %p', (secret) => {
    expect(() => originHashesOf(secret)).toThrow(/^The secret of the origin is not/);
  });

  test('is not made for sockets where the front has no name', () => {
    expect(process.env.ORIGIN_SECRET_HASHES).toBeUndefined();
    expect(openSocketOrigin().accepts(undefined)).toBe(true);
  });
});

describe('A request past the front', () => {
  let service: Service;
  let one: Tenant;
  beforeAll(async () => {
    service = await createService();
    one = await service.aTenant();
  });
  afterAll(() => service.app.test.drop());

  test('is refused with a valid token, without one, on every kind of address, and changes nothing', async () => {
    const http = httpOf({ ...service.app, origin: createOrigin(hashes) });
    const post = { method: 'POST', path: one.paths.events, token: one.token, json: { text: 'past the front' } };
    const mint = { method: 'POST', path: '/v1/tokens', token: one.apiKey, json: { userId: 'eve' } };
    for (const request of [post, mint, { path: one.paths.stream, token: one.token }, { path: one.paths.stream }, { path: '/v1/nothing' }]) {
      for (const sent of [undefined, '', 'a guess', hashes.split(',')[0]]) {
        const response = await http({ ...request, ...(sent !== undefined && { headers: { 'x-origin-secret': sent } }) });
        expect([response.status, response.body.code]).toEqual([403, 'forbidden']);
        expect(response.headers['content-type']).toBe('application/problem+json');
      }
    }
    expect((await http({ ...post, headers: { 'x-origin-secret': value } })).status).toBe(201);
    const { rows } = await service.app.test.owner.query(`select 1 from users where id = 'eve'`);
    expect(rows).toEqual([]);
  });
});
