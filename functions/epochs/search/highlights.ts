import { termsOf } from '../../embeddings/words.ts';

/** What was said, with where it was said. */
export interface Spoken {
  readonly eventId: string;
  readonly seq: number;
  readonly text: string;
}

/** Around what matched, as in the snippets of searched messages. */
const open = '\u0002';
const close = '\u0003';
const maxCharacters = 240;
/** How much of a long text is shown before the first match. */
const leadCharacters = 60;

const words = new Intl.Segmenter('und', { granularity: 'word' });

/** The messages that hold most of the words, best first, cut to where they do; the same words by which the index finds them. */
export function highlightsOf(spoken: readonly Spoken[], wanted: ReadonlySet<string>, most = 3): Spoken[] {
  if (wanted.size === 0) return [];
  return spoken
    .map((message) => ({ message, found: new Set(termsOf(message.text).filter((term) => wanted.has(term))).size }))
    .filter(({ found }) => found > 0)
    .toSorted((a, b) => b.found - a.found || a.message.seq - b.message.seq)
    .slice(0, most)
    .map(({ message }) => ({ ...message, text: marked(message.text, wanted) }));
}

/** A text around its first match, with all matches marked that can be seen there. */
function marked(text: string, wanted: ReadonlySet<string>): string {
  // They would be taken for ours.
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
