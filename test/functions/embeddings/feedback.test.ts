import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandQuery } from '../../../functions/embeddings/feedback.ts';
import { fuse } from '../../../functions/embeddings/fusion.ts';
import { keywordQuery, keywordVector, termIndex } from '../../../functions/embeddings/keyword-vector.ts';
import type { KeywordVector } from '../../../functions/embeddings/keyword-vector.ts';
import type { Hit } from '../../../functions/embeddings/point.ts';
import type { Frequencies } from '../../../functions/embeddings/feedback.ts';
import { frequenciesIn } from '../../../functions/embeddings/word-frequencies.ts';

const weightOf = ({ indices, values }: KeywordVector, term: string): number => values[indices.indexOf(termIndex(term))] ?? 0;
const found = (...texts: string[]) => texts.map((text, at) => ({ score: 10 - at * 0.1, keywords: keywordVector(text) }));
/** Frequencies with every word in one of a hundred texts. */
const evenly: Frequencies = { rarityOf: () => 1, shareOf: () => 0.01 };

describe('words that are learnt from what was found', () => {
  const query = keywordQuery('deploy failed');

  test('are those that the texts share; the own ones weigh most', () => {
    const learnt = expandQuery(
      query,
      found('deploy failed: migration lock', 'deploy failed, the migration', 'deploy failed at lunch'),
      evenly,
    );
    expect(weightOf(learnt, 'migrat')).toBeGreaterThan(0);
    expect(weightOf(learnt, 'lunch')).toBe(0);
    expect(weightOf(learnt, 'deploy')).toBeGreaterThan(3 * weightOf(learnt, 'migrat'));
  });

  test('are rare ones before common ones', () => {
    const words = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
    const sample = Array.from({ length: 60 }, (_, i) => keywordVector(i < 6 ? words : i === 6 ? 'migration' : `something else ${i}`));
    const learnt = expandQuery(query, found(`deploy failed migration ${words}`, `deploy failed migration ${words}`), frequenciesIn(sample));
    expect(weightOf(learnt, 'migrat')).toBeGreaterThan(0);
    expect(learnt.indices.length).toBeLessThanOrEqual(42);
  });

  test('weigh less when the first stands out, and in a long query', () => {
    const texts = ['deploy failed migration', 'deploy migration'];
    const [first, other] = found(...texts);
    if (!first || !other) throw new Error('two were made');
    const plain = weightOf(expandQuery(query, [first, other], evenly), 'migrat');
    expect(weightOf(expandQuery(query, [first, { ...other, score: 1 }], evenly), 'migrat')).toBeLessThan(plain / 2);
    const long = keywordQuery('deploy failed on friday evening after somebody touched config of production cluster');
    expect(weightOf(expandQuery(long, [first, other], evenly), 'migrat')).toBeLessThan(plain);
  });

  test('are none when the texts share only what any texts do', () => {
    const everywhere: Frequencies = { rarityOf: () => 1, shareOf: () => 0.5 };
    expect(weightOf(expandQuery(query, found('deploy failed migration', 'deploy migration'), everywhere), 'migrat')).toBe(0);
  });

  test('are none when nothing was found', () => {
    expect(expandQuery(query, [], evenly)).toEqual(query);
    expect(expandQuery(keywordQuery(''), found('deploy'), evenly)).toEqual({ indices: [], values: [] });
  });

  test('make a query that the index takes, of whatever was found', () => {
    const vector = fc.string({ maxLength: 60 }).map((text) => keywordVector(text));
    const anyFound = fc.array(fc.record({ score: fc.double({ min: 0, max: 50, noNaN: true }), keywords: vector }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), anyFound, (text, texts) => {
        const { indices, values } = expandQuery(keywordQuery(text), texts, evenly);
        expect(indices).toEqual([...new Set(indices)].toSorted((a, b) => a - b));
        expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      }),
    );
  });
});

describe('rankings that are put together', () => {
  const hit = (id: string, score: number): Hit => ({ id, kind: 'epoch', streamId: 'str_1', at: new Date(0), score });

  test('what both hold comes before what one holds; the heavier one decides between the others', () => {
    const fused = fuse([
      { hits: [hit('a', 20), hit('both', 19)], weight: 1 },
      { hits: [hit('b', 0.9), hit('both', 0.88), hit('c', 0.5)], weight: 0.5, worthlessFrom: 100 },
    ]);
    expect(fused.map(({ id }) => id)).toEqual(['both', 'a', 'b', 'c']);
  });

  test('how deep the rankings go changes nothing at their tops', () => {
    const long = Array.from({ length: 400 }, (_, i) => hit(`d${(i * 7) % 400}`, 1 - i / 1000));
    const words = Array.from({ length: 400 }, (_, i) => hit(`d${i}`, 50 / (i + 1)));
    const top = (depth: number) =>
      fuse([
        { hits: words.slice(0, depth), weight: 1 },
        { hits: long.slice(0, depth), weight: 1, worthlessFrom: 100 },
      ])
        .slice(0, 5)
        .map(({ id }) => id);
    expect(top(400)).toEqual(top(100));
  });

  test('one alone stays as it is, and nothing gives nothing', () => {
    const hits = [hit('a', 3), hit('b', 3), hit('c', 1)];
    expect(
      fuse([
        { hits, weight: 1 },
        { hits: [], weight: 1 },
      ]).map(({ id }) => id),
    ).toEqual(['a', 'b', 'c']);
    expect(fuse([])).toEqual([]);
  });
});
