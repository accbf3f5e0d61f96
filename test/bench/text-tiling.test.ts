import { describe, expect, test } from '@jest/globals';
import { textTiling } from '../../bench/support/memory/text-tiling.ts';

/** A message of ten content words with more than 100 characters: one pseudo-sentence and one paragraph. */
const message = (...words: string[]) => Array.from({ length: 10 }, (_, at) => `${words[at % words.length]}${'x'.repeat(6)}`).join(' ');
const ships = () => message('harbour', 'anchor', 'captain');
const bread = () => message('flour', 'yeast', 'bakery');

describe('TextTiling', () => {
  // The halves share no words, so the only valley is the gap between the eighth and the ninth pseudo-sentence: number 7, counted from 0.
  // NLTK places it after 7 * 10 + 1 words, so the nearest paragraph begins one message too early.
  test('finds the only change of words, a pseudo-sentence early, as NLTK does', () => {
    const texts = [...Array.from({ length: 8 }, ships), ...Array.from({ length: 8 }, bread)];
    expect(textTiling(texts)).toEqual([7]);
  });

  test('finds nothing in a text too short to have gaps', () => {
    expect(textTiling(['hi', 'hello there', 'bye'])).toEqual([]);
    expect(textTiling([])).toEqual([]);
  });

  test('finds nothing where paragraphs are not long enough to be some', () => {
    expect(textTiling(Array.from({ length: 12 }, () => 'yes no'))).toEqual([]);
  });
});
