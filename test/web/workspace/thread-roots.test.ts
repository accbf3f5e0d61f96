import { describe, expect, test } from '@jest/globals';
import { firstWords, openThreadRoots } from '../../../web/src/workspace/thread-roots.ts';
import { event } from './builders.ts';

describe('the beginning of what an event says', () => {
  test.each([
    ['short', 'short'],
    ['two\nlines   and spaces', 'two lines and spaces'],
    ['**bold** and `code`', 'bold and code'],
    ['x'.repeat(80), `${'x'.repeat(60)}…`],
    ['🙂'.repeat(61), `${'🙂'.repeat(60)}…`],
  ])('%j', (text, words) => expect(firstWords(event(1, { text }))).toBe(words));
  test('of what was deleted', () => expect(firstWords(event(1, { deleted: true }))).toBe('A deleted message'));
  test('of nothing', () => expect([firstWords(undefined), firstWords(event(1, { text: '***' }))]).toEqual([undefined, undefined]));
});

test('an event is read once for all that ask at the same time, and again for who asks later', async () => {
  const asked: string[] = [];
  const roots = openThreadRoots(async (_streamId, eventId) => {
    asked.push(eventId);
    return event(asked.length);
  });
  const [one, two] = await Promise.all([roots.read('s', 'e'), roots.read('s', 'e')]);
  expect(one).toBe(two);
  expect(roots.known('e')).toBe(one);
  await roots.read('s', 'e');
  expect(asked).toEqual(['e', 'e']);
  expect(roots.known('e')?.seq).toBe(2);
});

test('what could not be read is asked for again', async () => {
  let isUp = false;
  const roots = openThreadRoots(async () => {
    if (!isUp) throw new Error('down');
    return event(1);
  });
  await expect(roots.read('s', 'e')).rejects.toThrow('down');
  isUp = true;
  expect((await roots.read('s', 'e')).seq).toBe(1);
});
