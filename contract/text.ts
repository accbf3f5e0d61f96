import * as z from 'zod';

/** Largest text of a message, in bytes of UTF-8. */
export const maxTextBytes = 16_384;

const encoder = new TextEncoder();

/** Size of a text on the wire, in bytes of UTF-8. */
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

/** Text that comes back from the database unchanged: valid Unicode, no NUL. All else is allowed, also right-to-left marks. */
export const storable = z
  .string()
  .refine((text) => !text.includes('\0'), { error: 'must not contain the NUL character (U+0000)' })
  .refine((text) => text.isWellFormed(), { error: 'must be valid Unicode: it holds half of a surrogate pair' });

/** Tells if all texts in a JSON value can be stored, names of fields too. */
export function isStorable(json: unknown): boolean {
  if (typeof json === 'string') return !json.includes('\0') && json.isWellFormed();
  if (typeof json !== 'object' || json === null) return true;
  return Object.entries(json).every(([key, value]) => isStorable(key) && isStorable(value));
}

/** The text of a message: not blank, at most 16 KB. */
export const MessageText = storable
  .refine((text) => text.trim() !== '', { error: 'must not be empty' })
  .refine((text) => utf8Bytes(text) <= maxTextBytes, { error: `must be at most ${maxTextBytes} bytes of UTF-8` });

/** A one-line name: trimmed, not empty, no control characters. */
export const nameOf = (maxCharacters: number) =>
  storable
    .trim()
    .min(1, 'must not be empty')
    .max(maxCharacters, `must be at most ${maxCharacters} characters`)
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'must not contain control characters or line breaks' });

/** A description of several lines. */
export const descriptionOf = (maxCharacters: number) => storable.trim().max(maxCharacters, `must be at most ${maxCharacters} characters`);
