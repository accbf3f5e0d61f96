import { readFileSync } from 'node:fs';
import type { Story } from './read-story.ts';
import { earlierThan } from './read-memory.ts';
import type { RememberedStream } from './read-memory.ts';

/** Topics of a stream from a line of the story on, by line. */
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

/** Number of changes, and of those with an epoch that begins exactly there or at most one message away. */
export interface Found {
  readonly total: number;
  readonly exact: number;
  readonly near: number;
}

export interface Comparison {
  /** Messages at which a stream changes its topics. */
  readonly changes: Found;
  /** Those of them without a pause before them, which would reveal the change. */
  readonly changesInTalk: Found;
  /** Epochs that begin without a change of topic, by the reason that closed the epoch before. */
  readonly beginsElsewhere: Readonly<Record<string, number>>;
  /** Epochs about an earlier topic, and those of them with a link to one of its earlier epochs. */
  readonly returns: { readonly total: number; readonly found: number };
  /** Links to earlier epochs, those of them between epochs with the same topic, and those across streams. */
  readonly links: { readonly total: number; readonly sameTopic: number; readonly acrossStreams: number };
}

interface Message {
  readonly seq: number;
  readonly topics: readonly string[];
  /** True where the stream changes its topics; false for its first message. */
  readonly turns: boolean;
  /** True after a pause in the stream. */
  readonly afterPause: boolean;
}

const pauseMinutes = 30;

/** Compares the memory of a story with the topics that its author noted. */
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
    // The first epoch always begins with the stream, so it is not counted.
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

/** Topics of most of the messages. */
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
