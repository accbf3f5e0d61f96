import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createHttpApi } from '../../../local/api-gateway/http.ts';
import { account, functionArn, functionsOf, quietLog } from '../emulators.ts';
import { serve } from '../servers.ts';

/** The gateway's answers to pages of other origins, as API Gateway gives them for `CorsConfiguration`. */
const page = 'https://app.example.com';
let asked = 0;
const functions = functionsOf({
  Echo: () => {
    asked++;
    return { statusCode: 200, body: 'ok', headers: { 'access-control-allow-origin': '*' } };
  },
});
const cors = {
  origins: [page],
  credentials: true,
  methods: ['GET', 'PUT'],
  headers: ['authorization'],
  exposed: ['etag'],
  maxAgeSeconds: 60,
};
const routes = [{ routeKey: 'ANY /things', functionArn: functionArn('Echo') }];
const start = (api: object) =>
  serve(createHttpApi({ account, api: { apiId: 'api1', stage: '$default', routes, ...api }, functions, log: quietLog() }));
let allowing: Awaited<ReturnType<typeof start>>;
let closed: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  allowing = await start({ cors });
  closed = await start({});
});
afterAll(() => Promise.all([allowing.stop(), closed.stop()]));

/** Sends a request as a browser does, which sets the origin itself. */
const ask = (url: string, method: string, headers: Record<string, string>): Promise<{ status: number; headers: IncomingHttpHeaders }> =>
  new Promise((resolve, reject) => {
    const sent = request(`${url}/things`, { method, headers }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    sent.on('error', reject).end();
  });
const before = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' };

test('a preflight request of a listed origin is answered by the gateway, with credentials', async () => {
  const calls = asked;
  const { status, headers } = await ask(allowing.url, 'OPTIONS', { origin: page, ...before });
  expect([status, asked - calls]).toEqual([204, 0]);
  expect(headers).toMatchObject({
    'access-control-allow-origin': page,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET,PUT',
    'access-control-allow-headers': 'authorization',
    'access-control-max-age': '60',
    vary: 'Origin',
  });
});

test.each(['https://evil.example', `${page}.evil.example`, 'null', 'http://app.example.com', `${page}:8443`])(
  '%s is told nothing',
  async (origin) => {
    for (const [method, more] of [['OPTIONS', before] as const, ['GET', {}] as const]) {
      const { headers } = await ask(allowing.url, method, { origin, ...more });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  },
);

test('an answer has the headers of the gateway in place of the function’s own, also an error', async () => {
  const { headers } = await ask(allowing.url, 'GET', { origin: page });
  expect(headers).toMatchObject({ 'access-control-allow-origin': page, 'access-control-expose-headers': 'etag' });
  expect((await ask(allowing.url, 'GET', {})).headers['access-control-allow-origin']).toBeUndefined();
});

test('without a configuration the function answers OPTIONS itself', async () => {
  const calls = asked;
  await ask(closed.url, 'OPTIONS', { origin: page, ...before });
  expect(asked - calls).toBe(1);
});
