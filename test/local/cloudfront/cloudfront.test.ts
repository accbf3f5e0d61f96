import { once } from 'node:events';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { createCloudFront, type Behavior, type Origin } from '../../../local/cloudfront/cloudfront.ts';
import type { Log } from '../../../local/types.ts';
import { until } from '../emulators.ts';
import { serve } from '../servers.ts';

const lines: { level: string; message: string; fields?: Record<string, unknown> }[] = [];
const log: Log = (level, message, fields) => void lines.push({ level, message, fields });
const sockets = new WebSocketServer({ noServer: true });
const seen: IncomingMessage[] = [];
const upgraded: IncomingMessage[] = [];
const gateway = (name: string): Origin => ({
  kind: 'gateway',
  headers: { 'x-from': 'the front' },
  handle: (request, response) => {
    seen.push(request);
    response.setHeader('x-frame-options', 'from the origin');
    response.end(`${name} ${request.method} ${request.url}`);
  },
  upgrade: (request, socket, head) => {
    upgraded.push(request);
    sockets.handleUpgrade(request, socket, head, (client) => client.send(`${name} ${request.url}`));
  },
});

/** A function like the one that maps the page's paths to its file. */
const pagePaths = `
function handler(event) {
  var request = event.request;
  if (request.uri === '/old') return { statusCode: 301, statusDescription: 'Moved', headers: { location: { value: '/new' } } };
  if (request.uri === '/broken') throw new Error('broken');
  if (request.uri === '/query') { request.querystring = { a: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] } }; request.uri = '/index.html'; }
  if (!request.uri.includes('.')) request.uri = '/index.html';
  request.headers['x-ip'] = { value: event.viewer.ip };
  return request;
}`;

let folder: string;
let front: Awaited<ReturnType<typeof serve>>;
const behavior = (pathPattern: string, origin: Origin, more: Partial<Behavior> = {}): Behavior => ({
  pathPattern,
  origin,
  allowedMethods: ['GET', 'HEAD', 'POST'],
  compress: false,
  viewerRequest: undefined,
  responseHeaders: {},
  ...more,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'front-'));
  await mkdir(join(folder, 'web', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'outside');
  await writeFile(join(folder, 'web', 'index.html'), '<title>page</title>');
  await writeFile(join(folder, 'web', 'assets', 'app.js'), `// ${'x'.repeat(5000)}`);
  const deployment = { folder: join(folder, 'web'), exclude: [], include: [], cacheControl: undefined };
  const deployments = [
    { ...deployment, exclude: ['*'], include: ['assets/*'], cacheControl: 'public, max-age=31536000, immutable' },
    { ...deployment, exclude: ['assets/*'], cacheControl: 'no-cache' },
  ];
  const files = { kind: 'bucket' as const, deployments };
  front = await serve(
    createCloudFront({
      log,
      behaviors: [
        behavior('/v1/*', gateway('api')),
        behavior('docs', gateway('docs')),
        behavior('/v?/x', gateway('other'), { responseHeaders: { 'x-frame-options': 'DENY' } }),
        behavior('/realtime', gateway('sockets')),
        behavior('/hidden/*', { ...files, listable: false }),
        behavior('/bare*', files, { compress: false }),
        behavior('*', files, {
          viewerRequest: pagePaths,
          compress: true,
          allowedMethods: ['GET', 'HEAD'],
          responseHeaders: { 'x-frame-options': 'DENY' },
        }),
      ],
    }),
  );
});
afterAll(async () => {
  await front.stop();
  await rm(folder, { recursive: true });
});
const ask = (path: string, init?: RequestInit) => fetch(front.url + path, { redirect: 'manual', ...init });
const textOf = async (path: string, init?: RequestInit) => (await ask(path, init)).text();

describe('behaviours', () => {
  test('are tried in their order, the default last', async () => {
    expect(await textOf('/v1/a/b?x=1', { method: 'POST' })).toBe('api POST /v1/a/b?x=1');
    expect(await textOf('/docs')).toBe('docs GET /docs');
    expect(await textOf('/v1/x')).toBe('api GET /v1/x');
    expect(await textOf('/v2/x')).toBe('other GET /v2/x');
    expect(await textOf('/docs/more')).toContain('<title>page');
  });

  test('a method that is not allowed gives 403', async () => {
    expect((await ask('/index.html', { method: 'POST' })).status).toBe(403);
    expect((await ask('/v1/x', { method: 'DELETE' })).status).toBe(403);
  });

  test('the origin is told of the front', async () => {
    await ask('/v1/told');
    expect(seen.at(-1)?.headers).toMatchObject({ via: expect.stringContaining('CloudFront'), 'x-amz-cf-id': expect.any(String) });
  });

  test('adds the headers of an origin, in place of those that a viewer sends', async () => {
    await fetch(`${front.url}/v1/things`, { headers: [['x-from', 'a viewer'], ['X-From', 'again']] }); // prettier-ignore
    const socket = new WebSocket(`${front.wsUrl}/realtime?ticket=1`, { headers: { 'x-from': 'a viewer' } });
    await once(socket, 'message');
    socket.close();
    for (const request of [seen.at(-1), upgraded.at(-1)]) {
      expect(request?.headers['x-from']).toBe('the front');
      expect(request?.rawHeaders.filter((_, index, all) => (all[index - 1] ?? '').toLowerCase() === 'x-from')).toEqual(['the front']);
    }
  });

  test('sockets go to the origin of their path, others are refused', async () => {
    const socket = new WebSocket(`${front.wsUrl}/realtime?ticket=1`);
    const [frame] = await once(socket, 'message');
    expect(String(frame)).toBe('sockets /realtime?ticket=1');
    socket.terminate();
    const wrong = new WebSocket(`${front.wsUrl}/assets/app.js`);
    const [error] = await once(wrong, 'error');
    expect(String(error)).toContain('403');
  });

  test('headers of the policy stand over those of the origin', async () => {
    expect((await ask('/v2/x')).headers.get('x-frame-options')).toBe('DENY');
    expect((await ask('/v1/x')).headers.get('x-frame-options')).toBe('from the origin');
    expect((await ask('/missing.js')).headers.get('x-frame-options')).toBe('DENY');
  });

  test('each request is one line, without its query', async () => {
    lines.length = 0;
    await textOf('/v1/logged?secret=1');
    await until('the line', () => lines.length > 0);
    expect(lines).toEqual([
      { level: 'info', message: 'request', fields: { method: 'GET', path: '/v1/logged', status: 200, milliseconds: expect.any(Number) } },
    ]);
  });
});

describe('the function at the edge', () => {
  test('rewrites paths, adds headers, and answers by itself', async () => {
    expect(await textOf('/streams/deep/link')).toBe('<title>page</title>');
    const moved = await ask('/old');
    expect([moved.status, moved.headers.get('location')]).toEqual([301, '/new']);
    expect((await ask('/query')).status).toBe(200);
  });

  test('one that throws gives 503', async () => {
    lines.length = 0;
    expect((await ask('/broken')).status).toBe(503);
    expect(lines.some((line) => line.level === 'error')).toBe(true);
  });

  test('code without a handler is refused', () => {
    expect(() => createCloudFront({ log, behaviors: [behavior('*', gateway('x'), { viewerRequest: 'var a = 1;' })] })).toThrow(
      'called handler',
    );
  });
});

describe('files', () => {
  test('have their type, the caching of their deployment, and an ETag', async () => {
    const page = await ask('/index.html');
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html',
      'cache-control': 'no-cache',
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
    const script = await ask('/assets/app.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toBe('text/javascript');
  });

  test('are compressed where they gain by it', async () => {
    const encodingOf = async (path: string, accepted: string) =>
      (await ask(path, { headers: { 'accept-encoding': accepted } })).headers.get('content-encoding');
    expect(await encodingOf('/assets/app.js', 'gzip, deflate, br')).toBe('br');
    expect(await encodingOf('/assets/app.js', 'gzip;q=0.5, br;q=0')).toBe('gzip');
    expect(await encodingOf('/assets/app.js', 'identity')).toBeNull();
    expect(await encodingOf('/index.html', 'br')).toBeNull();
    expect(await textOf('/assets/app.js', { headers: { 'accept-encoding': 'br' } })).toHaveLength(5003);
  });

  test('are not sent again to who has them, but when they changed', async () => {
    const etag = (await ask('/assets/app.js', { headers: { 'accept-encoding': 'br' } })).headers.get('etag') as string;
    const again = () => ask('/assets/app.js', { headers: { 'if-none-match': etag } });
    expect((await again()).status).toBe(304);
    await writeFile(join(folder, 'web', 'assets', 'app.js'), `// ${'y'.repeat(5000)}`);
    await utimes(join(folder, 'web', 'assets', 'app.js'), new Date(), new Date(Date.now() + 5000));
    expect((await again()).status).toBe(200);
  });

  test('HEAD has no body', async () => {
    const head = await ask('/index.html', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '19', '']);
  });

  test('what is not there gives 404, and 403 to who may not list the bucket', async () => {
    const missing = await ask('/missing.js');
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/xml']);
    expect(await missing.text()).toContain('<Code>NoSuchKey</Code>');
    expect((await ask('/hidden/x.js')).status).toBe(403);
  });

  test.each(['/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/..%5csecret.txt', '/%00.txt', '/%zz.txt', '/assets.'])(
    '%s leads nowhere',
    async (path) => {
      const { status } = await new Promise<{ status?: number }>((resolve) =>
        httpRequest({ port: front.port, path }, (response) => {
          response.resume();
          resolve({ status: response.statusCode });
        }).end(),
      );
      expect(status).toBe(404);
    },
  );
});
