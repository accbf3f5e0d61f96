import { setTimeout as wait } from 'node:timers/promises';

/** Lets so many a second pass and no more, in the order of asking; a second's worth may come at once. */
export interface Rate {
  /** Resolves when `count` may pass. Throws the signal's reason when it is aborted meanwhile. */
  pass(count: number, signal?: AbortSignal): Promise<void>;
}

/** Of one process: how many of them there are is limited where they are started. */
export function createRate(perSecond: number, now: () => number = () => performance.now()): Rate {
  /** When everything that was let through is worked off. */
  let free = 0;
  return {
    async pass(count, signal) {
      const at = now();
      free = Math.max(free, at - 1000) + (count / perSecond) * 1000;
      const early = free - at;
      if (early > 0) await wait(early, undefined, { signal });
    },
  };
}
