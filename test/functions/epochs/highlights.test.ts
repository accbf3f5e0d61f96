import { expect, test } from '@jest/globals';
import { termsOf } from '../../../functions/embeddings/words.ts';
import { highlightsOf } from '../../../functions/epochs/search/highlights.ts';

const spoken = (...texts: string[]) => texts.map((text, seq) => ({ eventId: `e${seq}`, seq, text }));
const shown = (q: string, ...texts: string[]) =>
  highlightsOf(spoken(...texts), new Set(termsOf(q))).map(({ text }) => text.replaceAll('\u0002', '[').replaceAll('\u0003', ']'));

test('the messages with most of the words come first, and three at most', () => {
  expect(shown('red apple pie', 'An apple', 'A red apple', 'Pie', 'A red apple pie', 'Nothing')).toEqual([
    'A [red] [apple] [pie]',
    'A [red] [apple]',
    'An [apple]',
  ]);
});

test('a long message is shown around its first match', () => {
  const filler = 'word '.repeat(200);
  const [text = ''] = shown('needle', `${filler}the needle is here ${filler}`);
  expect(text).toMatch(/^….*the \[needle\] is here.*…$/);
  expect(text.length).toBeLessThan(320);
});

test('one word without an end is cut', () => {
  const [text = ''] = shown('needle', `needle ${'x'.repeat(5_000)}`);
  expect(text.startsWith('[needle] xxx')).toBe(true);
  expect(text.length).toBeLessThan(320);
});

test('scripts without spaces are marked by word', () => {
  const [text = ''] = shown('東京', '明日は東京に行きます');
  expect(text).toContain('[東京]');
});

test('marks that somebody wrote are not taken for ours', () => {
  expect(highlightsOf(spoken('An \u0002evil\u0003 apple'), new Set(termsOf('apple'))).map(({ text }) => text)).toEqual([
    'An  evil  \u0002apple\u0003',
  ]);
});

test('without words there is nothing to show', () => {
  expect(shown('the of and', 'the of and')).toEqual([]);
});
