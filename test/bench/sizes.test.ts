import { describe, expect, test } from '@jest/globals';
import { readSizes } from '../../bench/support/sizes.ts';

const defaults = { sockets: 2_000, pauseMs: 15, inMemory: false, out: '', data: [] as readonly string[] };

describe('readSizes', () => {
  test('keeps what is not given, and reads each option as what its default is', () => {
    expect(readSizes([], defaults)).toEqual(defaults);
    const args = ['--sockets', '10', '--pause-ms', '0.5', '--in-memory', '--out', 'cuts.jsonl', '--data', 'a.jsonl', '--data', 'b.jsonl'];
    expect(readSizes(args, defaults)).toEqual({
      sockets: 10,
      pauseMs: 0.5,
      inMemory: true,
      out: 'cuts.jsonl',
      data: ['a.jsonl', 'b.jsonl'],
    });
  });

  test.each([
    [['--sockets', 'many'], '--sockets takes a number, not "many"'],
    [['--sockets', ''], '--sockets takes a number'],
    [['--sockets=-1'], '--sockets takes a number'],
    [['--socket', '1'], "Unknown option '--socket'"],
    [['fast'], 'fast'],
  ])('refuses %j', (args, says) => {
    expect(() => readSizes(args, defaults)).toThrow(says);
  });
});
