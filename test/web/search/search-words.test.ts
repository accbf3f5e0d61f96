import { describe, expect, test } from '@jest/globals';
import { readSearch, snippetParts } from '../../../web/src/search/search-words.ts';

const startOf = (year: number, month: number, day: number): string => new Date(year, month - 1, day).toISOString();

describe('a search text', () => {
  test.each([
    ['roaster', { q: 'roaster' }],
    ['  two   words ', { q: 'two words' }],
    ['"a phrase" -not', { q: '"a phrase" -not' }],
    ['from:@maya roaster', { q: 'roaster', from: 'maya' }],
    ['FROM:maya in:#general x', { q: 'x', from: 'maya', in: 'general' }],
    ['x in:"two words"', { q: 'x', in: 'two words' }],
    ['x before:2026-01-31 after:2025-12-01', { q: 'x', before: startOf(2026, 1, 31), after: startOf(2025, 12, 1) }],
    ['letter-in:box', { q: 'letter-in:box' }],
    ['https://example.com', { q: 'https://example.com' }],
    ['from:@maya', { q: '', from: 'maya' }],
  ])('%s', (text, words) => expect(readSearch(text)).toEqual({ ...words, problems: [] }));

  test.each([
    ['from: x', 'After “from:” comes a person: from:@maya.'],
    ['in:"" x', 'After “in:” comes a stream: in:#general.'],
    ['before:yesterday x', 'After “before:” comes a day: before:2026-01-31.'],
    ['after:2026-02-30 x', 'After “after:” comes a day: after:2026-01-31.'],
    ['from:a from:b x', '“from:” can be said only once.'],
  ])('explains what cannot be parsed: %s', (text, problem) => expect(readSearch(text).problems).toEqual([problem]));
});

describe('a snippet', () => {
  const match = (text: string): string => `\u0002${text}\u0003`;
  test.each([
    ['plain', [{ text: 'plain', isMatch: false }]],
    [
      `a ${match('b')} c`,
      [
        { text: 'a ', isMatch: false },
        { text: 'b', isMatch: true },
        { text: ' c', isMatch: false },
      ],
    ],
    [
      `${match('a')}${match('b')}`,
      [
        { text: 'a', isMatch: true },
        { text: 'b', isMatch: true },
      ],
    ],
    [
      `cut \u0002off`,
      [
        { text: 'cut ', isMatch: false },
        { text: 'off', isMatch: true },
      ],
    ],
    ['<b>no</b>', [{ text: '<b>no</b>', isMatch: false }]],
  ])('%j', (snippet, parts) => expect(snippetParts(snippet)).toEqual(parts));
});
