import { maxTextBytes, utf8Bytes } from '../../../contract/text.ts';

/** From here on the composer shows how much room is left. */
const warnBytes = maxTextBytes * 0.8;

export type TextRoom =
  { readonly kind: 'plenty' } | { readonly kind: 'scarce'; readonly message: string } | { readonly kind: 'over'; readonly message: string };

/** How much room a message has left, in the words of the composer. */
export function roomLeft(text: string): TextRoom {
  // A UTF-16 unit is at most 3 bytes of UTF-8: short texts need no encoding at every key.
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

/** Whether a text may be sent as it stands. */
export const isSendable = (text: string): boolean => text.trim() !== '' && roomLeft(text).kind !== 'over';

/** Texts longer than this are shown folded until asked for. */
export function isLong(text: string): boolean {
  if (text.length > 3000) return true;
  let lines = 1;
  for (const character of text) if (character === '\n' && ++lines > 32) return true;
  return false;
}
