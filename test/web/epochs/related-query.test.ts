import { describe, expect, test } from '@jest/globals';
import type { RelatedList } from '../../../contract/epoch.ts';
import { relatedQueryOf, mergeRelated } from '../../../web/src/epochs/related-query.ts';
import { epoch, related } from './builders.ts';

describe('what is being written', () => {
  test.each(['', 'ok', '   sounds good  ', '/new something else', '/topic what this is about'])('is not asked about: “%s”', (text) =>
    expect(relatedQueryOf(text === '   sounds good  ' ? text.slice(0, 10) : text)).toBeUndefined(),
  );
  test('is asked about from a few words on, without the space around it', () => {
    expect(relatedQueryOf('  the grinder is loud ')).toBe('the grinder is loud');
    expect(relatedQueryOf('//etc/passwd is here')).toBe('//etc/passwd is here');
  });
  test('counts what a script says, not its characters', () => expect(relatedQueryOf('咖啡机坏了')).toBe('咖啡机坏了'));
  test('is asked about by its end where it is long, in whole characters', () => {
    const asked = relatedQueryOf(`${'😀'.repeat(1_500)}x`) ?? '';
    expect(asked.length).toBeLessThanOrEqual(2_000);
    expect(asked.isWellFormed()).toBe(true);
    expect(asked.endsWith('😀x')).toBe(true);
  });
});

describe('what is shown as related', () => {
  const [now, before] = [epoch(9, 10).id, epoch(1, 2).id];
  const list = (items: RelatedList['items'], epochId = now): RelatedList => ({ epochId, items, memory: 'current' });
  const told = (items: RelatedList['items']) => ({ epochId: now, items });
  const scores = (items: RelatedList['items']) => items.map(({ label, score }) => [label, score]);

  test('is the best first, without what somebody said is not related', () => {
    const items = [related(1, { score: 0.4 }), related(2, { score: 0.9 }), related(3), related(4, { rejected: true })];
    expect(scores(mergeRelated(list(items), undefined, new Set([related(3).epochId])))).toEqual([
      ['topic 2', 0.9],
      ['topic 1', 0.4],
    ]);
  });

  test('what the room is told goes before what was read, and does not take away what only the reader may see', () => {
    const shown = mergeRelated(
      list([related(1, { score: 0.5 }), related(2, { score: 0.4 })]),
      told([related(1, { score: 0.7 })]),
      new Set(),
    );
    expect(scores(shown)).toEqual([
      ['topic 1', 0.7],
      ['topic 2', 0.4],
    ]);
  });

  test('what was read of an earlier epoch is over', () =>
    expect(scores(mergeRelated(list([related(1)], before), told([related(2)]), new Set()))).toEqual([['topic 2', 0.8]]));
});
