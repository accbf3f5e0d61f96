import { emojiGroups, type EmojiEntry, type EmojiGroup } from './emoji-table.ts';

const byEmoji = new Map(emojiGroups.flatMap(({ entries }) => entries.map((entry) => [entry.emoji, entry])));

/** The name of an emoji, for screen readers; the emoji itself when the table does not have it. */
export const nameOfEmoji = (emoji: string): string => byEmoji.get(emoji)?.name ?? emoji;

/** The groups with their matching emoji; groups without a match are left out. Each word of the query must begin a word of the emoji. */
export function searchEmoji(query: string): EmojiGroup[] {
  const wanted = query
    .toLowerCase()
    .replaceAll(':', ' ')
    .replaceAll('_', ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
  if (wanted.length === 0) return [...emojiGroups];
  const found = emojiGroups.flatMap(({ entries }) => entries).filter((entry) => wanted.every((word) => hasWord(entry, word)));
  return found.length === 0 ? [] : [{ label: 'Found', entries: [...found].sort((a, b) => rankOf(a, wanted) - rankOf(b, wanted)) }];
}

const hasWord = ({ emoji, words }: EmojiEntry, wanted: string): boolean =>
  emoji === wanted || words.some((word) => word.startsWith(wanted));

/** Ranks a match: the name before other words, a whole word before the beginning of one. */
const rankOf = ({ words }: EmojiEntry, [first = '']: readonly string[]): number => {
  const index = words.findIndex((word) => word.startsWith(first));
  return index < 0 ? words.length : index + (words[index] === first ? 0 : 0.5);
};

/** The index that an arrow key leads to in a grid of `columns`; the same index at the edge. */
export function moveInGrid(index: number, key: string, { count, columns }: { count: number; columns: number }): number {
  const step = new Map([
    ['ArrowLeft', -1],
    ['ArrowRight', 1],
    ['ArrowUp', -columns],
    ['ArrowDown', columns],
  ]).get(key);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (step === undefined) return index;
  const next = index + step;
  if (key === 'ArrowDown' && next >= count)
    return index < count - 1 && Math.floor(index / columns) < Math.floor((count - 1) / columns) ? count - 1 : index;
  return next < 0 || next >= count ? index : next;
}
