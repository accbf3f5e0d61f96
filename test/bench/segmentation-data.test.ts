import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readDialogues } from '../../bench/support/memory/segmentation-data.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'streambed-dialogues-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (...lines: string[]) => {
  const file = join(folder, 'set.jsonl');
  writeFileSync(file, lines.join('\n'));
  return file;
};
const good = JSON.stringify({ id: 'a', messages: [{ text: 'x' }, { text: 'y', role: 'user' }], boundaries: [1] });

describe('readDialogues', () => {
  test('reads a dialogue a line', () => {
    expect(readDialogues(fileOf(good, '', good))).toEqual(Array.from({ length: 2 }, () => JSON.parse(good) as unknown));
  });

  test.each([
    ['what is not JSON', '{', ':2: is not JSON'],
    ['what lacks messages', '{"id":"b","boundaries":[]}', ':2: messages'],
    ['a boundary at the first message', '{"id":"b","messages":[{"text":"x"}],"boundaries":[0]}', ':2: boundaries'],
    ['a boundary behind the end', '{"id":"b","messages":[{"text":"x"}],"boundaries":[1]}', ':2: boundaries'],
  ])('says in which line stands %s', (_what, line, says) => {
    expect(() => readDialogues(fileOf(good, line))).toThrow(says);
  });

  test('says that a file is not there, or empty', () => {
    expect(() => readDialogues(join(folder, 'none.jsonl'))).toThrow('is not there');
    expect(() => readDialogues(fileOf(''))).toThrow('holds no dialogues');
  });
});
