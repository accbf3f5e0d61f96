import { BrokenCircuitError, ConsecutiveBreaker, DelegateBackoff, TaskCancelledError, TimeoutStrategy } from 'cockatiel';
import { circuitBreaker, handleWhen, retry, timeout } from 'cockatiel';
import { EmbeddingFailed } from './embedder.ts';
import type { EmbeddingPurpose } from './embedder.ts';
import { createRate } from './rate.ts';

/** Limits on the calls to a provider. */
export interface Guards {
  /** The timeout of a call. */
  readonly timeoutSeconds: number;
  readonly attempts: number;
  /** The limits of a query: a person waits for it, so it has a shorter timeout and fewer attempts. */
  readonly queryTimeoutSeconds: number;
  readonly queryAttempts: number;
  /** The delay before the first retry. Each further delay doubles, less a random part of up to a half. */
  readonly backoffSeconds: number;
  /** The longest `Retry-After` that is waited for here. A longer one is left to the caller. */
  readonly maxWaitSeconds: number;
  /** Consecutive failures that open the breaker, and the seconds until it closes again. */
  readonly breakAfter: number;
  readonly restSeconds: number;
  readonly textsPerSecond: number;
}

export const usualGuards: Guards = {
  timeoutSeconds: 20,
  attempts: 4,
  queryTimeoutSeconds: 4,
  queryAttempts: 2,
  backoffSeconds: 0.5,
  maxWaitSeconds: 10,
  breakAfter: 5,
  restSeconds: 20,
  textsPerSecond: 200,
};

/** A call to a provider, which checks its own result. */
export type Call<T> = (signal: AbortSignal) => Promise<T>;
export interface GuardedCall {
  readonly purpose: EmbeddingPurpose;
  /** Number of texts in the call, for the rate limit. */
  readonly texts: number;
  /** Aborts the call. */
  readonly signal: AbortSignal;
}

/** Creates a function that calls one provider under its limits. All its calls share breaker and rate. Throws `EmbeddingFailed`. */
export function createGuards(name: string, guards: Guards): <T>(call: Call<T>, of: GuardedCall) => Promise<T> {
  const rate = createRate(guards.textsPerSecond);
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof EmbeddingFailed && (error.kind === 'unavailable' || error.kind === 'throttled')),
    { halfOpenAfter: guards.restSeconds * 1000, breaker: new ConsecutiveBreaker(guards.breakAfter) },
  );
  const policies = {
    document: { repeat: repeatOf(guards, guards.attempts), limit: limitOf(guards.timeoutSeconds) },
    query: { repeat: repeatOf(guards, guards.queryAttempts), limit: limitOf(guards.queryTimeoutSeconds) },
  };
  return async (call, { purpose, texts, signal }) => {
    const { repeat, limit } = policies[purpose];
    const once = async () => {
      try {
        return await limit.execute(({ signal: ended }) => call(ended), signal);
      } catch (error) {
        throw asFailure(name, error);
      }
    };
    try {
      return await repeat.execute(async () => {
        await rate.pass(texts, signal);
        return breaker.execute(once, signal);
      }, signal);
    } catch (error) {
      throw asFailure(name, error);
    }
  };
}

const limitOf = (seconds: number) => timeout(seconds * 1000, TimeoutStrategy.Aggressive);

function repeatOf({ backoffSeconds, maxWaitSeconds }: Guards, attempts: number) {
  const mends = (error: unknown) =>
    error instanceof EmbeddingFailed && error.kind !== 'refused' && (error.retryAfterSeconds ?? 0) <= maxWaitSeconds;
  return retry(handleWhen(mends), {
    maxAttempts: attempts - 1,
    backoff: new DelegateBackoff(({ attempt, result }) => {
      const asked = 'error' in result && result.error instanceof EmbeddingFailed ? result.error.retryAfterSeconds : undefined;
      const own = Math.min(maxWaitSeconds, backoffSeconds * 2 ** (attempt - 1)) * (1 - Math.random() / 2);
      return Math.max(asked ?? 0, own) * 1000;
    }),
  });
}

/** Maps any failure to the port's error. An unknown error comes from the network, so a retry later may help. */
function asFailure(name: string, error: unknown): EmbeddingFailed {
  if (error instanceof EmbeddingFailed) return error;
  if (error instanceof BrokenCircuitError)
    return new EmbeddingFailed('unavailable', `${name} fails all the time and is left alone for a while`);
  if (error instanceof TaskCancelledError) return new EmbeddingFailed('unavailable', `${name} did not answer in time`);
  return new EmbeddingFailed('unavailable', `${name} could not be reached: ${error instanceof Error ? error.name : 'unknown'}`);
}
