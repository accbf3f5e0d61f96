import type * as z from 'zod';
import { isStorable } from '../../contract/text.ts';
import { AppError } from './errors.ts';

/** Encodes the key of the last row of a page as an opaque string. */
export function writeCursor(key: object): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Cuts the extra row that shows if more rows exist, and makes the cursor of the last one that is left. */
export function cutPage<Item>(
  found: readonly Item[],
  limit: number,
  keyOf: (last: Item) => object,
): { items: Item[]; nextCursor: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? writeCursor(keyOf(last)) : null };
}

/** Reads a cursor made by `writeCursor`. A broken cursor is the caller's error: throws `invalid_cursor`. */
export function readCursor<Schema extends z.ZodType>(schema: Schema, cursor: string | undefined): z.infer<Schema> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (isStorable(key)) return schema.parse(key);
    throw new Error('No row can have this key');
  } catch {
    throw new AppError('invalid_cursor', 'Leave the cursor out to start anew.', {
      errors: [{ path: 'query.cursor', message: 'must be the nextCursor of a page' }],
    });
  }
}
