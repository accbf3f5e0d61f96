import type { Clock } from './clock.ts';

/** The pause before the next try, which an event can end early. */
export class Pause {
  readonly #clock: Clock;
  #end: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for `ms` milliseconds, or until `end` is called. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(ms, resolve);
      this.#end = () => {
        this.#clock.cancel(timer);
        resolve();
      };
    });
  }

  end(): void {
    this.#end();
  }
}
