import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createHttpApi } from '../../../local/api-gateway/http.ts';
import { httpRouter } from '../../../local/api-gateway/http-routes.ts';
import { tokenBucket } from '../../../local/api-gateway/throttle.ts';
import type { HttpApiDefinition } from '../../../local/definitions.ts';
import { account, functionArn, functionsOf, quietLog } from '../emulators.ts';
import { serve } from '../servers.ts';

const log = quietLog();
let event: APIGatewayProxyEventV2;
let respond: () => unknown;
const functions = functionsOf({
  Echo: (given: APIGatewayProxyEventV2) => {
    event = given;
    return respond();
  },
});
const routes = ['GET /things/{id}', 'POST /things', 'ANY /files/{path+}', 'GET /slow'].map((routeKey) => ({
  routeKey,
  functionArn: functionArn('Echo'),
  ...(routeKey === 'GET /slow' ? { timeoutMilliseconds: 50 } : {}),
}));
const start = (more: Partial<HttpApiDefinition> = {}) =>
  serve(createHttpApi({ account, api: { apiId: 'api1', stage: '$default', routes, ...more }, functions, log }));

let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.stop());
beforeEach(() => {
  respond = () => ({ statusCode: 200, body: 'ok' });
});
const ask = (path: string, init?: RequestInit) => fetch(server.url + path, init);

describe('the event', () => {
  test('has the form of payload format 2.0', async () => {
    await ask('/things/a%20b%2Bc?x=1&x=2&y=%C3%BC+z&empty=', { headers: { 'X-Twice': 'one', cookie: 'a=1; b=2', 'user-agent': 'tester' } });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /things/{id}',
      rawPath: '/things/a b+c',
      rawQueryString: 'x=1&x=2&y=%C3%BC+z&empty=',
      cookies: ['a=1', 'b=2'],
      headers: {
        'x-twice': 'one',
        'user-agent': 'tester',
        'x-forwarded-for': '127.0.0.1',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-/),
      },
      queryStringParameters: { x: '1,2', y: 'ü z', empty: '' },
      pathParameters: { id: 'a b+c' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'api1',
        stage: '$default',
        routeKey: 'GET /things/{id}',
        requestId: expect.stringMatching(/^[\w-]{15}=$/),
        http: { method: 'GET', path: '/things/a b+c', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'tester' },
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
    expect(event.headers.cookie).toBeUndefined();
    expect(event.body).toBeUndefined();
  });

  test('several headers of one name are joined', async () => {
    await new Promise((resolve) => request(`${server.url}/things/1`, { headers: { 'x-twice': ['one', 'two'] } }, resolve).end());
    expect(event.headers['x-twice']).toBe('one,two');
  });

  test.each([
    ['application/json; charset=utf-8', '{"ü":1}', false],
    ['application/merge-patch+json', '{}', false],
    ['text/plain', 'text', false],
    ['application/x-www-form-urlencoded', 'a=1', true],
    ['application/octet-stream', '\u0000x', true],
  ])('a body of %s', async (type, body, isBase64Encoded) => {
    await ask('/things', { method: 'POST', body, headers: { 'content-type': type } });
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event.body as string, isBase64Encoded ? 'base64' : 'utf8').toString()).toBe(body);
  });
});

describe('the response', () => {
  test('status, headers, cookies and body are what the function says', async () => {
    respond = () => ({
      statusCode: 201,
      headers: { 'X-One': 'a', 'x-number': 5, 'content-type': 'text/html' },
      cookies: ['a=1', 'b=2; Path=/'],
      body: '<p>ü',
    });
    const response = await ask('/things/1');
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-one': 'a',
      'x-number': '5',
      'content-type': 'text/html',
      'apigw-requestid': event.requestContext.requestId,
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/']);
    expect(await response.text()).toBe('<p>ü');
  });

  test('a base64 body is sent as its bytes', async () => {
    respond = () => ({ statusCode: 200, body: Buffer.from([0, 255, 7]).toString('base64'), isBase64Encoded: true });
    expect([...new Uint8Array(await (await ask('/things/1')).arrayBuffer())]).toEqual([0, 255, 7]);
  });

  test('without a status code it is JSON with 200; text without a type is plain', async () => {
    respond = () => ({ hello: 'world' });
    const implied = await ask('/things/1');
    expect([implied.status, implied.headers.get('content-type'), await implied.text()]).toEqual([
      200,
      'application/json',
      '{"hello":"world"}',
    ]);
    respond = () => ({ statusCode: 200, body: 'x' });
    expect((await ask('/things/1')).headers.get('content-type')).toBe('text/plain;charset=UTF-8');
  });

  test('204 and HEAD have no body', async () => {
    respond = () => ({ statusCode: 204, body: 'ignored' });
    expect(await (await ask('/things/1')).text()).toBe('');
    respond = () => ({ statusCode: 200, body: 'four' });
    const head = await ask('/files/x', { method: 'HEAD' });
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['4', '']);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('secret detail');
      },
    ],
    ['answers with a status that is none', () => ({ statusCode: 'abc' })],
    ['answers with a body that is no text', () => ({ statusCode: 200, body: { a: 1 } })],
    ['answers with a header that cannot be sent', () => ({ statusCode: 200, headers: { 'x-bad': 'a\r\nset-cookie: x=1' } })],
  ])('a function that %s gives 500, and nothing of the reason leaves', async (_what, broken) => {
    respond = broken;
    log.lines.length = 0;
    const response = await ask('/things/1');
    expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(log.lines).toHaveLength(1);
  });
});

describe('limits', () => {
  test('a function that takes too long gives 503', async () => {
    respond = () => new Promise(() => {});
    const response = await ask('/slow');
    expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  test('a body over 10 MB, or one that Lambda would not take, gives 413', async () => {
    const post = (bytes: number) =>
      ask('/things', { method: 'POST', body: Buffer.alloc(bytes, 'x'), headers: { 'content-type': 'text/plain' } });
    expect((await post(11 * 1024 * 1024)).status).toBe(413);
    expect((await post(7 * 1024 * 1024)).status).toBe(413);
    expect((await post(5 * 1024 * 1024)).status).toBe(200);
  });

  test('a stage that is throttled gives 429 over its burst', async () => {
    const throttled = await start({ throttle: { rateLimit: 1, burstLimit: 2 } });
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await fetch(`${throttled.url}/things/1`));
    expect(answers.map((one) => one.status)).toEqual([200, 200, 429]);
    expect(await answers[2]?.json()).toEqual({ message: 'Too Many Requests' });
    await throttled.stop();
  });

  test('a bucket fills again at its rate', () => {
    let now = 0;
    const mayPass = tokenBucket({ rateLimit: 10, burstLimit: 1 }, () => now);
    expect([mayPass(), mayPass()]).toEqual([true, false]);
    now += 101;
    expect([mayPass(), mayPass()]).toEqual([true, false]);
  });
});

describe('routes', () => {
  const pick = (...keys: string[]) => {
    const route = httpRouter(keys.map((routeKey) => ({ routeKey, functionArn: '' })));
    return (method: string, path: string) => route(method, path)?.route.routeKey;
  };

  test('the most specific wins: literal, parameter, greedy, $default; a method before ANY', () => {
    const route = pick(
      '$default',
      'ANY /{all+}',
      'GET /pets/{rest+}',
      'GET /pets/{id}',
      'GET /pets/mine',
      'ANY /pets/mine',
      'GET /pets/{id}/toys',
    );
    expect(route('GET', '/pets/mine')).toBe('GET /pets/mine');
    expect(route('PUT', '/pets/mine')).toBe('ANY /pets/mine');
    expect(route('GET', '/pets/7')).toBe('GET /pets/{id}');
    expect(route('GET', '/pets/7/toys')).toBe('GET /pets/{id}/toys');
    expect(route('GET', '/pets/7/food')).toBe('GET /pets/{rest+}');
    expect(route('GET', '/else')).toBe('ANY /{all+}');
    expect(route('GET', '/')).toBe('$default');
  });

  test('what matches nothing gives 404 in the words of API Gateway', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['DELETE', '/things/1'],
      ['GET', '/things/'],
      ['GET', '/things/1/'],
    ] as const) {
      const response = await ask(path, { method });
      expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
    }
  });

  test('a path that cannot be decoded gives 400', async () => {
    const status = await new Promise((resolve) =>
      request({ port: server.port, path: '/things/%zz' }, (response) => resolve(response.statusCode)).end(),
    );
    expect(status).toBe(400);
  });

  test('a named stage is the first segment of the path', async () => {
    const staged = await start({ stage: 'test' });
    expect((await fetch(`${staged.url}/test/things/1`)).status).toBe(200);
    expect(event.rawPath).toBe('/test/things/1');
    expect((await fetch(`${staged.url}/things/1`)).status).toBe(404);
    await staged.stop();
  });
});
