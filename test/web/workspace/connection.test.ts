import { describe, expect, test } from '@jest/globals';
import { errorKinds, problemType, type ErrorCode, type Problem } from '../../../contract/errors.ts';
import { sentenceOf } from '../../../web/src/ui/problem-words.ts';
import { bannerOf } from '../../../web/src/workspace/connection.ts';

const problem = (code: ErrorCode, detail?: string): Problem => ({
  ...errorKinds[code],
  type: problemType(code),
  code,
  detail,
  requestId: 'req_1',
});
const zone = { locale: 'en-GB', timeZone: 'UTC' };

test('a live connection has no banner', () => expect(bannerOf({ state: 'live' })).toBeUndefined());

test('offline shows its start at once', () => {
  const banner = bannerOf({ state: 'offline', offlineSince: Date.parse('2026-11-20T14:03:00Z') }, zone);
  expect(banner).toMatchObject({ tone: 'warning', afterMs: 0, text: expect.stringContaining('Offline since 14:03.') });
});

test.each(['connecting', 'catching up'] as const)('a short time of %s shows nothing', (state) =>
  expect(bannerOf({ state })?.afterMs).toBeGreaterThan(0),
);

describe('a problem', () => {
  test('of the token asks to sign in', () => {
    expect(bannerOf({ state: 'offline', problem: problem('token_expired') })).toMatchObject({
      action: 'sign-in',
      text: expect.stringContaining('expired'),
    });
    expect(bannerOf({ state: 'offline', problem: problem('unauthenticated') })).toMatchObject({
      action: 'sign-in',
      text: expect.stringContaining('refused'),
    });
  });

  test('of another kind offers to load the page again', () =>
    expect(bannerOf({ state: 'offline', problem: problem('version_unsupported') })).toMatchObject({ tone: 'error', action: 'reload' }));

  test('shows as sentences', () => {
    expect(sentenceOf(problem('not_found'))).toBe(
      'There is nothing here that you may see. It may be gone, or private: ask somebody who can open it.',
    );
    expect(sentenceOf(problem('conflict', 'Gone!'))).toBe('This is taken already. Gone! Choose another one, or try again.');
  });
});
