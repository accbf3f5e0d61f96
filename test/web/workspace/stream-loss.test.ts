import { describe, expect, test } from '@jest/globals';
import { clientProblem } from '../../../client/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import { StreamId } from '../../../contract/ids.ts';
import { lossOf, lossWords, threadLossOf } from '../../../web/src/workspace/stream-loss.ts';
import { stream, streamIdOf } from './builders.ts';

const withProblem = (code: ErrorCode) => ({ problem: clientProblem(code, '') });
const streamId = StreamId.parse(streamIdOf(1));
const other = StreamId.parse(streamIdOf(2));

describe('a stream shows nothing', () => {
  test('once its reader is refused, whatever of it is loaded', () => {
    expect(lossOf(withProblem('not_found'), true)).toBe('lost');
    expect(lossOf(withProblem('not_found'), false)).toBe('missing');
  });

  test.each<[ErrorCode]>([['token_expired'], ['unavailable'], ['too_many_rooms']])('but stays for another problem: %s', (code) =>
    expect(lossOf(withProblem(code), true)).toBeUndefined(),
  );

  test('but stays without a problem', () => expect(lossOf({}, true)).toBeUndefined());
});

describe('a thread beside a stream', () => {
  const below = stream('t', { streamType: 'thread', visibility: 'inherit', parentStreamId: streamId });

  test('goes with the stream, before its own room is told', () => {
    expect(threadLossOf(undefined, { streamId, loss: 'lost' }, below)).toBe('lost');
    // The list has forgotten it already.
    expect(threadLossOf(undefined, { streamId, loss: 'lost' }, undefined)).toBe('lost');
  });

  test('goes by itself when its own room is told', () => expect(threadLossOf('lost', { streamId, loss: undefined }, below)).toBe('lost'));

  test('stays where its readers are others, and while the stream is there', () => {
    expect(threadLossOf(undefined, { streamId: other, loss: 'lost' }, below)).toBeUndefined();
    expect(threadLossOf(undefined, { streamId, loss: 'lost' }, stream('t', { ...below, visibility: 'private' }))).toBeUndefined();
    expect(threadLossOf(undefined, { streamId, loss: undefined }, below)).toBeUndefined();
  });
});

test.each(['stream', 'thread'] as const)('a lost %s says so in plain words', (of) => {
  expect(lossWords(of, 'lost').title).toBe('You no longer have access');
  expect(lossWords(of, 'lost').says).toMatch(/^You .*\.$/);
});
