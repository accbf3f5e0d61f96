import { mayMentionEveryone } from '../../../contract/policy.ts';
import type { Person, Stream } from '../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';

/** The word at the caret that can be completed. */
export interface Token {
  readonly kind: 'person' | 'stream' | 'command';
  /** Position of its sign in the text. */
  readonly start: number;
  readonly end: number;
  /** The text between the sign and the caret. */
  readonly query: string;
}

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['person', /(?:^|[\s([{"'“‘])@([\p{L}\p{N}_.-]{0,40})$/u],
  ['stream', /(?:^|[\s([{"'“‘])#([\p{L}\p{N}\p{M}-]{0,60})$/u],
];

/** Finds the token at the caret: a person after @, a stream after #, a command after / at the beginning of the text. */
export function tokenAt(text: string, caret: number): Token | undefined {
  const before = text.slice(0, caret);
  const command = /^\/([a-z-]*)$/i.exec(before);
  if (command) return { kind: 'command', start: 0, end: caret, query: (command[1] ?? '').toLowerCase() };
  if (isCode(before)) return undefined;
  for (const [kind, pattern] of patterns) {
    const query = pattern.exec(before)?.[1];
    if (query !== undefined) return { kind, start: caret - query.length - 1, end: caret, query };
  }
  return undefined;
}

/** True inside code, where an @ is plain text. */
function isCode(before: string): boolean {
  if ((before.split('```').length - 1) % 2 === 1) return true;
  const line =
    before
      .replace(/```[\s\S]*?```/g, '')
      .split('\n')
      .at(-1) ?? '';
  return (line.split('`').length - 1) % 2 === 1;
}

/** The text with the token replaced, and the new caret: behind one space. */
export function complete(text: string, token: Token, replacement: string): { text: string; caret: number } {
  const rest = text.slice(token.end);
  const gap = /^\s/.test(rest) ? '' : ' ';
  return { text: text.slice(0, token.start) + replacement + gap + rest, caret: token.start + replacement.length + 1 };
}

/** Limit of suggestions. */
export const mostOffered = 8;

/** People whose name or id matches; names that begin with the query come first. `known` people come before the others, in their order. */
export function matchPeople(known: readonly Person[], found: readonly Person[], query: string): Person[] {
  const all = [...new Map([...found, ...known].map((person) => [person.id as string, person])).values()];
  const order = new Map(known.map(({ id }, index) => [id as string, index]));
  return ranked(
    all,
    query,
    ({ id, name }) => [name, id],
    ({ id }) => order.get(id) ?? known.length,
  );
}

/** Returns whether `@here` is offered: the server leaves a guest's `@here` as text. */
export const matchesHere = (query: string, role: WorkspaceRole): boolean =>
  mayMentionEveryone(role) && 'here'.startsWith(query.toLowerCase());

/** Streams that have a slug and match; the caller's own streams come first. */
export function matchStreams(streams: readonly Stream[], query: string): Stream[] {
  const named = streams.filter(({ slug, archivedAt }) => slug !== null && archivedAt === null);
  return ranked(
    named,
    query,
    ({ slug, name }) => [slug ?? '', name ?? ''],
    ({ isMember }) => (isMember ? 0 : 1),
  );
}

function ranked<Item>(items: readonly Item[], query: string, textsOf: (item: Item) => string[], orderOf: (item: Item) => number): Item[] {
  const wanted = plain(query);
  return items
    .map((item) => ({ item, rank: Math.min(...textsOf(item).map((text) => rankOf(plain(text), wanted))), order: orderOf(item) }))
    .filter(({ rank }) => rank < none)
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, mostOffered)
    .map(({ item }) => item);
}

const none = 3;

function rankOf(text: string, wanted: string): number {
  if (text.startsWith(wanted)) return 0;
  if (text.split(/[\s._-]+/).some((word) => word.startsWith(wanted))) return 1;
  return text.includes(wanted) ? 2 : none;
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
