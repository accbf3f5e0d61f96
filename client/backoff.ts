import type { Clock } from './clock.ts';

/** Bounds of a back-off with full jitter. */
export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** How long a client waits before it opens a socket again. */
export const reconnectBackoff: BackoffBounds = { minMs: 500, maxMs: 30_000 };

/** How long a request waits before it is sent again. */
export const requestBackoff: BackoffBounds = { minMs: 200, maxMs: 5_000 };

/** Anything between the least wait and a ceiling that doubles with each try: clients that failed together do not come back together. */
export function backoffMs(bounds: BackoffBounds, attempt: number, clock: Pick<Clock, 'random'>): number {
  const ceiling = Math.min(bounds.maxMs, bounds.minMs * 2 ** (attempt + 1));
  return Math.round(bounds.minMs + clock.random() * (ceiling - bounds.minMs));
}

/** Anything between the bounds: those that were told the same at the same moment do not all ask at the same moment. */
export function spreadMs({ minMs, maxMs }: BackoffBounds, clock: Pick<Clock, 'random'>): number {
  return Math.round(minMs + clock.random() * (maxMs - minMs));
}
