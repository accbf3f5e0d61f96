import { expect, test } from '@jest/globals';
import { NotificationSettings, isQuiet } from '../../contract/notification-settings.ts';

const night = (timeZone: string) => ({ from: '22:00', to: '07:00', timeZone });

test.each([
  ['2026-07-01T19:59:00Z', false],
  ['2026-07-01T20:00:00Z', true],
  ['2026-07-02T04:59:00Z', true],
  ['2026-07-02T05:00:00Z', false],
  // Winter time: the same hours are an hour later in UTC.
  ['2026-12-01T20:30:00Z', false],
  ['2026-12-01T21:00:00Z', true],
  // The night of the change has an hour more.
  ['2026-10-25T05:59:00Z', true],
  ['2026-10-25T06:00:00Z', false],
])('a night in Berlin at %s: %s', (at, quiet) => expect(isQuiet(night('Europe/Berlin'), new Date(at))).toBe(quiet));

test('zones off the whole hour, on the other side of the date line, and hours within a day', () => {
  expect(isQuiet(night('Asia/Kathmandu'), new Date('2026-07-01T16:15:00Z'))).toBe(true);
  expect(isQuiet(night('Asia/Kathmandu'), new Date('2026-07-01T16:14:00Z'))).toBe(false);
  expect(isQuiet(night('Pacific/Kiritimati'), new Date('2026-07-01T08:00:00Z'))).toBe(true);
  expect(isQuiet({ from: '12:00', to: '13:00', timeZone: 'UTC' }, new Date('2026-07-01T13:00:00Z'))).toBe(false);
  expect(isQuiet({ from: '00:00', to: '00:00', timeZone: 'UTC' }, new Date('2026-07-01T13:00:00Z'))).toBe(true);
});

test.each(['24:00', '7:00', '07:60', '', '٠٧:٠٠'])('%s is no time of day', (from) => {
  const quietHours = { from, to: '07:00', timeZone: 'UTC' };
  const parsed = NotificationSettings.safeParse({ level: null, quietHours, incidents: true, email: true });
  expect(parsed.error?.issues[0]?.path).toEqual(['quietHours', 'from']);
});

test.each(['Mars/Phobos', '', 'x'.repeat(100), 'Europe/Berlin\0'])('%j is no time zone', (timeZone) => {
  const parsed = NotificationSettings.safeParse({ level: null, quietHours: night(timeZone), incidents: true, email: true });
  expect(parsed.error?.issues[0]?.path).toEqual(['quietHours', 'timeZone']);
});
