import { expect, test } from '@jest/globals';
import { countdown, refreshAfter, relativeTime } from '../../../web/src/ui/relative-time.ts';
import { typingSentence } from '../../../web/src/composer/composer-typists.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const minutes = 60_000;

test('times near now show as a distance', () => {
  const inWords = (distance: number): string => relativeTime(now + distance, now);
  expect(
    [-1000, -59_999, -5 * minutes, -100 * minutes, -26 * 60 * minutes, -3 * 1440 * minutes, -60 * 1440 * minutes].map(inWords),
  ).toEqual(['just now', 'just now', '5 minutes ago', '2 hours ago', '26 hours ago', '3 days ago', '2 months ago']);
  expect([1000, 20 * minutes].map(inWords)).toEqual(['in a moment', 'in 20 minutes']);
});

test('a countdown gets finer towards its end, and stops at zero', () => {
  const left = [-5000, 0, 400, 7000, 247_000, 3_600_000, 12_000_000, 93_600_000, 172_800_000];
  expect(left.map((ms) => countdown(now + ms, now))).toEqual([
    '0:00',
    '0:00',
    '0:01',
    '0:07',
    '4:07',
    '1 h',
    '3 h 20 min',
    '1 d 2 h',
    '2 d',
  ]);
  expect(refreshAfter(now + 10 * minutes, now)).toBe(1000);
  expect(refreshAfter(now + 600 * minutes, now)).toBe(60_000);
});

test('up to three typing people are named', () => {
  expect(typingSentence([])).toBe('');
  expect(typingSentence(['Maya'])).toBe('Maya is typing…');
  expect(typingSentence(['Maya', 'Bob'])).toBe('Maya and Bob are typing…');
  expect(typingSentence(['Maya', 'Bob', 'Eve'])).toBe('Maya, Bob and Eve are typing…');
  expect(typingSentence(['Maya', 'Bob', 'Eve', 'Tom'])).toBe('Several people are typing…');
});
