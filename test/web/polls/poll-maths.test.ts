import { describe, expect, test } from '@jest/globals';
import type { Poll } from '../../../contract/event.ts';
import { UserId } from '../../../contract/ids.ts';
import { isClosed, leadersOf, percentOf, toggleChoice, votesOf, withVotes } from '../../../web/src/polls/poll-maths.ts';
import { checkPoll } from '../../../web/src/polls/poll-draft.ts';

const users = (...ids: string[]) => ids.map((id) => UserId.parse(id));
const poll = (votes: Record<string, string[]>, given: Partial<Poll> = {}): Poll => ({
  question: 'Lunch?',
  options: Object.entries(votes).map(([id, ids]) => ({ id, text: id, count: ids.length, userIds: users(...ids) })),
  multiple: false,
  voterCount: new Set(Object.values(votes).flat()).size,
  closesAt: null,
  ...given,
});

test('shares count voters, not votes', () => {
  expect([percentOf(1, 3), percentOf(2, 3), percentOf(0, 0), percentOf(5, 5)]).toEqual([33, 67, 0, 100]);
});

test('leaders are all options with the most votes, and none before the first vote', () => {
  expect(leadersOf(poll({ a: ['x', 'y'], b: ['z', 'w'], c: ['v'] }))).toEqual(['a', 'b']);
  expect(leadersOf(poll({ a: [], b: [] }))).toEqual([]);
});

test('a poll is closed from its end on', () => {
  const closesAt = '2026-11-20T12:00:00.000Z';
  expect(isClosed({ closesAt }, Date.parse(closesAt) - 1)).toBe(false);
  expect(isClosed({ closesAt }, Date.parse(closesAt))).toBe(true);
  expect(isClosed({ closesAt: null }, Infinity)).toBe(false);
});

describe('toggling a choice', () => {
  test('replaces the other one in a single choice, and withdraws the same one', () => {
    expect(toggleChoice([], 'a', false)).toEqual(['a']);
    expect(toggleChoice(['a'], 'b', false)).toEqual(['b']);
    expect(toggleChoice(['a'], 'a', false)).toEqual([]);
  });

  test('adds to the others in a multiple choice', () => {
    expect(toggleChoice(['a'], 'b', true)).toEqual(['a', 'b']);
    expect(toggleChoice(['a', 'b'], 'a', true)).toEqual(['b']);
  });
});

describe('a pending vote', () => {
  const before = poll({ a: ['x', 'me'], b: ['y'] });

  test('moves to another option', () => {
    const after = withVotes(before, 'me', votesOf(before, 'me'), ['b']);
    expect(after).toEqual(poll({ a: ['x'], b: ['y', 'me'] }));
  });

  test('is withdrawn', () => {
    expect(withVotes(before, 'me', ['a'], [])).toEqual(poll({ a: ['x'], b: ['y'] }));
  });

  test('is the first one', () => {
    const fresh = poll({ a: ['x'], b: ['y'] });
    expect(withVotes(fresh, 'me', [], ['a', 'b'])).toEqual(poll({ a: ['x', 'me'], b: ['y', 'me'] }));
  });

  test('that changes nothing leaves the poll as it is', () => expect(withVotes(before, 'me', ['a'], ['a'])).toEqual(before));
});

describe('a draft of a poll', () => {
  test('is trimmed, and its empty lines are left out', () => {
    expect(checkPoll({ question: ' Lunch? ', options: ['Pizza ', '', 'Salad', ''] })).toEqual({
      poll: { question: 'Lunch?', options: ['Pizza', 'Salad'] },
      errors: {},
    });
  });

  test('shows errors at their fields', () => {
    expect(checkPoll({ question: ' ', options: ['a', 'b'] }).errors).toEqual({ question: 'What do you want to ask?' });
    expect(checkPoll({ question: 'q', options: ['a', ''] }).errors).toEqual({ options: { 1: 'A poll has at least two answers.' } });
    expect(checkPoll({ question: 'q', options: ['a', 'b', 'a'] }).errors).toEqual({ options: { 2: 'This answer stands there already.' } });
    expect(checkPoll({ question: 'q'.repeat(301), options: ['a', 'b'.repeat(121)] }).errors).toEqual({
      question: 'At most 300 characters.',
      options: { 1: 'At most 120 characters.' },
    });
  });
});
