import { backoffMs } from '../backoff.ts';
import type { BackoffBounds } from '../backoff.ts';
import type { Clock } from '../clock.ts';

export interface StateDeadlineOptions {
  readonly clock: Clock;
  /** Bounds of the waits, which grow with each attempt. */
  readonly bounds: BackoffBounds;
  /** Tells if the state is one that has to end by itself. */
  isPassing(): boolean;
  /** Requests again the event that would end the state, which has lasted for `waitedMs`. `attempt` counts from 1. */
  overdue(waitedMs: number, attempt: number): void;
}

/**
 * A deadline for states that should end by themselves, such as `connecting`. The event that ends such a state can be lost: when the state
 * lasts too long, the client requests that event again, with back-off.
 */
export class StateDeadline {
  readonly #options: StateDeadlineOptions;
  #timer: unknown;
  #since: number | undefined;
  #attempt = 0;
  #closed = false;

  constructor(options: StateDeadlineOptions) {
    this.#options = options;
  }

  /** Checks the state. Call it after each possible change of it. */
  look(): void {
    const { clock, bounds } = this.#options;
    if (this.#closed || !this.#options.isPassing()) return this.#rest();
    this.#since ??= clock.now();
    this.#timer ??= clock.after(backoffMs(bounds, this.#attempt, clock), () => this.#due());
  }

  close(): void {
    this.#closed = true;
    this.#rest();
  }

  #due(): void {
    this.#timer = undefined;
    if (this.#options.isPassing()) this.#options.overdue(this.#options.clock.now() - (this.#since ?? 0), ++this.#attempt);
    this.look();
  }

  #rest(): void {
    this.#options.clock.cancel(this.#timer);
    this.#timer = undefined;
    this.#since = undefined;
    this.#attempt = 0;
  }
}
