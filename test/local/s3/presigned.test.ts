import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bucket, pageOrigin, startBucket, type RunningBucket } from './bucket.ts';

let running: RunningBucket;
let now = new Date();
beforeAll(async () => {
  running = await startBucket({ now: () => now });
});
afterAll(async () => {
  expect(running.log.lines).toEqual([]);
  await running.stop();
});

const signedHeaders = new Set(['host', 'content-type', 'content-length', 'if-none-match', 'x-amz-tagging']);
const headers = { 'content-type': 'image/png', 'if-none-match': '*', 'x-amz-tagging': 'state=pending' };
const content = 'a picture';

const putUrl = (Key: string, more: object = {}, accessKeyId?: string) =>
  getSignedUrl(
    running.client(accessKeyId),
    new PutObjectCommand({
      Bucket: bucket.name,
      Key,
      ContentType: 'image/png',
      ContentLength: content.length,
      IfNoneMatch: '*',
      Tagging: 'state=pending',
      ...more,
    }),
    { expiresIn: 600, signableHeaders: signedHeaders, unhoistableHeaders: new Set(['x-amz-tagging']) },
  );
const getUrl = (Key: string, more: object = {}) =>
  getSignedUrl(running.client(), new GetObjectCommand({ Bucket: bucket.name, Key, ...more }), { expiresIn: 600 });
const codeOf = async (response: Response) => [response.status, /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]];
const upload = (url: string, more: { headers?: Record<string, string>; body?: string; method?: string } = {}) =>
  fetch(url, { method: 'PUT', headers, body: content, ...more });

describe('a presigned upload', () => {
  test('takes exactly what was signed, once', async () => {
    const url = await putUrl('ws_1/fil_1');
    expect((await upload(url)).status).toBe(200);
    expect(await codeOf(await upload(url))).toEqual([412, 'PreconditionFailed']);
    const got = await fetch(await getUrl('ws_1/fil_1'));
    expect([got.status, got.headers.get('content-type'), await got.text()]).toEqual([200, 'image/png', content]);
  });

  const without = (name: keyof typeof headers) => Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
  test.each<[string, Parameters<typeof upload>[1]]>([
    ['another type', { headers: { ...headers, 'content-type': 'text/html' } }],
    ['no type', { headers: without('content-type') }],
    ['more bytes', { body: `${content}, and more` }],
    ['fewer bytes', { body: content.slice(1) }],
    ['another tag', { headers: { ...headers, 'x-amz-tagging': 'state=done' } }],
    ['no tag', { headers: without('x-amz-tagging') }],
    ['leave to write over', { headers: without('if-none-match') }],
    ['another method', { method: 'DELETE', body: undefined }],
  ])('refuses %s', async (_, change) => {
    expect(await codeOf(await upload(await putUrl('ws_1/fil_2'), change))).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test('refuses headers that nobody signed', async () => {
    const sent = await upload(await putUrl('ws_1/fil_2'), { headers: { ...headers, 'x-amz-acl': 'public-read' } });
    expect(await codeOf(sent)).toEqual([403, 'AccessDenied']);
  });

  test('does no more than who signed it may', async () => {
    expect(await codeOf(await upload(await putUrl('ws_1/fil_2', {}, 'AKIAREFUSED')))).toEqual([403, 'AccessDenied']);
  });
});

describe('a presigned address', () => {
  beforeAll(async () => {
    now = new Date();
    await upload(await putUrl('ws_1/one'));
    await upload(await putUrl('ws_1/two'));
  });
  const changed = async (change: (url: URL) => void) => {
    const url = new URL(await getUrl('ws_1/one', { ResponseContentDisposition: 'attachment' }));
    change(url);
    return codeOf(await fetch(url));
  };

  test('says how the content is shown', async () => {
    const disposition = `attachment; filename="b.png"; filename*=UTF-8''%C3%A9%20b.png`;
    const got = await fetch(
      await getUrl('ws_1/one', {
        ResponseContentDisposition: disposition,
        ResponseContentType: 'text/plain',
        ResponseCacheControl: 'private',
      }),
    );
    expect(got.headers.get('content-disposition')).toBe(disposition);
    expect(got.headers.get('content-type')).toBe('text/plain');
    expect(got.headers.get('cache-control')).toBe('private');
  });

  test.each<[string, (url: URL) => void, unknown[]]>([
    ['of another object', (url) => (url.pathname = '/files/ws_1/two'), [403, 'SignatureDoesNotMatch']],
    ['of another bucket', (url) => (url.pathname = '/others/ws_1/one'), [404, 'NoSuchBucket']],
    ['with another disposition', (url) => url.searchParams.set('response-content-disposition', 'inline'), [403, 'SignatureDoesNotMatch']],
    ['with one parameter more', (url) => url.searchParams.set('response-content-type', 'text/html'), [403, 'SignatureDoesNotMatch']],
    ['that works longer', (url) => url.searchParams.set('X-Amz-Expires', '601'), [403, 'SignatureDoesNotMatch']],
    ['of another signature', (url) => url.searchParams.set('X-Amz-Signature', '0'.repeat(64)), [403, 'SignatureDoesNotMatch']],
    ['of another session', (url) => url.searchParams.set('X-Amz-Security-Token', 'other'), [400, 'InvalidToken']],
    ['without its date', (url) => url.searchParams.delete('X-Amz-Date'), [400, 'AuthorizationQueryParametersError']],
    ['of another algorithm', (url) => url.searchParams.set('X-Amz-Algorithm', 'none'), [400, 'AuthorizationQueryParametersError']],
    ['that names something twice', (url) => url.searchParams.append('X-Amz-Expires', '600'), [400, 'InvalidArgument']],
    ['of no signature at all', (url) => (url.search = ''), [403, 'AccessDenied']],
  ])('%s is refused', async (_, change, expected) => {
    expect(await changed(change)).toEqual(expected);
  });

  test('is refused for another region', async () => {
    expect(
      await changed((url) => {
        const credential = url.searchParams.get('X-Amz-Credential') ?? '';
        url.searchParams.set('X-Amz-Credential', credential.replace('us-east-1', 'eu-west-1'));
      }),
    ).toEqual([400, 'AuthorizationHeaderMalformed']);
  });

  test('works from its time to its end, and not outside of it', async () => {
    const url = await getUrl('ws_1/one');
    const at = Date.now();
    const after = async (seconds: number) => {
      now = new Date(at + seconds * 1000);
      return codeOf(await fetch(url));
    };
    expect(await after(599)).toEqual([200, undefined]);
    expect(await after(602)).toEqual([403, 'AccessDenied']);
    expect(await after(-1000)).toEqual([403, 'AccessDenied']);
    now = new Date();
  });

  test('A video is read in parts', async () => {
    const got = await fetch(await getUrl('ws_1/one'), { headers: { range: 'bytes=2-3' } });
    expect([got.status, got.headers.get('content-range'), await got.text()]).toEqual([
      206,
      `bytes 2-3/${content.length}`,
      content.slice(2, 4),
    ]);
  });
});

describe('pages of other origins', () => {
  const preflight = async (origin: string, method: string, asked?: string) => {
    const response = await fetch(`${running.url}/files/any`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, ...(asked && { 'access-control-request-headers': asked }) },
    });
    return [response.status, response.headers.get('access-control-allow-origin'), response.headers.get('access-control-allow-headers')];
  };

  test('may send and read what the rules of the bucket allow', async () => {
    const asked = 'content-type, if-none-match, x-amz-tagging';
    expect(await preflight(pageOrigin, 'PUT', asked)).toEqual([200, pageOrigin, asked]);
    const got = await fetch(await getUrl('ws_1/one'), { headers: { origin: pageOrigin } });
    expect(got.headers.get('access-control-allow-origin')).toBe(pageOrigin);
    expect(got.headers.get('access-control-expose-headers')).toBe('etag');
    expect(got.headers.get('vary')).toContain('Origin');
  });

  test('may nothing else', async () => {
    for (const refused of [
      await preflight('https://evil.example', 'PUT'),
      await preflight(pageOrigin, 'DELETE'),
      await preflight(pageOrigin, 'PUT', 'x-amz-acl'),
    ])
      expect(refused).toEqual([403, null, null]);
    const got = await fetch(await getUrl('ws_1/one'), { headers: { origin: 'https://evil.example' } });
    expect(got.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('read why something was refused', async () => {
    const got = await fetch(`${running.url}/files/ws_1/one`, { headers: { origin: pageOrigin } });
    expect([got.status, got.headers.get('access-control-allow-origin')]).toEqual([403, pageOrigin]);
  });
});
