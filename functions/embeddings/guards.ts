import { BrokenCircuitError, ConsecutiveBreaker, DelegateBackoff, TaskCancelledError, TimeoutStrategy } from 'cockatiel';
import { circuitBreaker, handleWhen, retry, timeout } from 'cockatiel';
import { EmbeddingFailed } from './embedder.ts';
import type { EmbeddingPurpose } from './embedder.ts';
import { createRate } from './rate.ts';

/** How a provider is treated. */
export interface Guards {
  /** A call that takes longer is given up. */
  readonly timeoutSeconds: number;
  readonly attempts: number;
  /** Who searches waits for the answer: their calls are given up earlier and made less often. */
  readonly queryTimeoutSeconds: number;
  readonly queryAttempts: number;
  /** The first wait before a repetition; each further one is twice as long, and chance takes up to half of it away. */
  readonly backoffSeconds: number;
  /** A wait that the provider asks for is kept up to here; a longer one is left to the caller. */
  readonly maxWaitSeconds: number;
  /** After so many failures one after the other the provider is left alone, for so long. */
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

/** One call to a provider; what it resolves with has been checked. */
export type Call<T> = (signal: AbortSignal) => Promise<T>;
export interface GuardedCall {
  readonly purpose: EmbeddingPurpose;
  /** How many texts it takes along. */
  readonly texts: number;
  /** Ends it from outside. */
  readonly signal: AbortSignal;
}

/** Makes calls under the guards of one provider: breaker and rate are shared by all of them. Throws `EmbeddingFailed`. */
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

/** What stopped a call, in the words of the port. Whatever is not known comes from the way to the provider: later is fine. */
function asFailure(name: string, error: unknown): EmbeddingFailed {
  if (error instanceof EmbeddingFailed) return error;
  if (error instanceof BrokenCircuitError)
    return new EmbeddingFailed('unavailable', `${name} fails all the time and is left alone for a while`);
  if (error instanceof TaskCancelledError) return new EmbeddingFailed('unavailable', `${name} did not answer in time`);
  return new EmbeddingFailed('unavailable', `${name} could not be reached: ${error instanceof Error ? error.name : 'unknown'}`);
}
