import { termsOf } from '../../embeddings/words.ts';

/** A message with its event and position. */
export interface MessageText {
  readonly eventId: string;
  readonly seq: number;
  readonly text: string;
}

/** Marks around a match, as in the snippets of message search. */
const open = '\u0002';
const close = '\u0003';
const maxCharacters = 240;
/** Characters of a long text before the first match. */
const leadCharacters = 60;

const words = new Intl.Segmenter('und', { granularity: 'word' });

/** The messages with the most of the wanted terms, best first, each cut around its first match. */
export function highlightsOf(messages: readonly MessageText[], wanted: ReadonlySet<string>, most = 3): MessageText[] {
  if (wanted.size === 0) return [];
  return messages
    .map((message) => ({ message, found: new Set(termsOf(message.text).filter((term) => wanted.has(term))).size }))
    .filter(({ found }) => found > 0)
    .toSorted((a, b) => b.found - a.found || a.message.seq - b.message.seq)
    .slice(0, most)
    .map(({ message }) => ({ ...message, text: marked(message.text, wanted) }));
}

/** Cuts a text around its first match and marks the matches in it. */
function marked(text: string, wanted: ReadonlySet<string>): string {
  // Marks in the text itself would be taken for matches.
  const plain = text.replaceAll(open, ' ').replaceAll(close, ' ');
  const parts = [...words.segment(plain)];
  const matches = parts.map(({ segment, isWordLike }) => isWordLike === true && termsOf(segment).some((term) => wanted.has(term)));
  const first = Math.max(0, matches.indexOf(true));
  let from = first;
  for (let lead = 0; from > 0 && lead < leadCharacters; from--) lead += parts[from - 1]?.segment.length ?? 0;
  let shown = '';
  let length = 0;
  let at = from;
  for (; at < parts.length && length < maxCharacters; at++) {
    const segment = parts[at]?.segment.slice(0, maxCharacters - length) ?? '';
    length += segment.length;
    shown += matches[at] === true ? `${open}${segment}${close}` : segment;
  }
  return `${from > 0 ? '…' : ''}${shown.trim()}${at < parts.length ? '…' : ''}`;
}
