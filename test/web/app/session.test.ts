import { expect, test } from '@jest/globals';
import type { Session } from '../../../web/src/app/session.ts';
import { forgetSession, loadSession, saveSession, sessionKey, waitUntilExpiry } from '../../../web/src/app/session.ts';
import { readToken } from '../../../web/src/app/token.ts';
import { memoryStore } from '../memory-store.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${encode({})}.${encode({ ws: 'ws_01kb0000000000000000000000', sub: 'ada', exp: now / 1000 + 60 })}.sig`;

function session(): Session {
  const read = readToken(token, now);
  if (!read.ok) throw new Error(read.message);
  return { ...read.claims, userName: 'Ada', workspaceName: 'Demo' };
}

test('a saved session survives a reload', () => {
  const store = memoryStore();
  saveSession(store, session());
  expect(loadSession(store, now)).toEqual({ session: session() });
});

test('an expired session gives its reason', () => {
  const store = memoryStore();
  saveSession(store, session());
  expect(loadSession(store, now + 61_000)).toEqual({ ended: expect.stringContaining('expired') });
});

test('signing out leaves nothing', () => {
  const store = memoryStore();
  saveSession(store, session());
  forgetSession(store);
  expect(store.keys()).toEqual([]);
  expect(loadSession(store, now)).toEqual({});
});

test.each(['', 'null', '[]', '{"token":1}', '{'])('a stored value that is no session is ignored: %s', (kept) => {
  expect(loadSession(memoryStore({ [sessionKey]: kept }), now)).toEqual({});
});

test('the timer of a token of 30 days does not overflow', () => {
  expect(waitUntilExpiry({ ...session(), expiresAt: now + 30 * 86_400_000 }, now)).toBe(2_147_483_647);
  expect(waitUntilExpiry(session(), now)).toBe(60_000);
  expect(waitUntilExpiry(session(), now + 61_000)).toBe(0);
});
