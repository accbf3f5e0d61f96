import { describe, expect, test } from '@jest/globals';
import type { PendingEvent } from '../../../../client/stream/live-stream.ts';
import type { StreamEvent } from '../../../../contract/event.ts';
import type { Row } from '../../../../web/src/conversation/timeline/timeline.ts';
import {
  eventAt,
  eventToChange,
  lastOwnEvent,
  neighbourOf,
  toTimeline,
  wasPrepended,
} from '../../../../web/src/conversation/timeline/timeline.ts';
import { event } from '../../workspace/builders.ts';

const input = { pending: [], me: 'me', firstNewSeq: undefined, timeZone: 'UTC' };
const messages = (rows: Row[]): Exclude<Row, { kind: 'top' }>[] => rows.filter((row) => row.kind !== 'top');
const groups = (rows: Row[]): boolean[] => messages(rows).map((row) => row.opensGroup);
const days = (rows: Row[]): boolean[] => messages(rows).map((row) => row.day !== undefined);

describe('groups', () => {
  test('messages of one author close to each other are one group', () => {
    const events = [event(1), event(2, { at: '2026-11-20T12:04:59Z' }), event(3, { at: '2026-11-20T12:04:59Z', actorId: 'bob' })];
    expect(groups(toTimeline({ ...input, events }))).toEqual([true, false, true]);
  });

  test('five minutes of silence open a new group', () => {
    const events = [event(1), event(2, { at: '2026-11-20T12:05:00Z' })];
    expect(groups(toTimeline({ ...input, events }))).toEqual([true, true]);
  });

  test('a deleted message does not hide the author of the next one', () => {
    const events = [event(1), event(2, { deleted: true }), event(3)];
    expect(groups(toTimeline({ ...input, events }))).toEqual([true, true, true]);
  });

  test('the line "New" opens a group', () => {
    const rows = toTimeline({ ...input, events: [event(1), event(2)], firstNewSeq: 2 });
    expect(groups(rows)).toEqual([true, true]);
    expect(messages(rows).map((row) => row.kind === 'event' && row.isFirstNew)).toEqual([false, true]);
  });
});

describe('days', () => {
  const events = [
    event(1, { at: '2026-11-20T22:30:00Z' }),
    event(2, { at: '2026-11-20T22:31:00Z' }),
    event(3, { at: '2026-11-20T23:00:00Z' }),
  ];

  test("the first message of a day says so, by the viewer's zone", () => {
    expect(days(toTimeline({ ...input, events }))).toEqual([true, false, false]);
    expect(days(toTimeline({ ...input, events, timeZone: 'Europe/Berlin' }))).toEqual([true, false, true]);
  });

  test('a new day opens a group', () => {
    expect(groups(toTimeline({ ...input, events, timeZone: 'Europe/Berlin' }))).toEqual([true, false, true]);
  });
});

test('a pending message keeps its key when it becomes an event', () => {
  const pending: PendingEvent[] = [
    { clientEventId: 'c2', eventType: 'message', text: 'hi', body: { text: 'hi' }, createdAt: '2026-11-20T12:01:00Z', status: 'sending' },
  ];
  const before = toTimeline({ ...input, events: [event(1, { actorId: 'me' })], pending });
  const after = toTimeline({ ...input, events: [event(1, { actorId: 'me' }), event(2, { actorId: 'me' })] });
  expect(before.map((row) => row.key)).toEqual(after.map((row) => row.key));
  expect(groups(before)).toEqual([true, false]);
});

test('the last own message is the newest that is not deleted', () => {
  const events = [event(1, { actorId: 'me' }), event(2, { actorId: 'me', deleted: true }), event(3)];
  expect(lastOwnEvent(events, 'me')?.seq).toBe(1);
  expect(lastOwnEvent([event(3)], 'me')).toBeUndefined();
});

describe('the keyboard among rows', () => {
  const rows = toTimeline({ ...input, events: [event(1, { actorId: 'me' }), event(2), event(3, { actorId: 'me' })] });

  test('begins at the last row and stays within the messages', () => {
    expect(neighbourOf(rows, undefined, -1)).toBe('me:c3');
    expect(neighbourOf(rows, 'me:c3', -1)).toBe('ada:c2');
    expect(neighbourOf(rows, 'me:c1', -1)).toBe('me:c1');
    expect(neighbourOf(rows, 'me:c3', 1)).toBe('me:c3');
    expect(neighbourOf(toTimeline({ ...input, events: [] }), undefined, -1)).toBeUndefined();
  });

  test('edits the active message only if it is an own one, without one the newest own message', () => {
    expect(eventToChange(rows, 'me:c1', 'me')?.seq).toBe(1);
    expect(eventToChange(rows, 'ada:c2', 'me')).toBeUndefined();
    expect(eventToChange(rows, undefined, 'me')?.seq).toBe(3);
  });
});

describe('prepending', () => {
  const rows = (...seqs: number[]): Row[] => toTimeline({ ...input, events: seqs.map((seq) => event(seq)) });

  test('differs from appending, from a first page and from another list', () => {
    expect(wasPrepended(rows(3, 4), rows(1, 2, 3, 4))).toBe(true);
    expect(wasPrepended(rows(3, 4), rows(3, 4, 5))).toBe(false);
    expect(wasPrepended(rows(), rows(3, 4))).toBe(false);
    expect(wasPrepended(rows(3, 4), rows(7, 8, 9))).toBe(false);
    expect(wasPrepended(rows(3, 4), rows(3, 4))).toBe(false);
  });
});

describe('a notice', () => {
  const quiet = (seq: number, eventType: string, given: Parameters<typeof event>[1] = {}): StreamEvent => ({
    ...event(seq, given),
    eventType,
    content: null,
  });
  const shape = (rows: Row[]): unknown[] =>
    messages(rows).map((row) => (row.kind === 'notice' ? row.events.map(({ seq }) => seq) : row.kind));

  test('has a row of its own; people who join one after the other share one', () => {
    const joins = [2, 3, 4].map((seq) => quiet(seq, 'member_joined', { actorId: `u${seq}` }));
    const rows = toTimeline({ ...input, events: [event(1), ...joins, quiet(5, 'member_left'), quiet(6, 'renamed'), quiet(7, 'renamed')] });
    expect(shape(rows)).toEqual(['event', [2, 3, 4], [5], [6], [7]]);
  });

  test('splits the group of messages around it', () => {
    expect(groups(toTimeline({ ...input, events: [event(1), quiet(2, 'renamed'), event(3)] }))).toEqual([true, true, true]);
  });

  test('is split by a day and by the line "New"', () => {
    const joins = [
      quiet(1, 'member_joined', { at: '2026-11-19T23:59:00Z' }),
      ...[2, 3, 4].map((seq) => quiet(seq, 'member_joined', { at: '2026-11-20T00:01:00Z' })),
    ];
    expect(shape(toTimeline({ ...input, events: joins, firstNewSeq: 4 }))).toEqual([[1], [2, 3], [4]]);
  });

  test('keeps its row when older notices join it', () => {
    const joins = [1, 2, 3].map((seq) => quiet(seq, 'member_joined', { actorId: `u${seq}` }));
    const before = toTimeline({ ...input, events: joins.slice(1) });
    const after = toTimeline({ ...input, events: [event(0), ...joins] });
    expect(after[2]?.key).toBe(before[1]?.key);
    expect(wasPrepended(before, after)).toBe(true);
  });

  test('takes no edits and no actions; types of other products are no notices', () => {
    const own = { ...quiet(2, 'acme.deploy_finished', { actorId: 'me' }), payload: {} };
    const rows = toTimeline({ ...input, events: [quiet(1, 'renamed', { actorId: 'me' }), own] });
    expect(shape(rows)).toEqual([[1], 'event']);
    expect(eventToChange(rows, undefined, 'me')).toBeUndefined();
    expect(eventAt(rows, rows[1]?.key)).toBeUndefined();
    expect(eventAt(rows, rows[2]?.key)?.seq).toBe(2);
  });
});
