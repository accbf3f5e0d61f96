import { expect, test } from '@jest/globals';
import { announcementOf } from '../../../web/src/streams/announcements.ts';
import { event } from './builders.ts';

const me = 'me';

test('says who wrote what, since when it was told last', () => {
  const events = [event(1), event(2, { actorId: 'Bob', text: 'two\nlines' }), event(3, { actorId: 'Ada', text: 'hi' })];
  expect(announcementOf(events, 1, me)).toBe('Bob: two lines. Ada: hi');
});

test('own and deleted messages are not told', () => {
  expect(announcementOf([event(1, { actorId: me }), event(2, { deleted: true })], 0, me)).toBe('');
});

test('many at once are counted', () => {
  expect(
    announcementOf(
      [1, 2, 3, 4].map((seq) => event(seq)),
      0,
      me,
    ),
  ).toBe('4 new messages');
});

test('a long text is cut, and never within a character', () => {
  const said = announcementOf([event(1, { text: '🦊'.repeat(300) })], 0, me);
  expect(said).toBe(`ada: ${'🦊'.repeat(200)}…`);
});
