import { describe, expect, test } from '@jest/globals';
import { Emoji } from '../../../../contract/event.ts';
import { moveInGrid, nameOfEmoji, searchEmoji } from '../../../../web/src/ui/emoji/emoji-search.ts';
import { emojiGroups, quickEmoji } from '../../../../web/src/ui/emoji/emoji-table.ts';

const all = emojiGroups.flatMap(({ entries }) => entries);
const found = (query: string): string[] => searchEmoji(query).flatMap(({ entries }) => entries.map(({ emoji }) => emoji));

describe('the table', () => {
  test('holds only emoji that the server accepts, each once and with a name of its own', () => {
    expect(all.filter(({ emoji }) => !Emoji.safeParse(emoji).success)).toEqual([]);
    expect(new Set(all.map(({ emoji }) => emoji)).size).toBe(all.length);
    const names = all.map(({ name }) => name);
    expect(names.filter((name, index) => name === '' || names.indexOf(name) < index)).toEqual([]);
    expect(all.length).toBeGreaterThan(150);
  });

  test('contains the quick emoji', () => {
    for (const emoji of quickEmoji) expect(nameOfEmoji(emoji)).not.toBe(emoji);
    expect(nameOfEmoji('🦩')).toBe('🦩');
  });
});

describe('a search', () => {
  test('matches beginnings of words, names first', () => {
    expect(found('thumbs')).toEqual(['👍', '👎']);
    expect(found('thumbs down')).toEqual(['👎']);
    expect(found(':tada:')).toEqual(['🎉']);
    expect(found('heart')[0]).toBe('😍');
    expect(found('fire')[0]).toBe('🔥');
    expect(found('xyzzy')).toEqual([]);
  });

  test('without a query returns everything', () => expect(found('  ')).toHaveLength(all.length));
});

test('the arrow keys stay in the grid', () => {
  const grid = { count: 11, columns: 4 };
  const move = (index: number, key: string): number => moveInGrid(index, key, grid);
  expect([move(0, 'ArrowRight'), move(0, 'ArrowLeft'), move(1, 'ArrowDown'), move(5, 'ArrowUp'), move(2, 'ArrowUp')]).toEqual([
    1, 0, 5, 1, 2,
  ]);
  expect([move(7, 'ArrowDown'), move(10, 'ArrowDown'), move(10, 'ArrowRight'), move(5, 'Home'), move(5, 'End'), move(5, 'x')]).toEqual([
    10, 10, 10, 0, 10, 5,
  ]);
});
