import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket as Client } from 'ws';
import { frameGuard } from '../../../local/api-gateway/frame-guard.ts';
import { webSocketRouter } from '../../../local/api-gateway/websocket-routes.ts';
import { until } from '../emulators.ts';
import { connect, policy, refusedStatus, startGateway, type GatewayEvent } from './gateway.ts';

let gateway: Awaited<ReturnType<typeof startGateway>> | undefined;
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});
async function start(...options: Parameters<typeof startGateway>) {
  gateway = await startGateway(...options);
  return { ...gateway, url: `${gateway.wsUrl}?ticket=t1` };
}

describe('$connect', () => {
  test('asks the authorizer, then the function, which gets the context', async () => {
    const { url, events, api } = await start();
    await connect(url);
    const [asked, connected] = events as [GatewayEvent, GatewayEvent];
    const { connectionId } = connected.requestContext;
    expect(asked).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:000000000000:ws1/realtime/$connect',
      queryStringParameters: { ticket: 't1' },
      requestContext: { routeKey: '$connect', eventType: 'CONNECT', connectionId, stage: 'realtime', apiId: 'ws1' },
    });
    expect(connected).toMatchObject({
      headers: { Host: expect.stringContaining('127.0.0.1'), 'Sec-WebSocket-Version': '13' },
      queryStringParameters: { ticket: 't1' },
      multiValueQueryStringParameters: { ticket: ['t1'] },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        messageDirection: 'IN',
        identity: { sourceIp: '127.0.0.1' },
        authorizer: { principalId: 'usr_1', workspace: 'ws_1', level: '3' },
      },
      isBase64Encoded: false,
    });
    expect(connectionId).toMatch(/^[\w-]{15}=$/);
    expect(api.connections()).toEqual([connectionId]);
  });

  test('the subprotocol is the one that the function answers with', async () => {
    const { url } = await start({ Connect: () => ({ statusCode: 200, headers: { 'sec-websocket-protocol': 'streambed.v1.json' } }) });
    const { socket } = await connect(url, ['other', 'streambed.v1.json']);
    expect(socket.protocol).toBe('streambed.v1.json');
  });

  test('works with the WebSocket of browsers and Node', async () => {
    const { url } = await start({ Message: ({ body }) => ({ statusCode: 200, body: `echo ${body}` }) });
    const socket = new WebSocket(url);
    await once(socket, 'open');
    socket.send('ü');
    expect(((await once(socket, 'message')) as [MessageEvent])[0].data).toBe('echo ü');
    socket.close();
    await once(socket, 'close');
  });

  test.each<[string, number, Parameters<typeof startGateway>[0], string]>([
    ['no ticket', 401, {}, ''],
    ['an empty ticket', 401, {}, '?ticket='],
    ['an authorizer that denies', 403, { Authorize: (event) => policy('Deny', event.methodArn as string) }, '?ticket=x'],
    [
      'a policy for another API',
      403,
      { Authorize: () => policy('Allow', 'arn:aws:execute-api:us-east-1:000000000000:other/*') },
      '?ticket=x',
    ],
    [
      'an authorizer that throws',
      500,
      {
        Authorize: () => {
          throw new Error('broken');
        },
      },
      '?ticket=x',
    ],
    [
      'an authorizer that throws Unauthorized',
      401,
      {
        Authorize: () => {
          throw new Error('Unauthorized');
        },
      },
      '?ticket=x',
    ],
    ['an authorizer without a policy', 500, { Authorize: () => ({}) }, '?ticket=x'],
    ['a context that is not flat', 500, { Authorize: (event) => policy('Allow', event.methodArn as string, { deep: {} }) }, '?ticket=x'],
    ['a function that says 409', 409, { Connect: () => ({ statusCode: 409 }) }, '?ticket=x'],
    [
      'a function that throws',
      502,
      {
        Connect: () => {
          throw new Error('broken');
        },
      },
      '?ticket=x',
    ],
  ])('%s is refused with %i', async (_what, status, handlers, query) => {
    const { wsUrl, api, eventsOf } = await start(handlers);
    expect(await refusedStatus(wsUrl + query)).toBe(status);
    expect(api.connections()).toEqual([]);
    expect(eventsOf('DISCONNECT')).toEqual([]);
  });

  test('a policy with wildcards allows', async () => {
    const { url } = await start({ Authorize: () => policy('Allow', 'arn:aws:execute-api:*:*:ws1/*') });
    await connect(url);
  });

  test('another path, and a request that is no handshake, are refused', async () => {
    const { wsUrl, endpoint } = await start();
    expect(await refusedStatus(`${wsUrl}/more?ticket=x`)).toBe(403);
    expect((await fetch(endpoint)).status).toBe(403);
  });

  test('a client that leaves while $connect runs is told to $disconnect', async () => {
    const gate = Promise.withResolvers<void>();
    const { url, eventsOf, api } = await start({ Connect: () => gate.promise.then(() => ({ statusCode: 200 })) });
    const leaving = new Client(url);
    leaving.on('error', () => undefined);
    await until('$connect runs', () => eventsOf('CONNECT').length === 1);
    leaving.terminate();
    gate.resolve();
    await until('$disconnect', () => eventsOf('DISCONNECT').length === 1);
    expect(api.connections()).toEqual([]);
  });
});

describe('messages', () => {
  test('go to $default, whose answer comes back; other routes are picked by their action', async () => {
    const { url, events } = await start({
      Message: ({ body, requestContext }) => ({ statusCode: 200, body: `${requestContext.routeKey}: ${body}` }),
    });
    const { socket, frames } = await connect(url);
    socket.send('not json');
    await until('the answer', () => frames.length === 1);
    socket.send('{"action":"oneway"}');
    await until('the message', () => events.length === 4);
    expect(frames).toEqual(['$default: not json']);
    expect(events[2]).toMatchObject({
      body: 'not json',
      isBase64Encoded: false,
      requestContext: {
        routeKey: '$default',
        eventType: 'MESSAGE',
        messageId: expect.any(String),
        connectedAt: expect.any(Number),
        authorizer: { principalId: 'usr_1' },
      },
    });
    expect(events[3]?.requestContext.routeKey).toBe('oneway');
  });

  test.each([
    [
      'throws',
      'Internal server error',
      () => {
        throw new Error('secret detail');
      },
      {},
    ],
    ['answers in the wrong form', 'Internal server error', () => ({ body: 'x' }), {}],
    ['does not answer in time', 'Endpoint request timed out', () => new Promise<never>(() => {}), { integrationMilliseconds: 50 }],
  ])('a function that %s: the client is told, without the reason', async (_what, message, Message, limits) => {
    const { url, api } = await start({ Message }, limits);
    const { socket, frames } = await connect(url);
    socket.send('x');
    await until('the answer', () => frames.length === 1);
    expect(JSON.parse(frames[0] as string)).toEqual({ message, connectionId: api.connections()[0], requestId: expect.any(String) });
  });

  test('without a route a message is forbidden', async () => {
    const { url } = await start({}, {}, { routes: [] });
    const { socket, frames } = await connect(url);
    socket.send('{"action":"x"}');
    await until('the answer', () => frames.length === 1);
    expect(JSON.parse(frames[0] as string)).toMatchObject({ message: 'Forbidden' });
  });

  test.each<[string, string | Buffer | string[], number]>([
    ['a frame over 32 KB', 'x'.repeat(32 * 1024 + 1), 1009],
    ['a message over 128 KB in frames that are small enough', Array.from({ length: 5 }, () => 'x'.repeat(30 * 1024)), 1009],
    ['a binary message', Buffer.from('x'), 1003],
  ])('%s closes the socket and reaches no function', async (_what, data, code) => {
    const { url, eventsOf } = await start();
    const { socket, closed } = await connect(url);
    if (Array.isArray(data)) for (const [i, part] of data.entries()) socket.send(part, { fin: i === data.length - 1 });
    else socket.send(data);
    expect((await closed).code).toBe(code);
    await until('$disconnect', () => eventsOf('DISCONNECT').length === 1);
    expect(eventsOf('MESSAGE')).toEqual([]);
  });

  test('the largest frame, and a message of 128 KB in several frames, go through', async () => {
    const { url, eventsOf } = await start();
    const { socket } = await connect(url);
    socket.send('x'.repeat(32 * 1024));
    for (let i = 0; i < 4; i++) socket.send('y'.repeat(32 * 1024), { fin: i === 3 });
    await until('both messages', () => eventsOf('MESSAGE').length === 2);
    expect(eventsOf('MESSAGE').map((event) => event.body?.length)).toEqual([32 * 1024, 128 * 1024]);
  });
});

describe('the end', () => {
  test('$disconnect gets code and reason', async () => {
    const { url, eventsOf, api } = await start();
    const { socket } = await connect(url);
    socket.close(4001, 'bye');
    await until('$disconnect', () => eventsOf('DISCONNECT').length === 1);
    expect(eventsOf('DISCONNECT')[0]?.requestContext).toMatchObject({
      routeKey: '$disconnect',
      disconnectStatusCode: 4001,
      disconnectReason: 'bye',
    });
    expect(api.connections()).toEqual([]);
  });

  test('a socket that is idle too long is closed, one that pings is not, until it pings no more', async () => {
    let time = Date.now();
    const { url } = await start({}, { idleMilliseconds: 600_000, sweepMilliseconds: 5 }, {}, () => time);
    const idle = await connect(url);
    const active = await connect(url);
    time += 599_999;
    active.socket.ping();
    await once(active.socket, 'pong');
    time += 2;
    expect(await idle.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(active.socket.readyState).toBe(active.socket.OPEN);
    time += 600_000;
    expect(await active.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('a socket that is too old is closed, however active', async () => {
    let time = Date.now();
    const limits = { idleMilliseconds: 9_000_000, maxAgeMilliseconds: 7_200_000, sweepMilliseconds: 5 };
    const { url, eventsOf } = await start({}, limits, {}, () => time);
    const { socket, closed } = await connect(url);
    time += 7_200_000;
    socket.send('x');
    await until('the message', () => eventsOf('MESSAGE').length === 1);
    expect(socket.readyState).toBe(socket.OPEN);
    time += 1;
    expect((await closed).code).toBe(1001);
  });

  test('a connection can be cut, with and without $disconnect', async () => {
    const { url, api, eventsOf } = await start();
    const loud = await connect(url);
    api.drop(api.connections()[0] as string);
    expect((await loud.closed).code).toBe(1006);
    await until('$disconnect', () => eventsOf('DISCONNECT').length === 1);
    const silent = await connect(url);
    api.drop(api.connections()[0] as string, { silent: true });
    await silent.closed;
    await until('it is gone', () => api.connections().length === 0);
    expect(eventsOf('DISCONNECT')).toHaveLength(1);
  });
});

describe('route selection', () => {
  const routes = ['$default', '$connect', 'join', '7'].map((routeKey) => ({ routeKey, functionArn: '', routeResponse: false }));
  test.each([
    ['$request.body.action', '{"action":"join"}', 'join'],
    ['${request.body.action}', '{"action":7}', '7'],
    ['$request.body.a.b', '{"a":{"b":"join"}}', 'join'],
    ['$request.body.action', '{"action":"$connect"}', '$default'],
    ['$request.body.action', '{"action":{}}', '$default'],
    ['$request.body.action', 'null', '$default'],
    ['$default', '{"action":"join"}', '$default'],
  ])('%s of %s is %s', (expression, body, routeKey) => {
    expect(webSocketRouter(expression, routes)(body)?.routeKey).toBe(routeKey);
  });
});

test('frames are measured however they are cut into chunks', () => {
  const frame = (bytes: number) => {
    const head =
      bytes < 126
        ? [0x80 | bytes]
        : bytes < 65_536
          ? [0x80 | 126, bytes >> 8, bytes & 255]
          : [0x80 | 127, 0, 0, 0, 0, 0, bytes >> 16, (bytes >> 8) & 255, bytes & 255];
    return Buffer.concat([Buffer.from([0x81, ...head, 1, 2, 3, 4]), Buffer.alloc(bytes, 0xff)]);
  };
  const lengths = [0, 5, 125, 126, 40_000, 70_000, 1];
  const wire = Buffer.concat(lengths.map(frame));
  for (const step of [1, 2, 3, 7, 1000, wire.length]) {
    const seen: number[] = [];
    const guard = frameGuard((bytes) => seen.push(bytes));
    for (let at = 0; at < wire.length; at += step) guard(wire.subarray(at, at + step));
    expect(seen).toEqual(lengths);
  }
});
