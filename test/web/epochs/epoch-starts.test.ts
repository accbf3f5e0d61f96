import { describe, expect, test } from '@jest/globals';
import { epochAt, startsOf, type EpochStart } from '../../../web/src/epochs/epoch-starts.ts';
import { toTimeline, type Row } from '../../../web/src/conversation/timeline/timeline.ts';
import { event } from '../workspace/builders.ts';
import { epoch } from './builders.ts';

const shape = (starts: readonly EpochStart[]) => starts.map(({ seq, label, reason, canMerge }) => ({ seq, label, reason, canMerge }));
const newest = epoch(5, 9, { status: 'open', barrier: null, closedAt: null, openedAt: '2026-11-20T15:10:00Z' });

describe('the starts of epochs', () => {
  test('are in the order of the stream, with the reason that the one before ended', () => {
    expect(shape(startsOf([newest, epoch(1, 4)], false))).toEqual([
      { seq: 1, label: 'from 1', reason: undefined, canMerge: false },
      { seq: 5, label: 'from 5', reason: 'after a pause of 2 h', canMerge: true },
    ]);
  });

  test('include the first of a stream only once it has a name; the first of a page always', () => {
    expect(startsOf([epoch(1, 4, { label: null })], false)).toEqual([]);
    expect(shape(startsOf([epoch(3, 4, { label: null })], true))).toEqual([
      { seq: 3, label: 'New topic', reason: undefined, canMerge: true },
    ]);
  });

  test('are the same objects for the same epochs, and another one for another reason', () => {
    const before = epoch(1, 4);
    const [first, second] = startsOf([before, newest], false);
    expect(startsOf([before, newest], false)[1]).toBe(second);
    const [again, other] = startsOf([{ ...before, barrier: 'drift' }, newest], false);
    expect(again).not.toBe(first);
    expect(other?.reason).toBe('the subject changed');
  });
});

describe('an epoch that was begun by hand', () => {
  test('shows at once, under its name, until the server has it', () => {
    const own = { afterSeq: 9, label: 'Opening hours' };
    expect(shape(startsOf([newest], false, own)).at(-1)).toEqual({
      seq: 10,
      label: 'Opening hours',
      reason: 'begun by you',
      canMerge: false,
    });
    const cut = [epoch(5, 9, { barrier: 'manual' }), epoch(10, 10, { label: 'Opening hours' })];
    expect(startsOf(cut, false, own).map(({ seq, epoch }) => [seq, epoch?.firstSeq])).toEqual([
      [5, 5],
      [10, 10],
    ]);
  });

  test('by another member shows once the epoch before it has ended', () => {
    expect(shape(startsOf([epoch(5, 9, { barrier: 'manual' })], false)).at(-1)).toMatchObject({ seq: 10, reason: 'begun by hand' });
    expect(startsOf([epoch(5, 9, { barrier: 'idle' })], false)).toHaveLength(1);
  });
});

describe('among the messages', () => {
  const input = { pending: [], me: 'me', firstNewSeq: undefined, timeZone: 'UTC' };
  const events = [1, 2, 3, 4].map((seq) => event(seq));
  const topics = (rows: readonly Row[]) => rows.flatMap((row) => (row.kind === 'top' ? [] : [row.topic?.label]));

  test('an epoch stands above its first message, which shows its author again', () => {
    const rows = toTimeline({ ...input, events, starts: startsOf([epoch(1, 2), epoch(3, 4)], false) });
    expect(topics(rows)).toEqual(['from 1', undefined, 'from 3', undefined]);
    expect(rows.map((row) => row.kind !== 'top' && row.opensGroup)).toEqual([false, true, false, true, false]);
  });

  test('without its first message it stands above the next; of several at one place the newest shows', () => {
    const starts = startsOf([epoch(1, 1), epoch(2, 2), epoch(3, 9)], false);
    expect(topics(toTimeline({ ...input, events: [event(1), event(4)], starts }))).toEqual(['from 1', 'from 3']);
  });

  test('an epoch that began before the loaded page has no divider', () => {
    const starts = startsOf([epoch(1, 8), epoch(9, 10)], false);
    expect(topics(toTimeline({ ...input, events: [event(3), event(9)], starts }))).toEqual([undefined, 'from 9']);
  });

  test('an epoch without messages is a row at the end, and moves to the pending message', () => {
    const starts = startsOf([epoch(1, 4)], false, { afterSeq: 4, label: undefined });
    const rows = toTimeline({ ...input, events, starts });
    expect(rows.at(-1)).toMatchObject({ kind: 'topic', topic: { label: 'New topic' } });
    const pending = ['a', 'b'].map((id) => ({
      clientEventId: id,
      eventType: 'message' as const,
      text: id,
      body: { text: id },
      status: 'sending' as const,
      createdAt: '2026-11-20T12:00:00Z',
    }));
    const sent = toTimeline({ ...input, events, starts, pending });
    expect(sent.slice(-2)).toMatchObject([{ kind: 'pending', topic: { label: 'New topic' } }, { kind: 'pending' }]);
    expect(sent.at(-1)).toMatchObject({ topic: undefined });
  });
});

test('a position is in the epoch around it, or in none', () => {
  const epochs = [epoch(1, 4), epoch(7, 9)];
  expect(epochAt(epochs, 4)).toBe(epochs[0]);
  expect(epochAt(epochs, 5)).toBeUndefined();
  expect(epochAt(epochs, 10)).toBeUndefined();
  expect(epochAt([newest], 10)).toBe(newest);
});
