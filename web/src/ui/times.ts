/** Times in the viewer's own zone and language. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** Creating a formatter costs far more than using it. */
function format(options: Intl.DateTimeFormatOptions, locale?: string): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options]);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, options)));
  return made;
}

export interface Zone {
  readonly locale?: string;
  readonly timeZone?: string;
}

/** "14:03" or "2:03 PM". */
export const timeOf = (ms: number, { locale, timeZone }: Zone = {}): string =>
  format({ hour: 'numeric', minute: '2-digit', timeZone }, locale).format(ms);

/** "Friday, November 20, 2026 at 2:03:07 PM GMT+1": the full time for a tooltip. */
export const fullTimeOf = (ms: number, { locale, timeZone }: Zone = {}): string =>
  format(
    {
      weekday: 'long',
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
      timeZone,
    },
    locale,
  ).format(ms);

/** The calendar day of an instant as text; equal texts mean the same day. */
export const dayKey = (ms: number, timeZone?: string): string =>
  format({ year: 'numeric', month: '2-digit', day: '2-digit', timeZone }, 'en-CA').format(ms);

/** "Today", "Yesterday", "Monday, November 16"; with the year when it is not this one. */
export function dayLabel(ms: number, nowMs: number, { locale, timeZone }: Zone = {}): string {
  const day = dayKey(ms, timeZone);
  const today = dayKey(nowMs, timeZone);
  if (day === today) return 'Today';
  if (day === dayBefore(today)) return 'Yesterday';
  const year = day.slice(0, 4) === today.slice(0, 4) ? undefined : ('numeric' as const);
  return format({ weekday: 'long', month: 'long', day: 'numeric', year, timeZone }, locale).format(ms);
}

/** "Nov 16, 2:03 – 3:10 PM", or over days "Nov 16 – 18"; with years when one is not this year. */
export function spanLabel(fromMs: number, toMs: number, nowMs: number, { locale, timeZone }: Zone = {}): string {
  const days = [fromMs, toMs, nowMs].map((ms) => dayKey(ms, timeZone));
  const year = days.every((day) => day.slice(0, 4) === days[2]?.slice(0, 4)) ? undefined : ('numeric' as const);
  const isOneDay = days[0] === days[1];
  const time = isOneDay ? ({ hour: 'numeric', minute: '2-digit' } as const) : undefined;
  return format({ year, month: 'short', day: 'numeric', ...time, timeZone }, locale).formatRange(fromMs, Math.max(fromMs, toMs));
}

/** Counts by calendar: a day with a clock change has 23 or 25 hours. */
function dayBefore(key: string): string {
  const [year = 0, month = 1, day = 1] = key.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day - 1)).toISOString().slice(0, 10);
}
