import { readFileSync } from 'node:fs';
import type { Story } from './read-story.ts';
import { earlierThan } from './read-memory.ts';
import type { RememberedStream } from './read-memory.ts';

/** By the line of the story at which a stream turns to them: what it is about from there on. */
export type Key = ReadonlyMap<number, readonly string[]>;

export const readKey = (): Key => parseKey(readFileSync(new URL('key.txt', import.meta.url), 'utf8'));

export function parseKey(text: string): Key {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, number, topics] = /^(\d+) ([\w -]+)$/.exec(line) ?? [];
      if (number === undefined || topics === undefined) throw new Error(`the key has a line that says nothing: ${line}`);
      return [Number(number), topics.split(' ')];
    }),
  );
}

/** How many there are, and for how many of them an epoch begins right there, or at most one message beside. */
export interface Found {
  readonly total: number;
  readonly exact: number;
  readonly near: number;
}

export interface Comparison {
  /** Where a stream turns to something else. */
  readonly changes: Found;
  /** Those of them that come while people talk, without a pause that would tell. */
  readonly changesInTalk: Found;
  /** Epochs that begin where the subject stays, by what closed the one before. */
  readonly beginsElsewhere: Readonly<Record<string, number>>;
  /** Epochs about something that was talked of before, and for how many of them one of those earlier epochs is related. */
  readonly returns: { readonly total: number; readonly found: number };
  /** Links back, those of them between epochs about the same thing, and those from one stream to another. */
  readonly links: { readonly total: number; readonly sameTopic: number; readonly acrossStreams: number };
}

interface Message {
  readonly seq: number;
  readonly topics: readonly string[];
  /** The stream turns to something else here; its first message turns from nothing. */
  readonly turns: boolean;
  /** Nobody spoke for a while before it. */
  readonly afterPause: boolean;
}

const pauseMinutes = 30;

/** Holds what memory made of a story against what its author says it is about. */
export function compareWithKey(
  story: Story,
  key: Key,
  told: { positions: ReadonlyMap<number, number>; streams: readonly RememberedStream[] },
) {
  const changes = { total: 0, exact: 0, near: 0 };
  const changesInTalk = { total: 0, exact: 0, near: 0 };
  const beginsElsewhere: Record<string, number> = {};
  const topics = new Map<string, { topics: ReadonlySet<string>; openedAt: string }>();
  for (const stream of told.streams) {
    const messages = messagesOf(story, key, { positions: told.positions, slug: stream.slug });
    // That the first one begins with the stream finds nothing.
    const begins = new Set(stream.epochs.slice(1).map(({ firstSeq }) => messages.findIndex(({ seq }) => seq >= firstSeq)));
    for (const [at, message] of messages.entries()) {
      if (!message.turns) continue;
      for (const found of message.afterPause ? [changes] : [changes, changesInTalk]) {
        found.total++;
        if (begins.has(at)) found.exact++;
        if (begins.has(at) || begins.has(at - 1) || begins.has(at + 1)) found.near++;
      }
    }
    for (const [index, epoch] of stream.epochs.entries()) {
      const inside = messages.filter(({ seq }) => seq >= epoch.firstSeq && seq <= epoch.lastSeq);
      topics.set(epoch.id, { topics: mainTopics(inside), openedAt: epoch.openedAt });
      const at = messages.findIndex(({ seq }) => seq >= epoch.firstSeq);
      const barrier = stream.epochs[index - 1]?.barrier;
      const beside = [at - 1, at, at + 1].some((place) => messages[place]?.turns === true);
      if (barrier && !beside) beginsElsewhere[barrier] = (beginsElsewhere[barrier] ?? 0) + 1;
    }
  }
  return { changes, changesInTalk, beginsElsewhere, ...compareLinks(told.streams, topics) } satisfies Comparison;
}

function messagesOf(story: Story, key: Key, { positions, slug }: { positions: ReadonlyMap<number, number>; slug: string }): Message[] {
  const past = story.past
    .filter((said) => said.slug === slug)
    .map((said) => ({ line: said.line, minute: said.day * 1_440 + said.minuteOfDay }));
  const live = story.live.filter((said) => said.slug === slug && said.text !== '/new').map(({ line }) => ({ line, minute: Infinity }));
  let topics: readonly string[] = [];
  let before = -Infinity;
  return [...past, ...live].flatMap(({ line, minute }) => {
    const seq = positions.get(line);
    const turns = key.has(line) && before !== -Infinity;
    topics = key.get(line) ?? topics;
    const afterPause = minute !== before && minute - before >= pauseMinutes;
    before = minute;
    return seq === undefined ? [] : [{ seq, topics, turns, afterPause }];
  });
}

/** What most of the messages are about. */
function mainTopics(messages: readonly Message[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { topics } of messages) counts.set(topics.join(' '), (counts.get(topics.join(' ')) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return new Set(most?.[0].split(' '));
}

function compareLinks(
  streams: readonly RememberedStream[],
  topics: ReadonlyMap<string, { topics: ReadonlySet<string>; openedAt: string }>,
) {
  const isSame = (one: string, other: string): boolean => {
    const others = topics.get(other)?.topics;
    return others !== undefined && [...(topics.get(one)?.topics ?? [])].some((topic) => others.has(topic));
  };
  const returns = { total: 0, found: 0 };
  const links = { total: 0, sameTopic: 0, acrossStreams: 0 };
  for (const { streamId, epochs } of streams) {
    for (const epoch of epochs) {
      const isReturn = [...topics].some(([other, { openedAt }]) => openedAt < epoch.openedAt && isSame(epoch.id, other));
      const back = earlierThan(epoch);
      const same = back.filter(({ epochId }) => isSame(epoch.id, epochId));
      if (isReturn) returns.total++;
      if (isReturn && same.length > 0) returns.found++;
      links.total += back.length;
      links.sameTopic += same.length;
      links.acrossStreams += back.filter((link) => link.streamId !== streamId).length;
    }
  }
  return { returns, links };
}
