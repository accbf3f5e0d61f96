import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../../contract/ids.ts';
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

describe('a wrong address or method', () => {
  test('unknown addresses, malformed ids and percent-encodings are 404', async () => {
    for (const path of [
      '/v1/nothing',
      `${one.paths.streams}/x`,
      `${one.paths.streams}/str_short`,
      `${one.paths.streams}/%00`,
      `/v1/workspaces/${'x'.repeat(500)}/streams`,
    ]) {
      await service.expectProblem({ path, token: one.token }, 'not_found');
    }
  });
  test('a wrong method is 405 with the allowed ones', async () => {
    const response = await service.expectProblem(
      { method: 'PUT', path: one.paths.events, token: one.token, json: {} },
      'method_not_allowed',
    );
    expect(response.headers.allow).toBe('GET, POST');
    expect((await service.expectProblem({ method: 'DELETE', path: '/v1/tokens' }, 'method_not_allowed')).headers.allow).toBe('POST');
  });
});

describe('headers', () => {
  test('a harmless request id is kept, another is replaced', async () => {
    const ask = async (id: string) =>
      (await service.http({ path: one.paths.stream, token: one.token, headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await ask('abc-1')).toBe('abc-1');
    expect(await ask('a b\r\nset-cookie: x')).toMatch(/^req_/);
  });
  test('answers are not cached, not sniffed, not framed', async () => {
    const { headers } = await service.http({ path: one.paths.stream, token: one.token });
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    expect(lower).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-type': 'application/json' });
    expect(lower['strict-transport-security']).toBeDefined();
    const refused = await service.http({ path: one.paths.stream });
    expect(Object.keys(refused.headers).map((name) => name.toLowerCase())).toEqual(
      expect.arrayContaining(['strict-transport-security', 'x-content-type-options']),
    );
  });
  test('If-Match on edits', async () => {
    const { body } = await service.http({ method: 'POST', path: one.paths.events, token: one.token, json: { text: 'v1' } });
    const path = `${one.paths.events}/${body.id as string}`;
    await service.expectProblem(
      { method: 'PATCH', path, token: one.token, json: { text: 'v2' }, headers: { 'if-match': '"1"' } },
      'precondition_failed',
    );
    await service.expectProblem(
      { method: 'PATCH', path, token: one.token, json: { text: 'v2' }, headers: { 'if-match': 'W/"x"' } },
      'invalid_input',
      'header.if-match',
    );
    expect(
      (
        await service.http({
          method: 'PATCH',
          path,
          token: one.token,
          json: { text: 'v2' },
          headers: { 'if-match': `"${body.changedSeq as number}"` },
        })
      ).status,
    ).toBe(200);
  });
});

describe('another workspace', () => {
  test('does not exist: every route of the one answers 404 to the other, with its own ids and mixed ones', async () => {
    const [mine, theirs] = [one.paths, two.paths];
    const mixed = `${mine.workspace}/streams/${two.stream.id}`;
    const requests: Request[] = [
      { path: theirs.workspace },
      { path: theirs.streams },
      { method: 'POST', path: theirs.streams, json: { streamType: 'channel', name: 'Mine now' } },
      { path: theirs.stream },
      { path: theirs.events },
      { method: 'POST', path: theirs.events, json: { text: 'x' } },
      { method: 'PATCH', path: theirs.event, json: { text: 'x' } },
      { method: 'DELETE', path: theirs.event },
      { path: theirs.providers },
      { method: 'POST', path: theirs.providers, json: { kind: 'web', name: 'x' } },
      { path: mixed },
      { path: `${mixed}/events` },
      { method: 'POST', path: `${mixed}/events`, json: { text: 'x' } },
      { method: 'PATCH', path: `${mixed}/events/${two.event.id}`, json: { text: 'x' } },
      { method: 'PATCH', path: `${mine.events}/${two.event.id}`, json: { text: 'x' } },
      { method: 'DELETE', path: `${mine.events}/${two.event.id}` },
      { path: `${mine.streams}/${newId('stream')}` },
      { method: 'DELETE', path: `${mine.events}/${newId('event')}` },
    ];
    for (const request of requests) await service.expectProblem({ ...request, token: one.token }, 'not_found');
    await service.expectProblem({ path: theirs.providers, token: one.apiKey }, 'not_found');
  });
});
