import { describe, expect, test } from '@jest/globals';
import { RoomLog } from '../../client/room/room-log.ts';
import type { Segment } from '../../client/room/room-log.ts';

interface Item {
  readonly seq: number;
  /** Position at which the thing was appended; a plain message was appended at its own position. */
  readonly of: number;
}
const plain = (seq: number): Item => ({ seq, of: seq });
const live = (seq: number, gen = 'g', item: Item = plain(seq)): Segment<Item> => ({ gen, from: seq - 1, upTo: seq, items: [item] });
const seqs = (items: readonly Item[]): number[] => items.map((item) => item.seq);

function logAt(position: number, options: { holdFrames?: number; keepFrames?: number } = {}): RoomLog<Item> {
  const log = new RoomLog<Item>({ appendedAt: (item) => item.of, ...options });
  log.adopt('g', position, 0);
  return log;
}

describe('a room log', () => {
  test('hands out what follows, once', () => {
    const log = logAt(5);
    expect(seqs(log.receive(live(6), 0))).toEqual([6]);
    expect(seqs(log.receive(live(6), 0))).toEqual([]);
    expect(seqs(log.receive(live(3), 0))).toEqual([]);
    expect(log).toMatchObject({ position: 6, head: 6, settled: true });
    expect(log.dueAt()).toBeUndefined();
  });

  test('holds what comes early, and hands it out in order when the hole is filled', () => {
    const log = logAt(5);
    expect(log.receive(live(8), 100)).toEqual([]);
    expect(log.receive(live(7), 150)).toEqual([]);
    expect(log.settled).toBe(false);
    expect(seqs(log.receive(live(6), 200))).toEqual([6, 7, 8]);
    expect(log.settled).toBe(true);
  });

  test('wants to pull 500 ms after a hole appeared, counted anew when part of it was filled', () => {
    const log = logAt(5);
    log.receive(live(9), 1000);
    expect(log.dueAt()).toBe(1500);
    log.receive(live(8), 1400);
    expect(log.dueAt()).toBe(1500);
    log.receive(live(6), 1450);
    expect(log.dueAt()).toBe(1950);
  });

  test('wants to pull at once when 64 frames wait', () => {
    const log = logAt(0);
    for (let seq = 2; seq <= 64; seq++) log.receive(live(seq), 1000);
    expect(log.dueAt()).toBe(1500);
    log.receive(live(65), 1000);
    expect(log.dueAt()).toBe(0);
  });

  test('keeps no more than it may, and still knows that there was more', () => {
    const log = logAt(0, { keepFrames: 10 });
    for (let seq = 2; seq <= 40; seq++) log.receive(live(seq), 0);
    expect(seqs(log.receive(live(1), 0))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(log).toMatchObject({ position: 11, head: 40, settled: false });
  });

  test('a head that is further than we are is a hole', () => {
    const log = logAt(5);
    log.noteHead('g', 5, 10);
    expect(log.dueAt()).toBeUndefined();
    log.noteHead('g', 7, 10);
    expect(log.dueAt()).toBe(510);
  });

  test('a replay brings us to its end, though a later change stands for an earlier one', () => {
    const log = logAt(5);
    // 6 was appended and edited at 8: the edit explains the position of the message.
    expect(seqs(log.receive({ gen: 'g', from: 5, upTo: 8, items: [plain(7), { seq: 8, of: 6 }] }, 0))).toEqual([7, 8]);
    expect(log).toMatchObject({ position: 8, settled: true, indebted: false });
  });

  test('a replay that does not explain a position leaves a debt, which only a complete read pays', () => {
    const log = logAt(5);
    // 6 was appended and edited at 12, say: the change that stands for it is not in this piece.
    expect(seqs(log.receive({ gen: 'g', from: 5, upTo: 8, items: [plain(7), plain(8)] }, 0))).toEqual([7, 8]);
    expect(log).toMatchObject({ position: 8, indebted: true, settled: false });
    expect(log.dueAt()).toBe(0);
    log.pulled({ gen: 'g', from: 8, upTo: 10, items: [plain(9), plain(10)] }, false, 0);
    expect(log.indebted).toBe(true);
    log.pulled({ gen: 'g', from: 10, upTo: 12, items: [plain(11), { seq: 12, of: 6 }] }, true, 0);
    expect(log).toMatchObject({ position: 12, indebted: false, settled: true });
  });

  test('a read that was asked for before a debt was made does not pay it', () => {
    const log = logAt(5);
    log.receive({ gen: 'g', from: 5, upTo: 9, items: [plain(7), plain(8), plain(9)] }, 0);
    log.pulled({ gen: 'g', from: 5, upTo: 7, items: [plain(6), plain(7)] }, true, 0);
    expect(log.indebted).toBe(true);
  });

  test('a piece that overlaps gives only its new part', () => {
    const log = logAt(6);
    expect(seqs(log.receive({ gen: 'g', from: 4, upTo: 8, items: [5, 6, 7, 8].map(plain) }, 0))).toEqual([7, 8]);
  });

  test('waits for the first snapshot, then starts from it', () => {
    const log = new RoomLog<Item>({ appendedAt: (item) => item.of });
    expect(log.dueAt()).toBe(0);
    for (const seq of [3, 4, 6]) expect(log.receive(live(seq), 0)).toEqual([]);
    log.receive(live(9, 'other'), 0);
    expect(seqs(log.adopt('g', 3, 100))).toEqual([4]);
    expect(log).toMatchObject({ position: 4, head: 6, gen: 'g' });
    expect(log.dueAt()).toBe(600);
  });

  test('a frame of an unknown generation is a reason to ask, once; the generation of before is none', () => {
    const log = logAt(5);
    expect(log.receive(live(1, 'new'), 0)).toEqual([]);
    expect(log.dueAt()).toBe(0);
    // Asked: the room is still of our generation.
    log.pulled({ gen: 'g', from: 5, upTo: 5, items: [] }, true, 0);
    expect(log.settled).toBe(true);
    log.receive(live(2, 'new'), 0);
    expect(log.settled).toBe(true);
    log.reset({ gen: 'h', head: 2 });
    log.adopt('h', 2, 0);
    log.receive(live(6, 'g'), 0);
    expect(log).toMatchObject({ position: 2, settled: true });
  });

  test('after a reset nothing of before is handed out', () => {
    const log = logAt(5);
    log.receive(live(8), 0);
    log.reset({ gen: 'g', head: 3 });
    expect(log.gen).toBeUndefined();
    expect(log.adopt('g', 3, 0)).toEqual([]);
    expect(log).toMatchObject({ position: 3, head: 3 });
    expect(seqs([4, 5, 6, 7].flatMap((seq) => log.receive(live(seq), 0)))).toEqual([4, 5, 6, 7]);
  });

  test('every snapshot and reset makes answers to earlier questions void', () => {
    const log = logAt(5);
    const { version } = log;
    log.receive(live(6), 0);
    expect(log.version).toBe(version);
    log.reset();
    log.adopt('g', 9, 0);
    expect(log.version).toBe(version + 2);
  });
});
