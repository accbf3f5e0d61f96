import { describe, expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { ExportRecord } from '../../contract/transfer.ts';
import { compareWithKey, parseKey, readKey } from '../../scripts/demo-memory/key.ts';
import type { RememberedEpoch, RememberedStream } from '../../scripts/demo-memory/read-memory.ts';
import { linesOfComparison, linesOfStream } from '../../scripts/demo-memory/print.ts';
import { firstMonday, parseStory, readStory, timeOfSaid } from '../../scripts/demo-memory/read-story.ts';
import { importedPast } from '../../scripts/demo-memory/story-records.ts';

const story = readStory();
const now = new Date('2026-11-21T07:30:00Z');

describe('The story', () => {
  test('is three weeks of five people, in a public and a private stream too, with its last day live', () => {
    expect(story.past.length + story.live.length).toBeGreaterThan(320);
    expect(new Set(story.past.map(({ authorId }) => authorId)).size).toBe(6);
    expect(story.streams.map(({ visibility }) => visibility).sort()).toEqual(['private', 'public', 'public']);
    expect(story.past.at(-1)?.day).toBe(18);
    expect(story.live.filter(({ text }) => text === '/new')).toHaveLength(2);
    expect(story.past.some(({ text }) => text.includes('\n    at com.atlas.delivery'))).toBe(true);
  });

  test('goes forward in every stream', () => {
    for (const { slug } of story.streams) {
      const minutes = story.past.filter((said) => said.slug === slug).map(({ day, minuteOfDay }) => day * 1_440 + minuteOfDay);
      expect(minutes).toEqual(minutes.toSorted((a, b) => a - b));
    }
  });

  test('begins on the Monday from which all of its past is over, whatever day it is', () => {
    for (let day = 0; day < 14; day++) {
      const today = now.getTime() + day * 86_400_000;
      const monday = firstMonday(story, today);
      expect(new Date(monday).toISOString()).toMatch(/T00:00:00\.000Z$/);
      expect(new Date(monday).getUTCDay()).toBe(1);
      const last = story.past.at(-1);
      const age = today - (last ? timeOfSaid(last, monday) : today);
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(9 * 86_400_000);
    }
  });

  test('becomes lines that an import takes, each message at the next position of its stream', () => {
    const { records, positions } = importedPast(story, 'Atlas', now);
    for (const record of records) expect(ExportRecord.safeParse(record).error).toBeUndefined();
    expect(positions.size).toBe(story.past.length);
    const ends = records.filter((record) => record.kind === 'stream_end').map(({ messages }) => messages);
    expect(ends).toEqual(story.streams.map(({ slug }) => story.past.filter((said) => said.slug === slug).length));
    expect(records.at(-1)).toEqual({ kind: 'end', records: records.length - 1 });
  });

  test.each([
    ['person ann: Ann\nhello', 'line 2: is neither'],
    ['person ann: Ann\npublic talk: Talk, with ann\n= day 1 Monday talk\n\n09:00 bob: hi', 'line 5: bob is not in talk'],
    ['person ann: Ann\npublic talk: Talk, with ann\n= live talk\n09:00 ann: hi', 'line 4: has a time'],
  ])('is not read with a mistake in it: %#', (text, says) => {
    expect(() => parseStory(text)).toThrow(says);
  });
});

describe('The key', () => {
  test('names messages of the story, and the first of every day in a stream', () => {
    const said = new Set([...story.past, ...story.live].map(({ line }) => line));
    expect([...readKey().keys()].filter((line) => !said.has(line))).toEqual([]);
    const days = new Map([...story.past].reverse().map(({ slug, day, line }) => [`${slug} ${day}`, line]));
    expect([...days.values()].filter((line) => !readKey().has(line))).toEqual([]);
  });

  const small = parseStory(
    [
      'person ann: Ann',
      'public talk: Talk, with ann',
      'public aside: Aside, with ann',
      '= day 1 Monday talk',
      '09:00 ann: one',
      '09:01 ann: two',
      '09:02 ann: three',
      '09:03 ann: four',
      '12:00 ann: five',
      '12:01 ann: six',
      '= live aside',
      'ann: seven',
      'ann: /new',
      'ann: eight',
    ].join('\n'),
  );
  const key = parseKey('5 tea\n7 bread\n9 tea\n12 tea cups\n14 bread\n');
  const positions = new Map([5, 6, 7, 8, 9, 10].map((line, index) => [line, index + 1])).set(12, 1).set(14, 2);

  const epoch = (id: string, [firstSeq, lastSeq]: [number, number], more: { barrier?: string; related?: string[]; openedAt: string }) =>
    ({
      id,
      firstSeq,
      lastSeq,
      barrier: more.barrier ?? null,
      openedAt: more.openedAt,
      related: (more.related ?? []).map((epochId) => ({
        epochId,
        streamId: epochId.startsWith('t') ? 'talk' : 'aside',
        openedAt: epochId.startsWith('t') ? epochId.slice(1) : '9',
      })),
    }) as unknown as RememberedEpoch;
  const stream = (slug: string, epochs: RememberedEpoch[]): RememberedStream => ({ slug, name: slug, streamId: slug, epochs });

  test('finds every change and every return where memory has them', () => {
    const streams = [
      stream('talk', [
        epoch('t1', [1, 2], { barrier: 'drift', openedAt: '1', related: ['t3', 'a1'] }),
        epoch('t2', [3, 4], { barrier: 'gap', openedAt: '2' }),
        epoch('t3', [5, 6], { openedAt: '3', related: ['t1'] }),
      ]),
      stream('aside', [
        epoch('a1', [1, 1], { barrier: 'manual', openedAt: '4', related: ['t3', 't2'] }),
        epoch('a2', [2, 2], { openedAt: '5' }),
      ]),
    ];
    expect(compareWithKey(small, key, { positions, streams })).toEqual({
      changes: { total: 3, exact: 3, near: 3 },
      changesInTalk: { total: 2, exact: 2, near: 2 },
      beginsElsewhere: {},
      returns: { total: 3, found: 2 },
      links: { total: 3, sameTopic: 2, acrossStreams: 2 },
    });
  });

  test('tells what was missed, what is one message beside, and what began for no reason', () => {
    const streams = [
      stream('talk', [
        epoch('t1', [1, 3], { barrier: 'drift', openedAt: '1' }),
        epoch('t2', [4, 5], { barrier: 'size', openedAt: '2' }),
        epoch('t3', [6, 6], { openedAt: '3' }),
      ]),
      stream('aside', [epoch('a1', [1, 2], { openedAt: '4', related: ['t2'] })]),
    ];
    const { changes, changesInTalk, beginsElsewhere } = compareWithKey(small, key, { positions, streams });
    expect(changes).toEqual({ total: 3, exact: 0, near: 2 });
    expect(changesInTalk).toEqual({ total: 2, exact: 0, near: 1 });
    expect(beginsElsewhere).toEqual({});
    const late = [
      stream('talk', [epoch('t1', [1, 1], { barrier: 'drift', openedAt: '1' }), epoch('t2', [2, 6], { openedAt: '2' })]),
      stream('aside', []),
    ];
    expect(compareWithKey(small, parseKey('5 tea\n9 tea\n'), { positions, streams: late }).beginsElsewhere).toEqual({ drift: 1 });
  });

  test('is told of in lines that a person reads, with what comes back below it', () => {
    const link = { label: 'tea', streamName: 'Aside', score: 0.61, openedAt: '2026-11-02T09:00:00Z' };
    const one = {
      label: 'cups',
      barrier: 'drift',
      messageCount: 1,
      openedAt: '2026-11-03T09:20:00Z',
      lastEventAt: '2026-11-03T09:22:00Z',
      related: [link, { ...link, label: 'later', openedAt: '2026-11-04T09:00:00Z' }],
    } as unknown as RememberedEpoch;
    const lines = linesOfStream({ slug: 'talk', name: 'Talk', streamId: 'talk', epochs: [one] }).map(stripVTControlCharacters);
    expect(lines.slice(1)).toEqual([
      '# Talk: 1 epochs',
      '  Tue 3 Nov 09:20–09:22      1 message   cups  closed: drift',
      '                            → 0.61  tea, Aside, Mon 2 Nov',
    ]);
    const none = { total: 4, exact: 2, near: 3 };
    const links = { total: 5, sameTopic: 2, acrossStreams: 1 };
    const told = linesOfComparison({
      changes: none,
      changesInTalk: none,
      beginsElsewhere: { drift: 2 },
      returns: { total: 2, found: 1 },
      links,
    });
    expect(told.map(stripVTControlCharacters)).toContain('  epochs that begin elsewhere     2 by drift');
  });
});
