import type { Stream } from '../../../contract/stream.ts';

/** Sorts the newest activity first. */
export function byActivity(a: Stream, b: Stream): number {
  const [left, right] = [a.lastEventAt ?? a.createdAt, b.lastEventAt ?? b.createdAt];
  if (left !== right) return left < right ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
