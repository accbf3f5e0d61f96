import { describe, expect, test } from '@jest/globals';
import { firstWords, openThreadRoots } from '../../../web/src/workspace/thread-roots.ts';
import { event } from './builders.ts';

describe('the first words', () => {
  test.each([
    ['short', 'short'],
    ['two\nlines   and spaces', 'two lines and spaces'],
    ['**bold** and `code`', 'bold and code'],
    ['x'.repeat(80), `${'x'.repeat(60)}…`],
    ['🙂'.repeat(61), `${'🙂'.repeat(60)}…`],
  ])('%j', (text, words) => expect(firstWords(event(1, { text }))).toBe(words));
  test('of a deleted event', () => expect(firstWords(event(1, { deleted: true }))).toBe('A deleted message'));
  test('of an event without text', () =>
    expect([firstWords(undefined), firstWords(event(1, { text: '***' }))]).toEqual([undefined, undefined]));
});

test('concurrent reads of an event share one request; a later read makes another', async () => {
  const requested: string[] = [];
  const roots = openThreadRoots(async (_streamId, eventId) => {
    requested.push(eventId);
    return event(requested.length);
  });
  const [one, two] = await Promise.all([roots.read('s', 'e'), roots.read('s', 'e')]);
  expect(one).toBe(two);
  expect(roots.known('e')).toBe(one);
  await roots.read('s', 'e');
  expect(requested).toEqual(['e', 'e']);
  expect(roots.known('e')?.seq).toBe(2);
});

test('a failed read is retried', async () => {
  let isUp = false;
  const roots = openThreadRoots(async () => {
    if (!isUp) throw new Error('down');
    return event(1);
  });
  await expect(roots.read('s', 'e')).rejects.toThrow('down');
  isUp = true;
  expect((await roots.read('s', 'e')).seq).toBe(1);
});
