/** Timing of a schedule: an interval, or a predicate of minutes. */
export type Timing = { readonly everyMilliseconds: number } | { readonly isDue: (minute: Date) => boolean };

/** Parses `rate(…)`, `cron(…)` and `at(…)` as EventBridge Scheduler does. */
export function parseExpression(expression: string, timezone = 'UTC'): Timing {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.+)\)$/.exec(expression.trim()) ?? [];
  const clock = wallClock(timezone);
  if (kind === 'rate') return { everyMilliseconds: rate(inner, expression) };
  if (kind === 'cron') {
    const matches = cron(inner, expression);
    return { isDue: (minute) => matches(clock(minute)) };
  }
  if (kind === 'at' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner)) {
    return { isDue: (minute) => isoMinute(clock(minute)) === inner.slice(0, 16) };
  }
  throw invalid(expression);
}

const invalid = (expression: string) => new Error(`${expression} is not a schedule expression`);

function rate(inner: string, expression: string): number {
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(inner.trim()) ?? [];
  const minutes = { minute: 1, hour: 60, day: 1440 }[unit ?? ''];
  if (minutes === undefined || Number(count) < 1) throw invalid(expression);
  return Number(count) * minutes * 60_000;
}

/** A minute in a time zone's local time. */
interface WallTime {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  /** 1 is Sunday. */
  readonly weekday: number;
  readonly year: number;
}

function wallClock(timezone: string): (time: Date) => WallTime {
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, ...parts });
  return (time) => {
    const shown = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = shown;
    return { year, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1 };
  };
}

const two = (value: number) => String(value).padStart(2, '0');
const isoMinute = ({ year, month, day, hour, minute }: WallTime) => `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function cron(inner: string, expression: string): (time: WallTime) => boolean {
  const fields = inner.trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields;
  // Exactly one of the two day fields must be `?`.
  if (fields.length !== 6 || (day === '?') === (weekday === '?')) throw invalid(expression);
  try {
    const matchMinute = field(minute, 0, 59);
    const matchHour = field(hour, 0, 23);
    const matchMonth = field(month, 1, 12, months);
    const matchYear = field(year, 1970, 2199);
    const matchDay = weekday === '?' ? dayOfMonth(day) : dayOfWeek(weekday);
    return (time) => matchMinute(time.minute) && matchHour(time.hour) && matchMonth(time.month) && matchYear(time.year) && matchDay(time);
  } catch {
    throw invalid(expression);
  }
}

/** `*`, `5`, `1-5`, `1,5`, `0/15`, `MON-FRI`; throws on anything else. */
function field(text: string, from: number, to: number, names: readonly string[] = []): (value: number) => boolean {
  if (text === '*') return () => true;
  const read = (part: string): number => {
    const named = names.indexOf(part.toUpperCase());
    const value = named === -1 ? Number(part) : from + named;
    if (part === '' || !Number.isInteger(value) || value < from || value > to) throw new Error('out of range');
    return value;
  };
  const matchers = text.split(',').map((part) => {
    const [range = '', step] = part.split('/');
    const [first = '', last] = range === '*' ? [String(from), String(to)] : range.split('-');
    const low = read(first);
    const high = last === undefined ? (step === undefined ? low : to) : read(last);
    const every = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(every) || every < 1) throw new Error('not a step');
    return (value: number) => value >= low && value <= high && (value - low) % every === 0;
  });
  return (value) => matchers.some((matches) => matches(value));
}

const daysInMonth = ({ year, month }: WallTime) => new Date(Date.UTC(year, month, 0)).getUTCDate();

function dayOfMonth(text: string): (time: WallTime) => boolean {
  if (text === 'L') return (time) => time.day === daysInMonth(time);
  const [, nearest] = /^(\d+)W$/.exec(text) ?? [];
  if (nearest !== undefined) return (time) => time.day === nearestWeekday(time, Number(nearest));
  const matches = field(text, 1, 31);
  return (time) => matches(time.day);
}

/** The weekday nearest to a day, within its month. */
function nearestWeekday(time: WallTime, day: number): number {
  const weekday = new Date(Date.UTC(time.year, time.month - 1, day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === daysInMonth(time) ? day - 2 : day + 1;
  return day;
}

function dayOfWeek(text: string): (time: WallTime) => boolean {
  const [, named = '', last, nth] = /^(\w+?)(?:(L)|#([1-5]))$/.exec(text) ?? [];
  const matches = field(named === '' ? text : named, 1, 7, weekdays);
  if (last !== undefined) return (time) => matches(time.weekday) && time.day > daysInMonth(time) - 7;
  if (nth !== undefined) return (time) => matches(time.weekday) && Math.ceil(time.day / 7) === Number(nth);
  return (time) => matches(time.weekday);
}
