import type { Mention } from '../../../contract/event.ts';
import { maxMentions } from '../../../contract/event.ts';
import { mayMentionEveryone } from '../../../contract/policy.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';
import type { Transaction } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { resolveNames } from './mention-store.ts';

/** Possible mentions as written in a text: `@name` and `#slug` outside of code. Their targets may not exist. */
export interface WrittenMentions {
  /** Each `@word`, as all the ids that it may mean: the whole word first, then without the punctuation that may end a sentence. */
  readonly people: readonly (readonly string[])[];
  readonly slugs: readonly string[];
  readonly here: boolean;
}

const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
const person = /(?<![\w.@/-])@([A-Za-z0-9_.@-]{1,64})/g;
const stream = /(?<![\p{L}\p{N}\p{M}_/#&-])#([\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{N}\p{M}-]{0,79})/gu;

/** Parses the possible mentions of a text. */
export function readMentions(text: string): WrittenMentions {
  const prose = text.replace(code, ' ');
  const words = [...new Set([...prose.matchAll(person)].map(([, word]) => word ?? ''))];
  const people = words.map(meanings).filter((ids) => !ids.includes('here'));
  const slugs = [...new Set([...prose.matchAll(stream)].map(([, slug]) => (slug ?? '').replace(/-+$/, '')))];
  return { people, slugs, here: people.length < words.length };
}

function meanings(word: string): string[] {
  const ids = [word];
  for (let shorter = word; /[.@_-]$/.test(shorter);) {
    shorter = shorter.slice(0, -1);
    if (shorter !== '') ids.push(shorter);
  }
  return ids;
}

/**
 * Resolves the mentions of an event, from its text and from its sender. Targets must exist, and author and readers must be allowed to know
 * of them; a guest's `@here` stays text. One statement; none for a text without mentions.
 */
export async function findMentions(
  tx: Transaction,
  { authorId, authorRole, streamId }: { authorId: string; authorRole: WorkspaceRole; streamId: string },
  text: string,
  given: readonly Mention[] = [],
): Promise<Mention[]> {
  const written = readMentions(text);
  const namedIds = given.filter(({ type }) => type === 'user').map(({ id }) => id);
  const userIds = [...new Set([...written.people.flat(), ...namedIds])];
  const everyone: Mention[] =
    mayMentionEveryone(authorRole) && (written.here || given.some(({ type }) => type === 'here'))
      ? [{ type: 'here', id: 'here', label: 'here' }]
      : [];
  if (userIds.length === 0 && written.slugs.length === 0) return everyone;
  const found = await resolveNames(tx, authorId, { streamId, userIds, slugs: written.slugs });
  const names = new Map(found.users.map(({ id, name }) => [id, name]));
  const meant = [...written.people.map((ids) => ids.find((id) => names.has(id))), ...namedIds.filter((id) => names.has(id))];
  const people = [...new Set(meant.filter((id) => id !== undefined))];
  const mentions: Mention[] = [
    ...everyone,
    ...people.map((id): Mention => ({ type: 'user', id, label: names.get(id) ?? id })),
    ...written.slugs
      .flatMap((slug) => found.streams.filter((one) => one.slug === slug))
      .map(({ id, slug }): Mention => ({ type: 'stream', id, label: slug })),
  ];
  if (mentions.length > maxMentions) {
    const message = `mentions ${mentions.length} people and streams; at most ${maxMentions} are possible`;
    throw new AppError('invalid_input', `body.text: ${message}`, { errors: [{ path: 'body.text', message }] });
  }
  return mentions;
}

/**
 * Selects the mentions of an edited event that its sender gave besides the text: those that the old text did not write as `@name`. They stay
 * as long as the new text has their name, or if no text ever had it.
 */
export function givenBefore(before: { text: string; mentions: readonly Mention[] }, text: string): Mention[] {
  const written = readMentions(before.text);
  const wasWritten = ({ type, id }: Mention) => (type === 'here' ? written.here : written.people.some((ids) => ids.includes(id)));
  return before.mentions.filter(
    (mention) => mention.type !== 'stream' && !wasWritten(mention) && (isNamedIn(text, mention) || !isNamedIn(before.text, mention)),
  );
}

/** Tests if a text has the id or the label of a mention as a word. */
function isNamedIn(text: string, { id, label }: Mention): boolean {
  return [id, label ?? id].some((name) => {
    const word = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, 'u').test(text);
  });
}
