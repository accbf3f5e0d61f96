import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callerOfToken } from '../../functions/platform/authenticate.ts';
import { testSigner } from '../support/app.ts';
import { openKit } from './kit.ts';
import type { Kit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await openKit();
});
afterAll(() => kit.app.test.drop());

test('gives a signed address for one socket, with the slash and without', async () => {
  for (const { status, body } of await kit.both(kit.ada.token, '/api/ws-auth')) {
    expect(status).toBe(200);
    expect(body).toEqual({
      auth: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      expires: new Date(kit.app.time.getTime() + 30_000).toISOString(),
      url: `wss://example.test/realtime?ticket=${String(body['auth'])}`,
    });
    const caller = await callerOfToken(kit.app.ticketVerifier, String(body['auth']), kit.app.time);
    expect(caller).toMatchObject({ userId: 'ada', workspaceId: kit.team.workspaceId });
  }
  const [first, second] = await kit.both(kit.ada.token, '/api/ws-auth');
  expect(first.body['auth']).not.toBe(second.body['auth']);
});

test('the ticket ends when it says', async () => {
  kit.app.time = new Date(kit.app.time.getTime() + 999);
  const [{ body }] = await kit.both(kit.ada.token, '/api/ws-auth');
  const end = Date.parse(String(body['expires']));
  const ticket = String(body['auth']);
  expect(await callerOfToken(kit.app.ticketVerifier, ticket, new Date(end - 1))).toMatchObject({ userId: 'ada' });
  await expect(callerOfToken(kit.app.ticketVerifier, ticket, new Date(end))).rejects.toMatchObject({ code: 'token_expired' });
});

test('answers 401 without a token, and 403 to one that was tampered with or made elsewhere', async () => {
  for (const { status, body } of await kit.both(undefined, '/api/ws-auth')) {
    expect([status, body['code']]).toEqual([401, 'unauthenticated']);
  }
  const { token } = kit.ada;
  const [head, payload, signature] = token.split('.') as [string, string, string];
  const swapped = payload.slice(0, 10) + (payload[10] === 'A' ? 'B' : 'A') + payload.slice(11);
  const now = Math.floor(kit.app.time.getTime() / 1_000);
  const claims = { ws: kit.team.workspaceId, sub: 'ada', iat: now, exp: now + 60 };
  const foreign = await testSigner('user-token', JSON.stringify({ seed: 'the seed of somebody else, as long as ours' })).sign(claims);
  const ticket = await testSigner('realtime-ticket').sign(claims);
  for (const wrong of [[head, swapped, signature].join('.'), `${head}.${payload}.`, foreign, ticket, 'nonsense', 'sbk_key']) {
    for (const { status, body } of await kit.both(wrong, '/api/ws-auth'))
      expect([wrong, status, body['code']]).toEqual([wrong, 403, 'forbidden']);
  }
});
