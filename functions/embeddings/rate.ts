import { setTimeout as wait } from 'node:timers/promises';

/** A rate limit per second, first come first served, with a burst of one second. */
export interface Rate {
  /** Resolves when `count` texts may be sent. Throws the signal's reason when it is aborted first. */
  pass(count: number, signal?: AbortSignal): Promise<void>;
}

/** Creates a rate limit for this process. The number of processes is limited where they are started. */
export function createRate(perSecond: number, now: () => number = () => performance.now()): Rate {
  /** The time at which all admitted texts have been worked off. */
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
