import type { Clock } from './clock.ts';

/** Bounds of a back-off with full jitter. */
export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Waits before a client opens a socket again. */
export const reconnectBackoff: BackoffBounds = { minMs: 500, maxMs: 30_000 };

/** Waits before a request is sent again. */
export const requestBackoff: BackoffBounds = { minMs: 200, maxMs: 5_000 };

/** Returns a random wait between the minimum and a ceiling that doubles with each try. Clients that failed together spread out. */
export function backoffMs(bounds: BackoffBounds, attempt: number, clock: Pick<Clock, 'random'>): number {
  const ceiling = Math.min(bounds.maxMs, bounds.minMs * 2 ** (attempt + 1));
  return Math.round(bounds.minMs + clock.random() * (ceiling - bounds.minMs));
}

/** Returns a random wait between the bounds. Clients that received the same frame at the same moment spread their requests. */
export function spreadMs({ minMs, maxMs }: BackoffBounds, clock: Pick<Clock, 'random'>): number {
  return Math.round(minMs + clock.random() * (maxMs - minMs));
}
