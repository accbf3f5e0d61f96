import { describe, expect, test } from '@jest/globals';
import { endOf, reasonOf, confidenceOf } from '../../../web/src/epochs/epoch-words.ts';
import { epoch } from './builders.ts';

const ended = (barrier: 'gap' | 'idle' | 'drift' | 'manual' | 'size' | null) =>
  epoch(1, 2, { barrier, status: barrier ? 'closed' : 'open' });

describe('the reason that an epoch began', () => {
  test.each([
    ['2026-11-20T13:00:20Z', 'after a pause'],
    ['2026-11-20T12:00:00Z', 'after a pause'],
    ['2026-11-20T13:45:59Z', 'after a pause of 45 min'],
    ['2026-11-20T15:10:00Z', 'after a pause of 2 h'],
    ['2026-11-21T13:00:00Z', 'after a pause of 1 day'],
    ['2026-11-30T13:00:00Z', 'after a pause of 10 days'],
    ['2026-12-05T13:00:00Z', 'after a pause of 2 weeks'],
  ])('after a pause, how long it was: %s', (openedAt, words) => expect(reasonOf(ended('gap'), { openedAt })).toBe(words));

  test('has words for each barrier, and none where it is unknown', () => {
    const at = { openedAt: '2026-11-20T13:00:00Z' };
    expect((['drift', 'manual', 'size', null] as const).map((barrier) => reasonOf(ended(barrier), at))).toEqual([
      'the subject changed',
      'begun by hand',
      'the one before grew long',
      undefined,
    ]);
    expect(reasonOf(undefined, at)).toBeUndefined();
  });
});

test('an open epoch goes on, a closed one shows its end', () =>
  expect([endOf(ended(null)), endOf(ended('gap')), endOf(ended('manual'))]).toEqual(['Going on', 'Ended by a pause', 'Ended by hand']));

test('a lower score never gives a higher confidence', () =>
  expect([1, 0.58, 0.55, 0.5, 0].map((score) => confidenceOf(score).level)).toEqual(['sure', 'sure', 'likely', 'perhaps', 'perhaps']));
