import { createECDH } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { maxPushDevices } from '../../contract/push.ts';
import type { PushSubscriptions } from '../../contract/push.ts';
import { newId } from '../../contract/ids.ts';
import { testVapidKeys } from '../support/app.ts';
import { countStatements } from '../support/statements.ts';
import type { Teammate } from '../support/team.ts';
import { openKit } from './kit.ts';
import type { Kit } from './kit.ts';

let kit: Kit;
let bob: Teammate;
beforeAll(async () => {
  kit = await openKit();
  bob = await kit.team.join('bob');
});
afterAll(() => kit.app.test.drop());

const path = '/api/register-subscriptions/';
function keys() {
  const ecdh = createECDH('prime256v1');
  return { p256dh: ecdh.generateKeys().toString('base64url'), auth: Buffer.alloc(16, 7).toString('base64url') };
}
const subscription = (name: string, more: object = {}) => ({
  endpoint: `https://fcm.googleapis.com/fcm/send/${name}`,
  keys: keys(),
  ...more,
});
const send = (json: object, who: Teammate = kit.ada) => kit.ask({ method: 'POST', path, token: who.token, json });
const list = async (who: Teammate = kit.ada) => (await kit.ask({ path, token: who.token })).body as unknown as PushSubscriptions;
const remove = (id: string, who: Teammate = kit.ada) => kit.ask({ method: 'DELETE', path: `${path}${id}/`, token: who.token });

test('a device is registered, listed and deleted, with the slash and without', async () => {
  const [first, second] = await kit.both(kit.ada.token, path.slice(0, -1), {
    method: 'POST',
    json: subscription('a', { device: 'Telefon 📱', origin: 'https://talk.example.com/x' }),
  });
  expect([first.status, second.status, second.body]).toEqual([201, 201, first.body]);
  const [slashed, bare] = await kit.both(kit.ada.token, path.slice(0, -1));
  expect(bare.body).toEqual(slashed.body);
  const at = kit.app.time.toISOString();
  expect(slashed.body).toEqual({
    publicKey: testVapidKeys[0]?.publicKey,
    items: [{ id: first.body['id'], device: 'Telefon 📱', createdAt: at, seenAt: at, isOutdated: false }],
  });
  expect((await remove(String(first.body['id']), bob)).status).toBe(404);
  expect((await remove(String(first.body['id']))).status).toBe(204);
  expect((await remove(String(first.body['id']))).status).toBe(404);
  expect((await list()).items).toEqual([]);
});

test('a browser that another member signs in with belongs to that member', async () => {
  await send(subscription('shared'));
  const { body } = await send(subscription('shared'), bob);
  expect([(await list()).items, (await list(bob)).items.map(({ id }) => id)]).toEqual([[], [body['id']]]);
});

test('of a thousand devices of one member the last seen stay', async () => {
  const zed = await kit.team.join('zed');
  for (let i = 0; i < maxPushDevices + 5; i++) {
    kit.app.time = new Date(kit.app.time.getTime() + 1_000);
    expect((await send(subscription(`many-${i}`, { device: `d${i}` }), zed)).status).toBe(201);
  }
  const names = (await list(zed)).items.map(({ device }) => device);
  expect(names).toEqual(Array.from({ length: maxPushDevices }, (_, i) => `d${maxPushDevices + 4 - i}`));
});

test.each([
  'http://fcm.googleapis.com/fcm/send/x',
  'https://fcm.googleapis.com:8443/x',
  'https://127.0.0.1/x',
  'https://[::1]/x',
  'https://169.254.169.254/latest/meta-data',
  'https://localhost/x',
  'https://10.0.0.8/x',
  'https://push.example.com/x',
  'https://fcm.googleapis.com.evil.example/x',
  'https://evil.example/?fcm.googleapis.com',
  'https://fcm.googleapis.com@evil.example/x',
  'https://user:pass@fcm.googleapis.com/x',
  'https://notify.windows.com/x',
  'javascript:alert(1)',
  'x',
  '',
  `https://fcm.googleapis.com/${'x'.repeat(10_000)}`,
])('the endpoint %s is refused', async (endpoint) => {
  expect(await send({ endpoint, keys: keys() })).toMatchObject({ status: 400, body: { errors: [{ path: 'body.endpoint' }] } });
});

test.each([
  'https://updates.push.services.mozilla.com/wpush/v2/x',
  'https://web.push.apple.com/x',
  'https://wns2-par02p.notify.windows.com/w/?token=x',
])('the endpoint %s is taken', async (endpoint) => {
  expect((await send({ endpoint, keys: keys() })).status).toBe(201);
});

test('keys that are no point on the curve, or of another length, are refused by name', async () => {
  const point = Buffer.from(keys().p256dh, 'base64url');
  const off = Buffer.from(point);
  off[64] = (off[64] ?? 0) ^ 1;
  const compressed = Buffer.concat([Buffer.from([2]), point.subarray(1)]);
  const wrong = [
    off.toString('base64url'),
    compressed.toString('base64url'),
    Buffer.alloc(65, 4).toString('base64url'),
    'B',
    '🙂'.repeat(30),
  ];
  for (const p256dh of wrong)
    expect(await send({ ...subscription('wrong'), keys: { ...keys(), p256dh } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.keys.p256dh' }] },
    });
  expect(await send({ ...subscription('wrong'), keys: { ...keys(), auth: 'AAAA' } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'body.keys.auth' }] },
  });
  const other = keys().p256dh;
  expect(await send(subscription('wrong', { publicKey: other }))).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'body.publicKey' }] },
  });
});

test('an unknown device is not found, and nobody registers without a token', async () => {
  expect((await remove(newId('pushSubscription'))).status).toBe(404);
  expect((await remove('x')).status).toBe(404);
  expect((await kit.ask({ method: 'POST', path, json: subscription('n') })).status).toBe(401);
});

test('a device takes few statements to register and to list', async () => {
  const put = await countStatements(kit.app, () => send(subscription('counted')));
  const read = await countStatements(kit.app, () => list());
  expect([put, read]).toEqual([3, 3]);
});
