import { describe, expect, test } from '@jest/globals';
import { agoInWords, readToken } from '../../../web/src/app/token.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const workspace = 'ws_01kb0000000000000000000000';
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (payload: unknown): string => `${encode({ alg: 'HS256' })}.${encode(payload)}.c2ln`;
const good = { ws: workspace, sub: 'ada', exp: now / 1000 + 3600 };

describe('a whole token', () => {
  test('gives workspace, user and expiry', () => {
    const token = tokenOf({ ...good, sub: 'jürgen' });
    expect(readToken(token, now)).toEqual({
      ok: true,
      claims: { token, workspaceId: workspace, userId: 'jürgen', expiresAt: now + 3_600_000 },
    });
  });

  test('is found inside the text that people copy along with it', () => {
    const token = tokenOf(good);
    expect(readToken(`  Bearer ${token}\n`, now)).toMatchObject({ ok: true, claims: { token } });
  });
});

describe('anything else is explained', () => {
  test.each([
    ['', 'Paste a token'],
    ['hello', 'not a token'],
    ['a.b', '2 parts'],
    ['a b.c.d', 'spaces'],
    ['sbk_key_01kb0000000000000000000000_ws_01kb0000000000000000000000_5ec2e7', 'API key'],
    ['a.%%%.c', 'damaged'],
    [`a.${Buffer.from('"text"').toString('base64url')}.c`, 'damaged'],
    [tokenOf({ ...good, ws: undefined }), 'no workspace'],
    [tokenOf({ ...good, ws: 'acme' }), 'no workspace'],
    [tokenOf({ ...good, sub: undefined }), 'no user'],
    [tokenOf({ ...good, exp: undefined }), 'no expiry'],
    [tokenOf({ ...good, exp: now / 1000 - 7200 }), 'expired 2 hours ago'],
  ])('%s', (pasted, words) => {
    const read = readToken(pasted, now);
    expect(read).toMatchObject({ ok: false, message: expect.stringContaining(words) });
  });
});

test('a time span in words', () => {
  expect([0, 59_000, 60_000, 120_000, 3_600_000, 48 * 3_600_000].map(agoInWords)).toEqual([
    'just now',
    'just now',
    '1 minute ago',
    '2 minutes ago',
    '1 hour ago',
    '2 days ago',
  ]);
});
