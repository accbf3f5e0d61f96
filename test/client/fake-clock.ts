import type { Clock } from '../../client/clock.ts';

interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that passes only when told to, and chance from a seed. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-11-20T12:00:00Z');
  #order = 0;
  #random: () => number;
  readonly #tasks = new Set<Task>();

  constructor(seed = 1) {
    this.#random = chance(seed);
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): Task {
    const task = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#tasks.add(task);
    return task;
  }

  cancel(task: unknown): void {
    this.#tasks.delete(task as Task);
  }

  random(): number {
    return this.#random();
  }

  /** Number of waiting tasks; 0 after everything was closed. */
  get waiting(): number {
    return this.#tasks.size;
  }

  /** Lets `ms` pass, task by task; what a task sets off is over before the next one runs. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let task = this.#next(end); task !== undefined; task = this.#next(end)) {
      this.#now = task.at;
      this.#tasks.delete(task);
      task.run();
      await settle();
    }
    this.#now = end;
  }

  /** Lets time pass in steps of 50 ms until the condition holds; false when it still does not after `ms`. */
  async until(condition: () => boolean, ms = 60_000): Promise<boolean> {
    await settle();
    for (let passed = 0; passed < ms && !condition(); passed += 50) await this.advance(50);
    return condition();
  }

  #next(end: number): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (task.at <= end && (first === undefined || task.at < first.at || (task.at === first.at && task.order < first.order))) first = task;
    }
    return first;
  }
}

/** Everything that promises hold for now has happened. */
export const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Mulberry32: numbers from 0 to below 1, the same for the same seed. */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
