import type { Related, RelatedList } from '../../../contract/epoch.ts';

/** Less than this says nothing yet. */
const leastWeight = 12;
/** The server takes no more; the end is what is being written now. */
const mostCharacters = 2_000;
/** Scripts that write a word with one or two characters. */
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** What to ask memory about a text that is being written; undefined where it is too short, or a command. */
export function relatedQueryOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('/') && !trimmed.startsWith('//')) return undefined;
  const weight = trimmed.length + 2 * (trimmed.match(dense)?.length ?? 0);
  if (weight < leastWeight) return undefined;
  // Half of a surrogate pair is no character.
  return trimmed.length <= mostCharacters
    ? trimmed
    : trimmed
        .slice(-mostCharacters)
        .replace(/^[\uDC00-\uDFFF]/, '')
        .trim();
}

/** What everybody in a stream was told that its newest epoch is related to. */
export interface RelatedAnnouncement {
  readonly epochId: string;
  readonly items: readonly Related[];
}

/**
 * What is shown beside a conversation: the reader's own list, and what the room was told since it was read. The room hears only what
 * everybody in it may see, so that the list adds to it for the same epoch.
 */
export function mergeRelated(
  list: RelatedList | undefined,
  announced: RelatedAnnouncement | undefined,
  rejected: ReadonlySet<string>,
): Related[] {
  const own = !announced || list?.epochId === announced.epochId ? (list?.items ?? []) : [];
  const newer = announced?.items ?? [];
  const known = new Set<string>(newer.map(({ epochId }) => epochId));
  const all = [...newer, ...own.filter(({ epochId }) => !known.has(epochId))];
  return all.filter((item) => !item.rejected && !rejected.has(item.epochId)).sort((a, b) => b.score - a.score);
}
