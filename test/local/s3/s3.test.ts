import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '../../../local/types.ts';
import { quietLog, until } from '../emulators.ts';
import { bucket, startBucket, type RunningBucket } from './bucket.ts';

let running: RunningBucket;
beforeAll(async () => {
  running = await startBucket();
});
afterAll(async () => {
  expect(running.log.lines).toEqual([]);
  await running.stop();
});

const Bucket = bucket.name;
const put = (Key: string, Body: string | Buffer, more: object = {}) =>
  running.client().send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/plain', ...more }));

describe('objects', () => {
  test('come back as they went in: bytes, type, length and time', async () => {
    const body = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    await put('a/b c/ü+&?.bin', body, { ContentType: 'application/zip' });
    const got = await running.client().send(new GetObjectCommand({ Bucket, Key: 'a/b c/ü+&?.bin' }));
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true);
    expect(got).toMatchObject({ ContentType: 'application/zip', ContentLength: 70_000, AcceptRanges: 'bytes' });
    expect(got.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(Date.now() - got.LastModified!.getTime()).toBeLessThan(60_000);
    const head = await running.client().send(new HeadObjectCommand({ Bucket, Key: 'a/b c/ü+&?.bin' }));
    expect(head).toMatchObject({ ContentLength: 70_000, ETag: got.ETag });
  });

  test('are replaced whole, deleted, and not there for who asks for another', async () => {
    await put('one', 'first');
    await put('one', 'second');
    const read = async () => (await running.client().send(new GetObjectCommand({ Bucket, Key: 'one' }))).Body!.transformToString();
    expect(await read()).toBe('second');
    await running.client().send(new DeleteObjectCommand({ Bucket, Key: 'one' }));
    await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(running.client().send(new HeadObjectCommand({ Bucket, Key: 'One' }))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(running.client().send(new HeadObjectCommand({ Bucket: 'others', Key: 'one' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('are written once where that is asked for, also by two at once', async () => {
    const tries = await Promise.allSettled([1, 2, 3, 4].map((n) => put('once', `try ${n}`, { IfNoneMatch: '*' })));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ name: 'PreconditionFailed' });
  });

  test('have tags, which can be taken away', async () => {
    await put('tagged', 'x', { Tagging: 'state=pending&colour=red' });
    const tagsOf = async () => (await running.client().send(new GetObjectCommand({ Bucket, Key: 'tagged' }))).TagCount;
    expect(await tagsOf()).toBe(2);
    await running.client().send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    expect(await tagsOf()).toBeUndefined();
    await expect(running.client().send(new DeleteObjectTaggingCommand({ Bucket, Key: 'nobody' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
  });

  test('are refused when their content is not what was signed or promised', async () => {
    await expect(put('wrong', 'x', { ContentMD5: Buffer.alloc(16).toString('base64') })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(running.client().send(new HeadObjectCommand({ Bucket, Key: 'wrong' }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('What this S3 does not do is said, not forgotten', async () => {
    await expect(put('x', 'x', { StorageClass: 'GLACIER' })).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(running.client().send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('parts of an object', () => {
  const part = async (Range: string) => {
    const got = await running.client().send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
    return [await got.Body!.transformToString(), got.ContentRange, got.$metadata.httpStatusCode];
  };
  beforeAll(() => put('digits', '0123456789'));

  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10', 206],
    ['bytes=7-', '789', 'bytes 7-9/10', 206],
    ['bytes=-3', '789', 'bytes 7-9/10', 206],
    ['bytes=8-99', '89', 'bytes 8-9/10', 206],
    ['bytes=-99', '0123456789', 'bytes 0-9/10', 206],
    ['bytes=4-2', '0123456789', undefined, 200],
    ['bytes=0-1,4-5', '0123456789', undefined, 200],
    ['lines=1-2', '0123456789', undefined, 200],
  ])('%s', async (range, ...expected) => {
    expect(await part(range)).toEqual(expected);
  });

  test.each(['bytes=10-', 'bytes=-0'])('%s cannot be had', async (range) => {
    await expect(part(range)).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });

  test('Who has it already is told so', async () => {
    const { ETag } = await running.client().send(new HeadObjectCommand({ Bucket, Key: 'digits' }));
    const again = running.client().send(new GetObjectCommand({ Bucket, Key: 'digits', IfNoneMatch: ETag }));
    await expect(again).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });
});

describe('permissions', () => {
  const allowing = (...rules: string[]): Access => ({
    check: (_, action, resource) =>
      rules.includes(`${action} ${resource}`) ? { allowed: true } : { allowed: false, principal: 'arn:role', reason: 'nothing allows it' },
  });
  const attempt = async (rules: string[], command: (client: ReturnType<RunningBucket['client']>) => Promise<unknown>) => {
    const own = await startBucket({ access: allowing(...rules) });
    try {
      return await command(own.client()).then(
        () => 'done',
        (error: { name: string; $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
      );
    } finally {
      await own.stop();
    }
  };

  test('Each operation needs its own, on the object; a tag needs one more', async () => {
    const tagged = new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: 'a=b' });
    expect(await attempt(['s3:PutObject arn:aws:s3:::files/other'], (c) => c.send(tagged))).toBe(403);
    expect(await attempt(['s3:PutObject arn:aws:s3:::files/k'], (c) => c.send(tagged))).toBe(403);
    expect(await attempt(['s3:PutObject arn:aws:s3:::files/k', 's3:PutObjectTagging arn:aws:s3:::files/k'], (c) => c.send(tagged))).toBe(
      'done',
    );
  });

  test('What is not there is 404 for who may list the bucket, and 403 for others', async () => {
    const head = new HeadObjectCommand({ Bucket, Key: 'k' });
    expect(await attempt(['s3:GetObject arn:aws:s3:::files/k'], (c) => c.send(head))).toBe(403);
    expect(await attempt(['s3:GetObject arn:aws:s3:::files/k', 's3:ListBucket arn:aws:s3:::files'], (c) => c.send(head))).toBe(404);
  });

  test('A key that is nobody’s may nothing', async () => {
    await expect(running.client('AKIAREFUSED').send(new HeadObjectCommand({ Bucket, Key: 'digits' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('the folder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'streambed-s3-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('outlives the process; what was not completed in time is deleted, what was completed stays', async () => {
    const first = await startBucket({ folder, now: () => new Date() });
    const send = (Key: string, Tagging?: string) => first.client().send(new PutObjectCommand({ Bucket, Key, Body: 'kept', Tagging }));
    await send('plain');
    await send('pending', 'state=pending');
    await first.stop();
    const inDays = (days: number) => async () => {
      const later = await startBucket({ folder, now: () => new Date(Date.now() + days * 86_400_000) });
      await later.stop();
      const names = readdirSync(join(folder, Bucket));
      return names.filter((name) => name.endsWith('.content')).length;
    };
    expect(await inDays(0.5)()).toBe(2);
    expect(await inDays(2.1)()).toBe(1);
    const last = await startBucket({ folder });
    expect(await (await last.client().send(new GetObjectCommand({ Bucket, Key: 'plain' }))).Body!.transformToString()).toBe('kept');
    await last.stop();
  });

  test('holds nothing of an upload that broke off', async () => {
    const own = await startBucket({ folder });
    const names = () => readdirSync(join(folder, Bucket));
    const before = names();
    const { port } = new URL(own.url);
    const url = new URL(
      await (await import('@aws-sdk/s3-request-presigner')).getSignedUrl(own.client(), new PutObjectCommand({ Bucket, Key: 'broken' })),
    );
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`PUT ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: 1000\r\n\r\nonly this`);
    await until('the draft is there', () => names().some((name) => name.endsWith('.draft')));
    socket.destroy();
    await until('the draft is gone', () => names().length === before.length);
    expect(own.log.lines).toEqual(quietLog().lines);
    await own.stop();
  });
});
