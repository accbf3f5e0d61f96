import type { Mention } from '../../../../contract/event.ts';

/** A piece of text: plain, or a mention. */
export type Piece = string | { readonly mention: Mention; readonly written: string };

/** The server's pattern for `@name` and `#slug`. */
const mentionPattern =
  /(?<![\w.@/-])@([A-Za-z0-9_.@-]{1,64})|(?<![\p{L}\p{N}\p{M}_/#&-])#([\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{N}\p{M}-]{0,79})/gu;

/** Splits a text at the mentions that the server found. Other matches of the pattern stay plain text. */
export function piecesOf(text: string, mentions: readonly Mention[]): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(mentionPattern)) {
    const found = match[1] === undefined ? findStream(match[2] ?? '', mentions) : findPerson(match[1], mentions);
    if (!found) continue;
    const length = found.length + 1;
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ mention: found.mention, written: text.slice(match.index, match.index + length) });
    end = match.index + length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

interface MentionMatch {
  readonly mention: Mention;
  /** Characters of the word that belong to the mention. */
  readonly length: number;
}

/** Finds a person. The dot of `@maya.` ends the sentence, unless an id ends with it. */
function findPerson(word: string, mentions: readonly Mention[]): MentionMatch | undefined {
  for (let id = word; id !== ''; id = id.slice(0, -1)) {
    const mention = mentions.find((one) => (one.type === 'user' && one.id === id) || (one.type === 'here' && id === 'here'));
    if (mention) return { mention, length: id.length };
    if (!/[.@_-]$/.test(id)) return undefined;
  }
  return undefined;
}

function findStream(word: string, mentions: readonly Mention[]): MentionMatch | undefined {
  const slug = word.replace(/-+$/, '');
  const mention = mentions.find((one) => one.type === 'stream' && one.label === slug);
  return mention && { mention, length: slug.length };
}

/** True when a message mentions this member, by name or with @here. Authors do not mention themselves. */
export function isForMe({ content, actorId }: { content: { mentions: readonly Mention[] } | null; actorId: string }, me: string): boolean {
  if (!content || actorId === me) return false;
  return content.mentions.some(({ type, id }) => type === 'here' || (type === 'user' && id === me));
}
