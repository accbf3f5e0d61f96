import type * as z from 'zod';
import type { Readiness } from '../../contract/routes/operations.ts';

type Part = z.infer<typeof Readiness>['parts']['postgres'];

/** A readiness check per dependency. */
export interface Checks {
  readonly postgres: () => Promise<unknown>;
  readonly dynamodb: () => Promise<unknown>;
  readonly queue: () => Promise<unknown>;
  /** Belongs to memory: messages work without it. */
  readonly index: () => Promise<unknown>;
}

/** The timeout of a check. */
const patienceMilliseconds = 3_000;

/** Runs all checks concurrently, and returns state and time of each. A failed one shows the name of its error, and no details. */
export async function checkReady(checks: Checks): Promise<z.infer<typeof Readiness>> {
  const [postgres, dynamodb, queue, index] = await Promise.all([
    check(checks.postgres),
    check(checks.dynamodb),
    check(checks.queue),
    check(checks.index),
  ]);
  const isFailed = [postgres, dynamodb, queue].some(({ status }) => status === 'failed');
  return { status: isFailed ? 'failed' : index.status === 'failed' ? 'degraded' : 'ok', parts: { postgres, dynamodb, queue, index } };
}

async function check(ask: () => Promise<unknown>): Promise<Part> {
  const startedAt = performance.now();
  const done = (status: Part['status']) => ({ status, milliseconds: Math.round((performance.now() - startedAt) * 10) / 10 });
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('TimeOut')), patienceMilliseconds);
  });
  try {
    await Promise.race([ask(), impatience]);
    return done('ok');
  } catch (error) {
    return { ...done('failed'), detail: kindOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  if (error.message === 'TimeOut') return `No answer within ${patienceMilliseconds} ms`;
  return 'code' in error && typeof error.code === 'string' && /^\w{1,40}$/.test(error.code) ? error.code : error.name;
}
