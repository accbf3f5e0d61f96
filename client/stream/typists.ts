import type { Clock } from '../clock.ts';

/** The members who are typing, by the signals that came. A typist leaves when the signal expires or the message has come. */
export class Typists {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #timers = new Map<string, unknown>();
  #list: readonly string[] = [];

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Ids, the longest typing first. The same array until something changed. */
  list(): readonly string[] {
    return this.#list;
  }

  heard(userId: string, ttlSeconds: number): void {
    this.#clock.cancel(this.#timers.get(userId));
    const isNew = !this.#timers.has(userId);
    const stop = (): void => {
      if (this.stopped(userId)) this.#changed();
    };
    this.#timers.set(userId, this.#clock.after(ttlSeconds * 1000, stop));
    if (!isNew) return;
    this.#list = [...this.#timers.keys()];
    this.#changed();
  }

  /** Returns false when the member was not typing. Does not call `changed`. */
  stopped(userId: string): boolean {
    this.#clock.cancel(this.#timers.get(userId));
    if (!this.#timers.delete(userId)) return false;
    this.#list = [...this.#timers.keys()];
    return true;
  }

  close(): void {
    for (const timer of this.#timers.values()) this.#clock.cancel(timer);
    this.#timers.clear();
  }
}
