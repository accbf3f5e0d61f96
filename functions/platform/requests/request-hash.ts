import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';

/**
 * Hash of a request's body, 16 bytes: a repeat with the same idempotency key must have the same one. The order of fields does not count, and
 * a field that is undefined counts as missing.
 */
export function requestHash(body: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(body, sortFields)).digest().subarray(0, 16);
}

/** Replacer for JSON.stringify that sorts the fields of objects. */
function sortFields(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Throws if a repeat has another body than the first request. Rows without a hash are older than the check. */
export function requireSameBody(first: Buffer | null, repeat: Buffer | undefined): void {
  if (first === null || repeat === undefined || first.equals(repeat)) return;
  throw new AppError('idempotency_mismatch', 'The first request with this key had another body. Use a key once for each thing to do.');
}
