import { styleText } from 'node:util';
import type { Log } from '../types.ts';

type Level = Parameters<Log>[0];

/** One line of the log. */
export interface Line {
  readonly at: string;
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LogBook {
  readonly log: Log;
  /** Newest lines of all levels, printed or not, for diagnosing a failed test. */
  readonly recent: () => readonly Line[];
}

const ranks: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 };
const kept = 2_000;

/** Creates a log that prints lines from a level upwards, for people or as JSON; `silent` prints none. */
export function createLogBook(options: { show: Level | 'silent'; pretty: boolean; write(text: string): void }): LogBook {
  const lines: Line[] = [];
  const threshold = options.show === 'silent' ? Infinity : ranks[options.show];
  return {
    recent: () => lines,
    log(level, message, fields = {}) {
      const line: Line = { at: new Date().toISOString(), level, message, fields };
      lines.push(line);
      if (lines.length > kept * 2) lines.splice(0, kept);
      if (ranks[level] >= threshold) options.write(`${options.pretty ? prettyLine(line) : jsonLine(line)}\n`);
    },
  };
}

const jsonLine = ({ at, level, message, fields }: Line): string => JSON.stringify({ at, level, message, ...fields });

function prettyLine({ at, level, message, fields }: Line): string {
  const time = styleText('dim', at.slice(11, 23));
  const text = level === 'error' ? styleText('red', message) : level === 'warn' ? styleText('yellow', message) : message;
  // A request's message already contains these fields.
  const { method: _, path: __, status: ___, ...others } = fields;
  const rest = Object.entries('method' in fields ? others : fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return rest === '' ? `${time} ${text}` : `${time} ${text} ${styleText('dim', rest)}`;
}

/**
 * Logs a line that a function wrote as JSON. INFO becomes detail here, because the front logs one line for each request. Metrics appear
 * only at the most detailed level.
 */
export function logFunctionLine(log: Log, functionName: string, line: string): void {
  const entry = parse(line);
  if (entry === undefined) return log('info', line, { function: functionName });
  if ('_aws' in entry) {
    const { _aws, ...values } = entry;
    return log('debug', 'metrics', { function: functionName, ...values });
  }
  const { level, message, timestamp: _, ...fields } = entry;
  const shown = level === 'ERROR' || level === 'CRITICAL' ? 'error' : level === 'WARN' ? 'warn' : 'debug';
  log(shown, String(message), { function: functionName, ...fields });
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
