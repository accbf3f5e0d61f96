import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Delivery, MailDelivery, PushDelivery } from '../../../contract/messages/notifications.ts';
import { maxPushBytes } from '../../../contract/push.ts';
import { deliver } from '../../../functions/notifications/delivering/deliver.ts';
import { createPushClient } from '../../../functions/notifications/delivering/push-client.ts';
import { vapidKeysOf } from '../../../functions/platform/keys/vapid.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestDevice } from '../../support/push/decrypt-push.ts';
import { startPushService } from '../../support/push/receive-pushes.ts';
import type { PushService } from '../../support/push/receive-pushes.ts';

/** Delivery to a push service on loopback. What it gets is opened by an implementation of RFC 8291 that is not the sender's. */
const secret = JSON.stringify({
  seed: 'the seed of today, which nobody else knows',
  verifyOnly: ['the seed of yesterday, which nobody else knows'],
});
const [current, former] = vapidKeysOf(secret);
const device = createTestDevice();
let app: TestApp;
let service: PushService;
const mailed: MailDelivery[] = [];
let mailIsDown = false;

beforeAll(async () => {
  app = await createTestApp();
  service = await startPushService();
});
afterAll(async () => {
  await service.stop();
  await app.test.drop();
});
beforeEach(() => {
  service.received.length = 0;
  service.answers.clear();
  app.notifyMessages.length = 0;
  app.deliveries.length = 0;
  mailed.length = 0;
  mailIsDown = false;
});

const mails = {
  async send(mail: MailDelivery) {
    if (mailIsDown) throw new Error('the mail service is down');
    mailed.push(mail);
  },
};
const run = (delivery: Delivery, hosts = [service.origin], keys = secret) => {
  const pushes = createPushClient(async () => vapidKeysOf(keys), { contact: 'mailto:ops@example.com', hosts });
  return deliver({ ...app, pushes, mails }, delivery);
};
const target = (name: string, more: object = {}) => ({
  subscriptionId: `psh_${name}`,
  endpoint: `${service.origin}/${name}`,
  ...device.keys,
  publicKey: current?.publicKey ?? '',
  payload: JSON.stringify({ hello: name }),
  ...more,
});
const push = (targets: PushDelivery['targets'], more: Partial<PushDelivery> = {}): PushDelivery => ({
  kind: 'push',
  workspaceId: 'ws_1',
  topic: 'str_1',
  urgency: 'high',
  attempt: 0,
  targets,
  ...more,
});

test('what arrives is encrypted for the device, of one size, and asks to be replaced and kept', async () => {
  await run(push([target('a'), target('b', { payload: 'x'.repeat(maxPushBytes) })]));
  const [a, b] = ['/a', '/b'].map((path) => service.received.find((each) => each.path === path));
  expect(device.open(a?.body ?? Buffer.alloc(0))).toBe('{"hello":"a"}');
  expect(device.open(b?.body ?? Buffer.alloc(0))).toBe('x'.repeat(maxPushBytes));
  expect(a?.body.length).toBe(b?.body.length);
  expect(a?.body.length).toBeLessThanOrEqual(4_096);
  expect(a?.headers).toMatchObject({ topic: 'str_1', urgency: 'high', ttl: '86400', 'content-encoding': 'aes128gcm' });
  expect(() => createTestDevice().open(a?.body ?? Buffer.alloc(0))).toThrow();
});

test('each request is signed for its service, by the key that the device subscribed with, for less than a day', async () => {
  await run(push([target('now'), target('before', { publicKey: former?.publicKey })]));
  for (const [path, keys] of [
    ['/now', current],
    ['/before', former],
  ] as const) {
    const { headers } = service.received.find((each) => each.path === path) ?? { headers: { authorization: '' } };
    const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(headers.authorization ?? '') ?? [];
    expect(key).toBe(keys?.publicKey);
    const [head = '', claims = '', signature = ''] = token.split('.');
    const point = Buffer.from(key, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
    const data = Buffer.from(`${head}.${claims}`);
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true);
    const { aud, sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; sub: string; exp: number };
    expect([aud, sub]).toEqual([service.origin.replace('http:', 'https:'), 'mailto:ops@example.com']);
    expect(exp - Date.now() / 1_000).toBeLessThan(86_400);
    expect(exp - Date.now() / 1_000).toBeGreaterThan(0);
  }
});

test('devices that are gone are reported together, and no other device waits for them', async () => {
  service.answers.set('/gone', { status: 410 }).set('/unknown', { status: 404 });
  await run(push([target('gone'), target('here'), target('unknown')]));
  expect(app.notifyMessages.map(({ body }) => body)).toEqual([
    { kind: 'devices-gone', workspaceId: 'ws_1', subscriptionIds: ['psh_gone', 'psh_unknown'] },
  ]);
  expect(service.received).toHaveLength(3);
  expect(app.deliveries).toEqual([]);
});

test('devices whose key was taken away, or whose host is none any more, are gone without a request', async () => {
  const rotated = JSON.stringify({ seed: 'the seed of tomorrow, which nobody else knows' });
  await run(push([target('a')]), [service.origin], rotated);
  await run(push([target('b')]), []);
  expect(app.notifyMessages.map(({ body }) => body)).toMatchObject([{ subscriptionIds: ['psh_a'] }, { subscriptionIds: ['psh_b'] }]);
  expect(service.received).toEqual([]);
});

test('a busy service is asked again later, only for the devices that are left, as late as it says', async () => {
  service.answers.set('/busy', { status: 429, headers: { 'retry-after': '120' } }).set('/broken', { status: 503 });
  await run(push([target('busy'), target('fine'), target('broken')]));
  expect(app.deliveries).toMatchObject([
    { delaySeconds: 120, body: { attempt: 1, targets: [{ subscriptionId: 'psh_busy' }, { subscriptionId: 'psh_broken' }] } },
  ]);
});

test('the waits grow, never beyond what the queue takes, and end', async () => {
  service.answers.set('/down', { status: 500 });
  const waits: number[] = [];
  let next: Delivery | undefined = push([target('down')]);
  while (next) {
    await run(next);
    const [again] = app.deliveries.splice(0);
    if (again) waits.push(again.delaySeconds);
    next = again?.body;
  }
  expect(waits).toEqual([15, 30, 60, 120, 240, 480]);
});

test('a service that does not answer, or sends elsewhere, gets nothing more for now', async () => {
  service.answers.set('/moved', { status: 307, headers: { location: `${service.origin}/inside` } });
  await run(push([target('moved'), target('dead', { endpoint: 'http://127.0.0.1:1/x' })]), [service.origin, 'http://127.0.0.1:1']);
  expect(service.received.map(({ path }) => path)).toEqual(['/moved']);
  expect(app.deliveries).toMatchObject([{ body: { targets: [{}, {}] } }]);
});

test('a refused notification is not sent again', async () => {
  service.answers.set('/no', { status: 403 });
  await run(push([target('no')]));
  expect([app.deliveries, app.notifyMessages]).toEqual([[], []]);
});

const mail: MailDelivery = {
  kind: 'mail',
  workspaceId: 'ws_1',
  to: 'a@b.example',
  subject: 's',
  text: 't',
  html: 'h',
  unsubscribeUrl: 'u',
};
test('a mail is sent, and its failure comes again by the queue', async () => {
  await run(mail);
  expect(mailed).toEqual([mail]);
  mailIsDown = true;
  await expect(run(mail)).rejects.toThrow('down');
});
