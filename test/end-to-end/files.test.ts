import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { deflateSync } from 'node:zlib';
import { startApp, type RunningApp } from './app.ts';
import { launchBrowser } from './browser.ts';
import { limit } from '../support/slowness.ts';

/**
 * Files through a real browser, under the page's own content security policy and the bucket's CORS rules. The page is at `localhost` and
 * the bucket at `127.0.0.1`, which makes them two origins, as in AWS.
 */
let app: RunningApp;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), launchBrowser()]);
  page = await browser.newPage();
  await page.goto(app.baseUrl.replace('127.0.0.1', 'localhost'));
}, limit(120_000));
afterAll(async () => {
  await browser?.close();
  await app?.stop();
});

/** A picture of one colour. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8);
  const rows = Buffer.alloc(height * (width + 1), 0x80);
  for (let row = 0; row < height; row++) rows[row * (width + 1)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Sends a picture as the app's page does; resolves with the outcome. */
const sendPicture = (picture: Buffer) =>
  page.evaluate(
    async ({ bytes, workspaceId, token }) => {
      const call = async (method: string, path: string, body?: object) => {
        const response = await fetch(`/v1/workspaces/${workspaceId}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
          body: body && JSON.stringify(body),
        });
        return (await response.json()) as Record<string, never>;
      };
      const content = new Blob([Uint8Array.from(bytes)], { type: 'image/png' });
      const { items } = (await call('GET', '/streams')) as unknown as { items: { id: string }[] };
      const { file, upload } = (await call('POST', `/streams/${items[0]!.id}/files`, {
        name: 'a plan.png',
        mediaType: content.type,
        sizeBytes: content.size,
      })) as unknown as { file: { id: string }; upload: { url: string; method: string; headers: Record<string, string> } };
      const sent = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: content });
      const again = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: content });
      await call('POST', `/files/${file.id}/complete`);
      const { download } = (await call('GET', `/files/${file.id}`)) as unknown as { download: { url: string } };
      const image = new Image();
      image.crossOrigin = 'anonymous';
      const shown = await new Promise<string>((resolve) => {
        image.addEventListener('load', () => resolve(`${image.naturalWidth} x ${image.naturalHeight}`));
        image.addEventListener('error', () => resolve('not shown'));
        image.src = download.url;
      });
      const read = await fetch(download.url);
      return {
        origins: [location.origin, new URL(upload.url).origin],
        statuses: [sent.status, again.status, read.status],
        shown,
        bytes: (await read.arrayBuffer()).byteLength,
      };
    },
    { bytes: [...picture], workspaceId: app.workspaceId, token: app.users[0]!.token },
  );

test('a page sends a picture to the bucket once, and shows it from there', async () => {
  const picture = png(32, 24);
  const { origins, statuses, shown, bytes } = await sendPicture(picture);
  expect(new Set(origins).size).toBe(2);
  expect(statuses).toEqual([200, 412, 200]);
  expect({ shown, bytes }).toEqual({ shown: '32 x 24', bytes: picture.length });
});
