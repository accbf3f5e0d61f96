import { expect, test } from '@jest/globals';
import { countUnseen, newMessagesLabel, advanceProgress, startProgress } from '../../../web/src/workspace/new-messages.ts';
import { event } from './builders.ts';

const me = 'me';
const first = [event(1), event(2)];
const away = { watching: false, me };
const here = { watching: true, me };

test('the loaded messages of an opened stream are not new', () => {
  expect(countUnseen(startProgress(first), first, me)).toBe(0);
});

test('messages that no device has read stand under the line "New"', () => {
  const events = [event(3), event(4, { actorId: me }), { ...event(5), eventType: 'member_joined' as const }, event(6)];
  const newAfter = (readSeq: number | undefined) => startProgress(events, { readSeq, me }).firstNewSeq;
  expect([newAfter(undefined), newAfter(2), newAfter(3), newAfter(6)]).toEqual([undefined, 3, 6, undefined]);
  expect(newAfter(1)).toBeUndefined();
});

test('older messages that load later are not new', () => {
  const progress = startProgress([event(5)]);
  const events = [event(3), event(4), event(5)];
  expect(countUnseen(progress, events, me)).toBe(0);
  expect(advanceProgress(progress, events, away)).toBe(progress);
});

test('messages of others count while the reader is away; own and deleted ones do not', () => {
  const events = [...first, event(3), event(4, { actorId: me }), event(5, { deleted: true }), event(6)];
  const progress = advanceProgress(startProgress(first), events, away);
  expect(countUnseen(progress, events, me)).toBe(2);
  expect(progress.firstNewSeq).toBe(3);
});

test('an edit of a seen message is not new', () => {
  const events = [event(1), { ...event(2), changedSeq: 3 }];
  expect(countUnseen(advanceProgress(startProgress(first), events, away), events, me)).toBe(0);
});

test('scrolling back to the end counts as seen, and the line "New" stays', () => {
  const events = [...first, event(3), event(4)];
  const progress = advanceProgress(advanceProgress(startProgress(first), events, away), events, here);
  expect(countUnseen(progress, events, me)).toBe(0);
  expect(progress.firstNewSeq).toBe(3);
});

test('the line moves when the reader misses a message again', () => {
  const events = [...first, event(3), event(4)];
  const back = advanceProgress(advanceProgress(startProgress(first), events, away), events, here);
  expect(advanceProgress(back, [...events, event(5)], away).firstNewSeq).toBe(5);
});

test('the line stays at the first missed message while more arrive', () => {
  const one = advanceProgress(startProgress(first), [...first, event(3)], away);
  expect(advanceProgress(one, [...first, event(3), event(4)], away).firstNewSeq).toBe(3);
});

test('an answer removes the line', () => {
  const missed = [...first, event(3)];
  const answered = [...missed, event(4, { actorId: me })];
  expect(advanceProgress(advanceProgress(startProgress(first), missed, away), answered, here)).toEqual({
    seenSeq: 4,
    firstNewSeq: undefined,
  });
});

test('without news the object stays the same, so that nothing renders again', () => {
  const progress = startProgress(first);
  expect(advanceProgress(progress, first, here)).toBe(progress);
  const missed = advanceProgress(progress, [...first, event(3)], away);
  expect(advanceProgress(missed, [...first, event(3)], away)).toBe(missed);
});

test('the label counts', () => {
  expect([1, 3].map(newMessagesLabel)).toEqual(['1 new message', '3 new messages']);
});
