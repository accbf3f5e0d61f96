import { maxTextBytes, utf8Bytes } from '../../../contract/text.ts';

/** From this size on the composer shows the remaining bytes. */
const warnBytes = maxTextBytes * 0.8;

export type TextRoom =
  { readonly kind: 'plenty' } | { readonly kind: 'scarce'; readonly message: string } | { readonly kind: 'over'; readonly message: string };

/** The remaining size of a message, with the words for the composer. */
export function roomLeft(text: string): TextRoom {
  // A UTF-16 unit is at most 3 bytes of UTF-8, so short texts need no encoding at each key.
  if (text.length * 3 < warnBytes) return { kind: 'plenty' };
  const bytes = utf8Bytes(text);
  if (bytes < warnBytes) return { kind: 'plenty' };
  if (bytes <= maxTextBytes) return { kind: 'scarce', message: `${kilobytes(bytes)} of 16 KB` };
  return {
    kind: 'over',
    message: `${(bytes - maxTextBytes).toLocaleString('en')} bytes over the limit of 16 KB. Shorten it, or send it in parts.`,
  };
}

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1);

/** True when a text may be sent. */
export const isSendable = (text: string): boolean => text.trim() !== '' && roomLeft(text).kind !== 'over';

/** Longer texts show folded until the reader unfolds them. */
export function isLong(text: string): boolean {
  if (text.length > 3000) return true;
  let lines = 1;
  for (const character of text) if (character === '\n' && ++lines > 32) return true;
  return false;
}
