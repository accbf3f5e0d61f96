import { maxTextBytes, utf8Bytes } from '../../contract/text.ts';

/** Text that can be stored: no NUL, no half of a surrogate pair. */
export const storableText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** One line of at most `maxCharacters`; undefined when nothing is left. */
export function oneLine(text: string | null | undefined, maxCharacters: number): string | undefined {
  const line = storableText(text ?? '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, maxCharacters)
    .toWellFormed()
    .trim();
  return line === '' ? undefined : line;
}

/** Splits a text into parts that fit one message each, between lines or words where possible. */
export function messageParts(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  while (utf8Bytes(rest) > maxTextBytes) {
    let end = Math.floor(maxTextBytes / 4);
    // Four bytes a character at most; most texts have fewer.
    while (utf8Bytes(rest.slice(0, end + 1_000)) <= maxTextBytes) end += 1_000;
    const head = rest.slice(0, end);
    const cut = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
    const at = cut > end / 2 ? cut + 1 : end - (/[\uD800-\uDBFF]$/.test(head) ? 1 : 0);
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...parts, rest].filter((part) => part.trim() !== '');
}

/** A slug that streams accept: lower-case letters and digits, separated by hyphens. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{Ll}\p{Lo}\p{N}]+/gu, '-')
    .slice(0, 70)
    .replaceAll(/^-+|-+$/gu, '');
  return slug === '' ? 'channel' : slug;
}
