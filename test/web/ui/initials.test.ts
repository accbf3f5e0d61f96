import { expect, test } from '@jest/globals';
import { colourIndexOf, initialsOf } from '../../../web/src/ui/initials.ts';

test('initials of all kinds of names', () => {
  const names = ['Ada Lovelace', 'grace', 'Jean-Luc Picard', 'Ōe Kenzaburō', '李 小龙', '🦊', '', '  -  '];
  expect(names.map(initialsOf)).toEqual(['AL', 'G', 'JP', 'ŌK', '李小', '?', '?', '?']);
});

test('a person keeps their colour, and different people have different ones', () => {
  const ids = Array.from({ length: 200 }, (_, i) => `user-${i}`);
  const colours = ids.map((id) => colourIndexOf(id, 8));
  expect(ids.map((id) => colourIndexOf(id, 8))).toEqual(colours);
  expect(new Set(colours)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
});
