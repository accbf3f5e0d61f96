import { describe, expect, test } from '@jest/globals';
import { readServerFrame } from '../../client/socket/frames.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeServer, itemOf, streamRoom } from './fake-server.ts';

const item = itemOf(new FakeServer(new FakeClock()).append('hi'));
const ev = { op: 'ev', room: streamRoom, gen: 'g1', ...item };
const read = (frame: unknown) => readServerFrame(JSON.stringify(frame));

describe('reading a frame', () => {
  test('gives what the contract says', () => {
    expect(read(ev)).toEqual(ev);
    expect(read({ op: 'pong', id: 3, d: { heads: [] } })).toEqual({ op: 'pong', id: 3, d: { heads: [] } });
  });

  test('a change that cannot be read still says how far its room has come', () => {
    const unreadable = (head: number) => ({ op: 'unreadable', room: streamRoom, gen: 'g1', head });
    expect(read({ ...ev, type: 'poll', seq: 9 })).toEqual(unreadable(9));
    expect(read({ op: 'evs', room: streamRoom, gen: 'g1', items: [item, { ...item, type: 'poll', seq: 8 }] })).toEqual(unreadable(8));
    expect(read({ op: 'evs', room: streamRoom, gen: 'g1', from: 3, upTo: 12, items: [{ ...item, type: 'poll', seq: 8 }] })).toEqual(
      unreadable(12),
    );
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '"ev"'],
    ['null', 'null'],
    ['no op', '{}'],
    ['an op of tomorrow', '{"op":"confetti"}'],
    ['an op that every object has', '{"op":"toString"}'],
    ['a broken reply', '{"op":"pong","id":"x"}'],
    ['a change without a place', '{"op":"ev","type":"poll"}'],
  ])('%s is nothing', (_, text) => {
    expect(readServerFrame(text)).toBeUndefined();
  });

  test('bytes are nothing: the protocol is text', () => {
    expect(readServerFrame(new Uint8Array([123, 125]))).toBeUndefined();
  });
});
