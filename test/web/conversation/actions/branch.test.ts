import { expect, test } from '@jest/globals';
import { hasHiddenBranch, offersThread } from '../../../../web/src/conversation/actions/branch.ts';

const thread = { streamId: 'str_00000000000000000000000001', streamType: 'channel', replyCount: 1 } as never;
const [may, mayNot] = [{ reply: true }, { reply: false }];

test('an event whose branch is hidden says so, and takes no replies', () => {
  const hidden = { isBranchedOff: true, thread: null };
  expect([hasHiddenBranch(hidden), offersThread(hidden, may)]).toEqual([true, false]);
});

test('an event from a frame says nothing of a branch before it is read, and takes no replies', () => {
  const unread = { isBranchedOff: true };
  expect([hasHiddenBranch(unread), offersThread(unread, may)]).toEqual([false, false]);
});

test('a branch that the reader sees is offered, also where they may not write', () => {
  const seen = { isBranchedOff: true, thread };
  expect([hasHiddenBranch(seen), offersThread(seen, mayNot)]).toEqual([false, true]);
});

test('an event without a branch takes a thread from those who may begin one', () => {
  expect([hasHiddenBranch({ thread: null }), offersThread({ thread: null }, may), offersThread({ thread: null }, mayNot)]).toEqual([
    false,
    true,
    false,
  ]);
});
