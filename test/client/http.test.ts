import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../client/clock.ts';
import { systemClock } from '../../client/clock.ts';
import { StreambedError } from '../../client/errors.ts';
import { createDebugLog } from '../../client/debug-log.ts';
import { createStreambed } from '../../client/http/http.ts';
import type { Streambed } from '../../client/http/http.ts';
import { api } from '../../contract/api.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeServer, problem, streamId, workspaceId } from './fake-server.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Record<string, string>;
  /** Hangs up instead. */
  readonly hangUp?: boolean;
  /** Never answers. */
  readonly silent?: boolean;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A real HTTP server that gives these replies, the last one for ever, and a client that does not wait between tries. */
async function served(replies: readonly Reply[], options: { timeoutMs?: number; token?: () => string } = {}) {
  const seen: Seen[] = [];
  const waits: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const reply = replies[Math.min(seen.length, replies.length - 1)]!;
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      if (reply.hangUp) return void request.socket.destroy();
      if (reply.silent) return;
      const type = reply.type ?? (reply.status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json');
      response.writeHead(reply.status, { 'content-type': type, ...reply.headers });
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const after: Clock['after'] = (ms, task) => {
    // The deadline of a try, which doubles twice.
    if ([1, 2, 4].some((times) => ms === times * (options.timeoutMs ?? 15_000))) return systemClock.after(ms, task);
    waits.push(ms);
    return systemClock.after(0, task);
  };
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const streambed: Streambed = createStreambed({ baseUrl, token: 'secret', ...options, clock: { ...systemClock, after } });
  return { streambed, workspace: streambed.workspace(workspaceId), events: streambed.workspace(workspaceId).events(streamId), seen, waits };
}

const event = new FakeServer(new FakeClock()).append('hi');
const page = { items: [event], head: 1, gen: 'g1', hasMore: false };
const base = `/v1/workspaces/${workspaceId}/streams`;

async function problemFrom(promise: Promise<unknown>) {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StreambedError);
  return (error as StreambedError).problem;
}

describe('a request', () => {
  test('carries the token, the ids in the path, the query and the body', async () => {
    const { events, seen } = await served([
      { status: 200, body: page },
      { status: 201, body: event },
    ]);
    expect(await events.list({ before: 7, limit: 3 })).toEqual(page);
    expect(await events.post({ text: 'hi', clientEventId: 'c1' })).toEqual(event);
    expect(seen).toMatchObject([
      { method: 'GET', url: `${base}/${streamId}/events?before=7&limit=3`, headers: { authorization: 'Bearer secret' }, body: '' },
      { method: 'POST', url: `${base}/${streamId}/events`, headers: { 'content-type': 'application/json' } },
    ]);
    expect(JSON.parse(seen[1]!.body)).toEqual({ text: 'hi', clientEventId: 'c1' });
  });

  test('keeps what belongs to the path in the path', async () => {
    const { workspace, seen } = await served([{ status: 404, body: problem('not_found') }]);
    await problemFrom(workspace.streams.read('../../x?y#z'));
    expect(seen[0]!.url).toBe(`${base}/..%2F..%2Fx%3Fy%23z`);
  });

  test('a change says from what it was made', async () => {
    const { events, seen } = await served([{ status: 200, body: event }]);
    await events.edit(event.id, { text: 'ho' }, { ifMatch: 17 });
    await events.delete(event.id, { ifMatch: 18 });
    await events.delete(event.id);
    expect(seen.map(({ method, headers }) => [method, headers['if-match']])).toEqual([
      ['PATCH', '"17"'],
      ['DELETE', '"18"'],
      ['DELETE', undefined],
    ]);
  });

  test('asks for the token each time, and sends none where none is needed', async () => {
    let count = 0;
    const { streambed, workspace, seen } = await served([{ status: 200, body: { status: 'ok' } }], { token: () => `t${++count}` });
    await problemFrom(workspace.read());
    await problemFrom(workspace.read());
    await streambed.call(api.operations.health);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2', undefined]);
  });

  test('an answer is one that the contract has for its status: also a 503 that says what is not ready', async () => {
    const ready = {
      status: 'failed',
      parts: {
        postgres: { status: 'failed', milliseconds: 1 },
        dynamodb: { status: 'ok', milliseconds: 1 },
        queue: { status: 'ok', milliseconds: 1 },
        index: { status: 'ok', milliseconds: 1 },
      },
    };
    const { streambed } = await served([{ status: 503, body: ready, type: 'application/json' }]);
    expect(await streambed.call(api.operations.ready)).toEqual(ready);
  });

  test('an answer that is not of the contract is an error, not a surprise later', async () => {
    const { events } = await served([{ status: 200, body: { ...page, items: [{ ...event, seq: 'one' }] } }]);
    expect(await problemFrom(events.list())).toMatchObject({ code: 'internal', detail: expect.stringContaining('items.0.seq') });
  });
});

describe('a failure', () => {
  test('is the problem that the server sent', async () => {
    const sent = { ...problem('invalid_input'), errors: [{ path: 'body.text', message: 'must not be empty' }] };
    const { events, seen } = await served([{ status: 400, body: sent }]);
    expect(await problemFrom(events.post({ text: '' }))).toEqual(sent);
    expect(seen).toHaveLength(1);
  });

  test.each([
    [403, '{"message":"Forbidden"}', 'forbidden'],
    [429, '{"message":"Too Many Requests"}', 'rate_limited'],
    [502, '<html>Bad gateway</html>', 'unavailable'],
    [504, '', 'unavailable'],
    [418, 'teapot', 'internal'],
  ])('has a code also when something between us answers %i %s', async (status, body, code) => {
    const { workspace } = await served([{ status, body, type: 'text/html', headers: { 'x-request-id': 'req_7' } }]);
    const failed = workspace.providers.create({ kind: 'web', name: 'x' });
    expect(await problemFrom(failed)).toMatchObject({ code, requestId: 'req_7', detail: expect.stringContaining(String(status)) });
  });

  test('of the network is `unavailable`, with its cause', async () => {
    const { workspace } = await served([{ status: 200, hangUp: true }]);
    const error: unknown = await workspace.providers.create({ kind: 'web', name: 'x' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: { code: 'unavailable', retry: 'after', requestId: '' } });
    expect((error as Error).cause).toMatchObject({ message: 'fetch failed' });
  });

  test('to answer in time is `unavailable` too', async () => {
    const { workspace } = await served([{ status: 200, silent: true }], { timeoutMs: 60 });
    expect(await problemFrom(workspace.providers.create({ kind: 'web', name: 'x' }))).toMatchObject({
      code: 'unavailable',
      detail: expect.stringContaining('60 ms'),
    });
  });

  test('gives each repetition more time, four times as much at most', async () => {
    const clock = new FakeClock();
    const triedAt: number[] = [];
    const silent = ((_: string, init: RequestInit) => {
      triedAt.push(clock.now());
      return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)));
    }) as typeof fetch;
    const debugLog = createDebugLog({ clock });
    const { workspace } = createStreambed({ baseUrl: 'http://http.test', token: 'secret', fetch: silent, clock, debugLog });
    const failed = problemFrom(workspace(workspaceId).read());
    await clock.advance(200_000);
    expect(await failed).toMatchObject({ code: 'unavailable', detail: expect.stringContaining('60000 ms') });
    const gaps = triedAt.slice(1).map((at, i) => at - triedAt[i]!);
    expect(gaps.map((gap) => Math.floor(gap / 15_000))).toEqual([1, 2, 4]);
    expect(debugLog.counts()['request-retried']).toBe(3);
    expect(debugLog.notes()[0]).toMatchObject({ fields: { route: 'GET /v1/workspaces/{workspaceId}', attempt: 1 } });
  });

  test.each([
    ['a token that never comes', { token: () => new Promise<string>(() => undefined) }],
    ['a fetch that does not listen to its signal', { fetch: (() => new Promise(() => undefined)) as unknown as typeof fetch }],
  ])('%s holds up nobody for longer than the deadlines', async (_, options) => {
    const clock = new FakeClock();
    const { workspace } = createStreambed({ baseUrl: 'http://http.test', token: 'secret', clock, ...options });
    const failed = problemFrom(workspace(workspaceId).read());
    await clock.advance(200_000);
    expect(await failed).toMatchObject({ code: 'unavailable' });
    expect(clock.waiting).toBe(0);
  });

  test('an error of the program’s own token function is passed on as it is, and nothing is repeated', async () => {
    const clock = new FakeClock();
    let asked = 0;
    const token = (): string => {
      asked++;
      throw new RangeError('signed out');
    };
    const { workspace } = createStreambed({ baseUrl: 'http://http.test', token, clock });
    await expect(workspace(workspaceId).read()).rejects.toThrow(RangeError);
    expect([asked, clock.waiting]).toEqual([1, 0]);
  });

  test('by the caller’s own signal is that signal’s reason, at once', async () => {
    const { events, seen } = await served([{ status: 200, silent: true }]);
    const controller = new AbortController();
    const listing = events.list({}, { signal: controller.signal });
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(new Error('never mind'));
    await expect(listing).rejects.toThrow('never mind');
    await expect(events.list({}, { signal: controller.signal })).rejects.toThrow('never mind');
    expect(seen).toHaveLength(1);
  });
});

describe('trying again', () => {
  const down: Reply = { status: 503, body: problem('unavailable') };

  test.each([
    ['503', down],
    ['429', { status: 429, body: problem('rate_limited') }],
    ['a broken connection', { status: 200, hangUp: true }],
    ['a gateway’s 502', { status: 502, body: 'bad', type: 'text/plain' }],
  ] as [string, Reply][])('happens after %s, where the request may be repeated', async (_, reply) => {
    const { events, seen } = await served([reply, reply, { status: 200, body: page }]);
    expect(await events.list()).toEqual(page);
    expect(seen).toHaveLength(3);
  });

  test('stops after four tries', async () => {
    const { events, seen, waits } = await served([down]);
    expect(await problemFrom(events.list())).toMatchObject({ code: 'unavailable' });
    expect(seen).toHaveLength(4);
    expect(waits).toHaveLength(3);
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(200);
      expect(wait).toBeLessThanOrEqual(200 * 2 ** (i + 1));
    });
  });

  test('of a message has the same client event id each time, also when the caller gave none', async () => {
    const { events, seen } = await served([down, down, { status: 201, body: event }]);
    await events.post({ text: 'hi' });
    const ids = seen.map(({ body }) => (JSON.parse(body) as { clientEventId: string }).clientEventId);
    expect(ids[0]).toMatch(/^cev_[0-9a-z]{26}$/);
    expect(new Set(ids).size).toBe(1);
    await events.post({ text: 'hi' });
    expect((JSON.parse(seen[3]!.body) as { clientEventId: string }).clientEventId).not.toBe(ids[0]);
  });

  test('does not happen where it could have a second effect', async () => {
    const { workspace, events, seen } = await served([down]);
    await problemFrom(workspace.streams.create({ streamType: 'channel', name: 'x' }));
    await problemFrom(events.edit(event.id, { text: 'x' }));
    await problemFrom(events.delete(event.id));
    expect(seen).toHaveLength(3);
    await problemFrom(workspace.streams.create({ streamType: 'channel', name: 'x' }, { idempotencyKey: 'k1' }));
    expect(seen.slice(3).map(({ headers }) => headers['idempotency-key'])).toEqual(['k1', 'k1', 'k1', 'k1']);
  });

  test('waits as long as the server asks; longer than 20 s is for the caller to decide', async () => {
    const patient = await served([
      { ...down, headers: { 'retry-after': '3' } },
      { status: 200, body: page },
    ]);
    await patient.events.list();
    expect(patient.waits[0]).toBeGreaterThanOrEqual(3200);
    const long = await served([{ ...down, headers: { 'retry-after': '60' } }]);
    expect(await problemFrom(long.events.list())).toMatchObject({ retryAfterSeconds: 60 });
    expect(long.seen).toHaveLength(1);
  });
});
