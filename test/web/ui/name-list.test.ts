import { expect, test } from '@jest/globals';
import { nameList } from '../../../web/src/ui/name-list.ts';

test('a few people are named, and the others are counted', () => {
  expect(nameList([], 0)).toBe('');
  expect(nameList(['Ada'], 1)).toBe('Ada');
  expect(nameList(['Ada', 'Bob', 'Eve'], 3)).toBe('Ada, Bob and Eve');
  expect(nameList(['Ada', 'Bob'], 300)).toBe('Ada, Bob and 298 others');
  expect(nameList(['A', 'B', 'C'], 3, 2)).toBe('A, B and 1 other');
  expect(nameList([], 4)).toBe('4 people');
});
