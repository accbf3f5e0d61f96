import type { Throttle } from '../definitions.ts';

/** A token bucket; the returned function is true when a request may pass. */
export function tokenBucket(throttle: Throttle | undefined, now: () => number = () => performance.now()): () => boolean {
  if (throttle === undefined) return () => true;
  const { rateLimit, burstLimit } = throttle;
  let tokens = burstLimit;
  let filledAt = now();
  return () => {
    const time = now();
    tokens = Math.min(burstLimit, tokens + ((time - filledAt) / 1000) * rateLimit);
    filledAt = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
