import { expect, test } from '@jest/globals';
import type { LiveStream } from '../../../client/stream/live-stream.ts';
import { openStreams } from '../../../web/src/workspace/open-streams.ts';

function pool(limit: number) {
  const opened: string[] = [];
  const closed: string[] = [];
  const pending = new Set<string>();
  const refused = new Set<string>();
  const open = (streamId: string): LiveStream => {
    opened.push(streamId);
    return {
      getSnapshot: () => ({
        pending: pending.has(streamId) ? [{ text: 'unsent' }] : [],
        ...(refused.has(streamId) && { problem: { code: 'not_found' } }),
      }),
      close: () => closed.push(streamId),
    } as unknown as LiveStream;
  };
  return { streams: openStreams(open, limit), opened, closed, pending, refused };
}

test('going back to a stream returns the same live stream', () => {
  const { streams, opened } = pool(2);
  const first = streams.use('a');
  streams.use('b');
  expect(streams.use('a')).toBe(first);
  expect(opened).toEqual(['a', 'b']);
});

test('the least recently used one is closed', () => {
  const { streams, closed } = pool(2);
  for (const id of ['a', 'b', 'a', 'c']) streams.use(id);
  expect(closed).toEqual(['b']);
});

test('a stream with unsent messages is not closed', () => {
  const { streams, closed, pending } = pool(2);
  pending.add('a');
  for (const id of ['a', 'b', 'c']) streams.use(id);
  expect(closed).toEqual(['b']);
  expect(streams.unsent()).toEqual([{ streamId: 'a', text: 'unsent' }]);
});

test('close closes all streams', () => {
  const { streams, closed } = pool(3);
  for (const id of ['a', 'b']) streams.use(id);
  streams.close();
  expect(closed).toEqual(['a', 'b']);
});

test('a refused stream is opened again, unless it has unsent messages', () => {
  const { streams, opened, closed, pending, refused } = pool(3);
  streams.use('a');
  refused.add('a');
  streams.use('a');
  expect([opened, closed]).toEqual([['a', 'a'], ['a']]);
  pending.add('a');
  streams.use('a');
  expect(opened).toEqual(['a', 'a']);
});
