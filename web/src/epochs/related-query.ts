import type { Related, RelatedList } from '../../../contract/epoch.ts';

/** Drafts with less weight than this are too short for a query. */
const leastWeight = 12;
/** The server's limit; a longer draft is cut to its end, which is the current thought. */
const mostCharacters = 2_000;
/** Scripts that write a word with one or two characters. */
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** The query for a draft; undefined for a short text or a command. */
export function relatedQueryOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('/') && !trimmed.startsWith('//')) return undefined;
  const weight = trimmed.length + 2 * (trimmed.match(dense)?.length ?? 0);
  if (weight < leastWeight) return undefined;
  // A cut may leave half of a surrogate pair.
  return trimmed.length <= mostCharacters
    ? trimmed
    : trimmed
        .slice(-mostCharacters)
        .replace(/^[\uDC00-\uDFFF]/, '')
        .trim();
}

/** An announcement to a stream's room: the epochs that its newest epoch is related to. */
export interface RelatedAnnouncement {
  readonly epochId: string;
  readonly items: readonly Related[];
}

/**
 * Merges the reader's own list with a newer announcement. The room hears only of epochs that all its members may see, so for the same epoch
 * the own list adds to it.
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
