import type { Clock } from './clock.ts';
import { StreambedError, clientProblem } from './errors.ts';

/** Number of times that the deadline may double. */
const maxDoublings = 2;
/** Number of consecutive answers within the base time that undo one doubling. */
const calmAnswers = 8;

/**
 * Deadline for answers on a network of unknown speed: a base time, doubled after each answer that did not come within it, four times the
 * base at most. Where answers take longer than the base, a later try still succeeds. Slowness belongs to the network, so one patience
 * serves all requests over it.
 */
export class Patience {
  readonly #baseMs: number;
  #doublings = 0;
  #inTime = 0;

  constructor(baseMs: number) {
    this.#baseMs = baseMs;
  }

  /** Milliseconds for the next answer. `baseMs`: the base time of a request whose base differs from the others. */
  deadlineMs(baseMs = this.#baseMs): number {
    return baseMs * 2 ** this.#doublings;
  }

  /** Notes that an answer did not come in time. */
  late(): void {
    this.#doublings = Math.min(this.#doublings + 1, maxDoublings);
    this.#inTime = 0;
  }

  /** Notes that an answer came after `tookMs`. */
  answered(tookMs: number): void {
    this.#inTime = tookMs < this.#baseMs ? this.#inTime + 1 : 0;
    if (this.#inTime < calmAnswers) return;
    this.#doublings = Math.max(this.#doublings - 1, 0);
    this.#inTime = 0;
  }
}

/**
 * Returns the result of `work`; rejects with `unavailable` when it takes longer than `ms`. The work itself goes on, and its result is
 * dropped.
 */
export async function within<Result>(clock: Clock, ms: number, what: string, work: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = clock.after(ms, () => reject(new StreambedError(clientProblem('unavailable', `${what} took longer than ${ms} ms`))));
  try {
    return await Promise.race([work, late]);
  } finally {
    clock.cancel(timer);
  }
}
