const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const units: readonly (readonly [from: number, ms: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [45 * day, 30 * day, 'month'],
  [1.5 * day, day, 'day'],
  [1.5 * hour, hour, 'hour'],
  [minute, minute, 'minute'],
];

const formats = new Map<string, Intl.RelativeTimeFormat>();

/** "5 minutes ago", "in 2 hours"; within a minute "just now" or "in a moment". */
export function relativeTime(at: number, now: number, locale = 'en'): string {
  const distance = at - now;
  const found = units.find(([from]) => Math.abs(distance) >= from);
  if (!found) return distance > 0 ? 'in a moment' : 'just now';
  const [, ms, unit] = found;
  let format = formats.get(locale);
  if (!format) formats.set(locale, (format = new Intl.RelativeTimeFormat(locale, { numeric: 'always' })));
  return format.format(Math.round(distance / ms), unit);
}

/** The time until `at` as a countdown: "2 d 4 h", "3 h 20 min", "4:07". */
export function countdown(at: number, now: number): string {
  const left = Math.max(0, Math.ceil((at - now) / 1000));
  const [days, hours, minutes, seconds] = [
    Math.floor(left / 86_400),
    Math.floor((left % 86_400) / 3600),
    Math.floor((left % 3600) / 60),
    left % 60,
  ];
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  return `${minutes}:${String(seconds).padStart(2, '0')}`;
}

/** Delay until such a text changes, in milliseconds. */
export const refreshAfter = (at: number, now: number): number => (Math.abs(at - now) < hour ? 1000 : minute);
