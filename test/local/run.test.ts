import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLocal, type Local } from '../../local/run.ts';
import { limit } from '../support/slowness.ts';

let local: Local;
beforeAll(async () => {
  local = await startLocal({ port: 0, ephemeral: true, quiet: true });
}, limit(120_000));
afterAll(async () => {
  await local?.stop();
});

const get = (path: string, init: RequestInit = {}) => fetch(`${local.baseUrl}${path}`, init);
const demo = () => {
  if (local.demo === undefined) throw new Error('there is no demo');
  return local.demo;
};
const userCall = (path: string, method = 'GET', body?: unknown) =>
  get(path, {
    method,
    headers: { authorization: `Bearer ${demo().users[0]?.token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

describe('the app on one machine', () => {
  test('It is ready with every part', async () => {
    const response = await get('/ready');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      parts: { postgres: { status: 'ok' }, dynamodb: { status: 'ok' }, queue: { status: 'ok' }, index: { status: 'ok' } },
    });
    expect(local.steps.map(({ name }) => name).toSorted()).toEqual(['demo', 'memory', 'migrations', 'postgres', 'services', 'synth']);
  });

  test('A request past the front is answered by no function', async () => {
    const requestContext = { requestId: 'direct', http: { method: 'GET', path: '/health' } };
    const event = { version: '2.0', rawPath: '/health', rawQueryString: '', headers: {}, requestContext, isBase64Encoded: false };
    const invocation = await local.functions.invoke('OperationsHttp', event);
    expect(invocation).toMatchObject({ ok: true, payload: { statusCode: 403 } });
    expect((await get('/health', { headers: { 'x-origin-secret': 'a guess' } })).status).toBe(200);
  });

  test('The page is served at every place of the app, with its headers; a file that is not there is not the page', async () => {
    for (const path of ['/', '/some/place']) {
      const response = await get(path);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
      expect(response.headers.get('content-security-policy')).toContain(`connect-src 'self' ${local.baseUrl.replace('http', 'ws')}`);
    }
    expect((await get('/assets/nothing.js')).status).toBeGreaterThanOrEqual(400);
  });

  test('The demo has users, channels and a conversation; the page can read the tokens but not the API key', async () => {
    const shown = (await (await get('/local/demo.json')).json()) as object;
    expect(shown).toMatchObject({ baseUrl: local.baseUrl, wsUrl: local.wsUrl, workspaceId: demo().workspaceId });
    expect(shown).not.toHaveProperty('apiKey');
    const { items } = (await (await userCall(`/v1/workspaces/${demo().workspaceId}/streams?type=channel`)).json()) as {
      items: { name: string; messageCount: number }[];
    };
    expect(items.map(({ name }) => name)).toEqual(['Customer questions', 'General', 'Launch: subscriptions']);
    for (const { messageCount } of items) expect(messageCount).toBeGreaterThan(3);
  });

  test('Other hosts that a page may pretend to be do not get the demo', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(`${local.baseUrl}/local/demo.json`, { headers: { host: 'streambed.example' } }, (response) =>
        resolve(response.resume().statusCode),
      ).end();
    });
    expect(status).toBe(404);
  });

  test('An address that is none is a problem in our own form', async () => {
    const response = await get('/v1/nothing');
    expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
  });

  test('A function is called by name; one that is not there is an error that says which there are', () => {
    expect(local.functions.state('StreamsHttp')).toMatchObject({ constructId: 'StreamsHttp' });
    expect(() => local.functions.state('Nobody')).toThrow(/No function Nobody; there are .*StreamsHttp/);
  });

  test('A message that one person posts is pushed to the socket of another', async () => {
    const { ticket, url, protocol } = (await (await userCall('/v1/realtime/tickets', 'POST')).json()) as Record<
      'ticket' | 'url' | 'protocol',
      string
    >;
    const streams = `/v1/workspaces/${demo().workspaceId}/streams`;
    const stream = (await (await userCall(streams, 'POST', { streamType: 'channel', name: 'Seen live' })).json()) as { id: string };
    const room = `ws:${demo().workspaceId}:stream:${stream.id}`;
    const socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`, [protocol]);
    const frames: Record<string, unknown>[] = [];
    const seen = new Promise<void>((resolve, reject) => {
      socket.addEventListener('error', () => reject(new Error('the socket failed')));
      socket.addEventListener('open', () => socket.send(JSON.stringify({ op: 'hello', id: 1, d: { v: 1 } })));
      socket.addEventListener('message', ({ data }) => {
        const frame = JSON.parse(String(data)) as Record<string, unknown>;
        frames.push(frame);
        if (frame['op'] === 'welcome') socket.send(JSON.stringify({ op: 'sub', id: 2, d: { rooms: [{ room }] } }));
        if (frame['op'] === 'ok') void userCall(`${streams}/${stream.id}/events`, 'POST', { text: 'hello there' });
        if (frame['op'] === 'ev') resolve();
      });
    });
    await seen;
    expect(local.sockets.connections()).toHaveLength(1);
    socket.close();
    expect(frames.map(({ op }) => op)).toEqual(['welcome', 'ok', 'ev']);
    expect(frames.at(-1)).toMatchObject({ room, data: { content: { text: 'hello there' } } });
  });

  test('A queue has a name by its construct, and is settled when all is delivered', async () => {
    await local.queues.settled();
    expect(local.queues.counts(local.nameOf('RealtimeFanOutQueueQueue'))).toMatchObject({ visible: 0 });
    expect(local.nameOf('RealtimeFanOutQueueQueue')).toMatch(/\.fifo$/);
  });

  test.each(['OperationsEveryMinute', 'EpochsFlushEveryMinute', 'EpochsLearnOften'])('%s runs when it is told to', async (schedule) => {
    expect(await local.runSchedule(schedule)).toMatchObject({ ok: true });
  });

  test('What follows from a message for memory is done when the queues are settled, without a grant too few', async () => {
    const streams = `/v1/workspaces/${demo().workspaceId}/streams`;
    const { id } = (await (await userCall(streams, 'POST', { streamType: 'channel', name: 'Remembered' })).json()) as { id: string };
    for (const text of ['The bakery raises the price of rye bread', 'Rye bread is what the bakery sells most'])
      await userCall(`${streams}/${id}/events`, 'POST', { text });
    expect((await userCall(`${streams}/${id}/barrier`, 'POST', {})).status).toBe(202);
    await local.queues.settled();
    const { items } = (await (await userCall(`${streams}/${id}/epochs`)).json()) as { items: { barrier: string; indexed: boolean }[] };
    expect(items).toEqual([expect.objectContaining({ barrier: 'manual', indexed: true })]);
    const found = await userCall(`/v1/workspaces/${demo().workspaceId}/memory/search?q=${encodeURIComponent('rye bread')}&mode=keyword`);
    expect(await found.json()).toMatchObject({ items: [{ streamName: 'Remembered' }] });
    expect(local.recent().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });
});

describe('faults', () => {
  test('Without the index the app is degraded and answers; with it again it is ready', async () => {
    await local.qdrant.stop();
    const degraded = await get('/ready');
    expect(degraded.status).toBe(200);
    expect(await degraded.json()).toMatchObject({ status: 'degraded', parts: { index: { status: 'failed', detail: 'ECONNREFUSED' } } });
    await local.qdrant.start();
    expect(await (await get('/ready')).json()).toMatchObject({ status: 'ok' });
  });

  const post = async (text: string) => {
    const { items } = (await (await userCall(`/v1/workspaces/${demo().workspaceId}/streams?type=channel`)).json()) as {
      items: { id: string }[];
    };
    return userCall(`/v1/workspaces/${demo().workspaceId}/streams/${items[0]?.id}/events`, 'POST', { text });
  };

  test('A function that is killed while it calls a service fails that request, and the next one is answered', async () => {
    const fault = local.faults.set({ caller: 'StreamsHttp', action: 'sqs:SendMessage', when: 'before', effect: 'kill' });
    expect((await post('killed between commit and publish')).status).toBe(500);
    await fault.struck;
    expect(fault.hits).toBe(1);
    expect((await post('and on')).status).toBe(201);
    await local.runSchedule('OperationsEveryMinute');
    await local.queues.settled();
  });

  test('The database server can be restarted under the app, which recovers by itself', async () => {
    await local.postgres.restart('crash');
    const until = Date.now() + limit(20_000);
    let status = 0;
    while (status !== 200 && Date.now() < until) ({ status } = await get('/ready'));
    expect(status).toBe(200);
    expect((await post('after the restart')).status).toBe(201);
  });
});
