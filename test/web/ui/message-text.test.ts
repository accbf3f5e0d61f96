import { expect, test } from '@jest/globals';
import { maxTextBytes } from '../../../contract/text.ts';
import { isLong, isSendable, roomLeft } from '../../../web/src/ui/message-text.ts';

test('the composer shows the remaining bytes before the limit', () => {
  expect(roomLeft('a'.repeat(1000)).kind).toBe('plenty');
  expect(roomLeft('a'.repeat(14_000))).toEqual({ kind: 'scarce', message: '13.7 of 16 KB' });
  expect(roomLeft('€'.repeat(5000)).kind).toBe('scarce');
  expect(roomLeft('a'.repeat(maxTextBytes)).kind).toBe('scarce');
  expect(roomLeft('a'.repeat(maxTextBytes + 1))).toMatchObject({ kind: 'over', message: expect.stringContaining('1 bytes over') });
});

test('blank and oversized texts are not sendable', () => {
  expect(['', ' \n', 'a', 'a'.repeat(maxTextBytes), '€'.repeat(6000)].map(isSendable)).toEqual([false, false, true, true, false]);
});

test('long texts are folded', () => {
  expect(isLong('line\n'.repeat(20))).toBe(false);
  expect(isLong('line\n'.repeat(40))).toBe(true);
  expect(isLong('a'.repeat(3001))).toBe(true);
});
