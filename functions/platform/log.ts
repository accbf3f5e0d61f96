import { Logger } from '@aws-lambda-powertools/logger';

/** Logger of structured JSON lines. Fields added with `appendKeys` appear in every line of the request. */
export const log = new Logger({ serviceName: 'streambed' });
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'appendKeys' | 'resetKeys'>;

let cold = true;

/** Returns true for the first call in this environment only. */
export function takeColdStart(): boolean {
  const was = cold;
  cold = false;
  return was;
}
