import { describe, expect, test } from '@jest/globals';
import { dayKey, dayLabel, fullTimeOf, spanLabel, timeOf } from '../../../web/src/ui/times.ts';

const at = (iso: string): number => Date.parse(iso);
const zone = { locale: 'en-US', timeZone: 'America/New_York' };

test("times are of the viewer's zone", () => {
  expect(timeOf(at('2026-11-20T14:03:00Z'), { locale: 'en-GB', timeZone: 'Europe/Berlin' })).toBe('15:03');
  expect(dayKey(at('2026-11-20T03:00:00Z'), zone.timeZone)).toBe('2026-11-19');
});

test('the tooltip has day, seconds and zone', () => {
  const full = fullTimeOf(at('2026-11-20T14:03:07Z'), zone);
  for (const part of ['Friday', 'November 20, 2026', '9:03:07', 'EST']) expect(full).toContain(part);
});

describe('days', () => {
  const now = at('2026-11-20T14:00:00Z');
  test.each([
    ['2026-11-20T13:00:00Z', 'Today'],
    ['2026-11-20T03:00:00Z', 'Yesterday'],
    ['2026-11-16T15:00:00Z', 'Monday, November 16'],
    ['2025-11-16T15:00:00Z', 'Sunday, November 16, 2025'],
  ])('%s is %s', (iso, label) => expect(dayLabel(at(iso), now, zone)).toBe(label));

  test('yesterday is right on days of 25 and 23 hours', () => {
    expect(dayLabel(at('2026-10-31T04:30:00Z'), at('2026-11-02T04:30:00Z'), zone)).toBe('Yesterday');
    expect(dayLabel(at('2026-10-31T04:30:00Z'), at('2026-11-01T05:30:00Z'), zone)).toBe('Yesterday');
    expect(dayLabel(at('2026-03-08T05:30:00Z'), at('2026-03-09T04:30:00Z'), zone)).toBe('Yesterday');
  });
});

test.each([
  ['2026-11-16T15:03:00Z', '2026-11-16T16:10:00Z', 'Nov 16, 10:03 – 11:10 AM'],
  ['2026-11-16T15:03:00Z', '2026-11-18T16:10:00Z', 'Nov 16 – 18'],
  ['2025-12-31T15:00:00Z', '2026-01-01T15:00:00Z', 'Dec 31, 2025 – Jan 1, 2026'],
  ['2026-11-16T15:03:00Z', '2026-11-16T15:00:00Z', 'Nov 16, 10:03 AM'],
])('a span says no more than it takes: %s to %s', (from, to, label) =>
  expect(spanLabel(at(from), at(to), at('2026-11-20T14:00:00Z'), zone).replaceAll(/[\u2009\u202f]/g, ' ')).toBe(label),
);
