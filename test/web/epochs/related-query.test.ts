import { describe, expect, test } from '@jest/globals';
import type { RelatedList } from '../../../contract/epoch.ts';
import { relatedQueryOf, mergeRelated } from '../../../web/src/epochs/related-query.ts';
import { epoch, related } from './builders.ts';

describe('a draft', () => {
  test.each(['', 'ok', '   sounds good  ', '/new something else', '/topic what this is about'])('is no query: “%s”', (text) =>
    expect(relatedQueryOf(text === '   sounds good  ' ? text.slice(0, 10) : text)).toBeUndefined(),
  );
  test('is a query from a few words on, without the space around it', () => {
    expect(relatedQueryOf('  the grinder is loud ')).toBe('the grinder is loud');
    expect(relatedQueryOf('//etc/passwd is here')).toBe('//etc/passwd is here');
  });
  test('weighs characters by script', () => expect(relatedQueryOf('咖啡机坏了')).toBe('咖啡机坏了'));
  test('is cut to its end where it is long, in whole characters', () => {
    const query = relatedQueryOf(`${'😀'.repeat(1_500)}x`) ?? '';
    expect(query.length).toBeLessThanOrEqual(2_000);
    expect(query.isWellFormed()).toBe(true);
    expect(query.endsWith('😀x')).toBe(true);
  });
});

describe('the related epochs', () => {
  const [now, before] = [epoch(9, 10).id, epoch(1, 2).id];
  const list = (items: RelatedList['items'], epochId = now): RelatedList => ({ epochId, items, memory: 'current' });
  const announced = (items: RelatedList['items']) => ({ epochId: now, items });
  const scores = (items: RelatedList['items']) => items.map(({ label, score }) => [label, score]);

  test('are sorted by score, without the rejected ones', () => {
    const items = [related(1, { score: 0.4 }), related(2, { score: 0.9 }), related(3), related(4, { rejected: true })];
    expect(scores(mergeRelated(list(items), undefined, new Set([related(3).epochId])))).toEqual([
      ['topic 2', 0.9],
      ['topic 1', 0.4],
    ]);
  });

  test('an announcement overrides the list, but keeps the epochs that only the reader may see', () => {
    const shown = mergeRelated(
      list([related(1, { score: 0.5 }), related(2, { score: 0.4 })]),
      announced([related(1, { score: 0.7 })]),
      new Set(),
    );
    expect(scores(shown)).toEqual([
      ['topic 1', 0.7],
      ['topic 2', 0.4],
    ]);
  });

  test('a list of an earlier epoch is dropped', () =>
    expect(scores(mergeRelated(list([related(1)], before), announced([related(2)]), new Set()))).toEqual([['topic 2', 0.8]]));
});
