import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutToTokens, estimateTokens } from '../../../functions/embeddings/tokens.ts';

test('what is cut is a beginning of the text and no longer than agreed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (text, limit) => {
      const cut = cutToTokens(text, limit);
      expect(text.startsWith(cut)).toBe(true);
      expect(estimateTokens(cut)).toBeLessThanOrEqual(limit);
    }),
  );
});

test('a text that fits stays whole; one that does not ends at a word', () => {
  expect(cutToTokens('deploy failed on friday', 100)).toBe('deploy failed on friday');
  expect(cutToTokens('deploy failed on friday', 6)).toBe('deploy failed on');
  expect(cutToTokens('a'.repeat(1000), 10).length).toBeLessThanOrEqual(30);
  expect(cutToTokens('漢'.repeat(1000), 10)).toBe('漢'.repeat(10));
});

test('a long text is cut in a moment', () => {
  const startedAt = performance.now();
  cutToTokens('word '.repeat(400_000), 8_000);
  cutToTokens('x'.repeat(2_000_000), 8_000);
  expect(performance.now() - startedAt).toBeLessThan(500);
});
