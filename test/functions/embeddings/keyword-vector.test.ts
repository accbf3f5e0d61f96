import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keywordQuery, keywordVector, murmur3, termIndex } from '../../../functions/embeddings/keyword-vector.ts';

const weightOf = (vector: ReturnType<typeof keywordVector>, term: string): number =>
  vector.values[vector.indices.indexOf(termIndex(term))] ?? 0;

describe('keyword vectors', () => {
  test('hash as everybody else does', () => {
    const hash = (text: string, seed?: number) => murmur3(Buffer.from(text), seed);
    expect([hash(''), hash('', 1), hash('test'), hash('Hello, world!'), hash('The quick brown fox jumps over the lazy dog')]).toEqual([
      0, 0x514e28b7, 0xba6bd213, 0xc0363e43, 0x2e4ff723,
    ]);
  });

  test('any text gives indices that are unique, ascending and 32 bits, each with a positive weight', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 40 }), (text, title) => {
        for (const { indices, values } of [keywordVector(text, title), keywordQuery(text)]) {
          expect(values).toHaveLength(indices.length);
          expect(indices).toEqual([...new Set(indices)].toSorted((a, b) => a - b));
          expect(indices.every((index) => Number.isInteger(index) && index >= 0 && index <= 2 ** 31)).toBe(true);
          expect(values.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
        }
      }),
    );
  });

  test('a word that repeats counts more, but never much more; one of a short text more than one of a long text', () => {
    const once = weightOf(keywordVector('deploy failed'), 'deploy');
    const often = weightOf(keywordVector('deploy '.repeat(200)), 'deploy');
    expect(often).toBeGreaterThan(once);
    expect(often).toBeLessThan(once * 3);
    const long = `deploy ${Array.from({ length: 500 }, (_, i) => `word${i}`).join(' ')}`;
    expect(weightOf(keywordVector(long), 'deploy')).toBeLessThan(once / 2);
  });

  test('words of the title count more', () => {
    expect(weightOf(keywordVector('something failed', 'deploy'), 'deploy')).toBeGreaterThan(
      weightOf(keywordVector('something failed deploy'), 'deploy'),
    );
  });

  test('what has no content words has no weights', () => {
    expect(keywordVector('the of 👍')).toEqual({ indices: [], values: [] });
    expect(keywordQuery('')).toEqual({ indices: [], values: [] });
  });
});
