/** Time and chance as the client sees them; tests replace both. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once after `ms` milliseconds. Returns what `cancel` takes. */
  after(ms: number, task: () => void): unknown;
  /** Cancels a task. Does nothing when the task has run already. */
  cancel(handle: unknown): void;
  /** A number from 0 to below 1. */
  random(): number;
}

/** The clock of the system. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, task) => setTimeout(task, ms),
  cancel: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
};
