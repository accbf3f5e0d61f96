import { expect, test } from '@jest/globals';
import { announcementOf } from '../../../../web/src/conversation/timeline/announcements.ts';
import { event } from '../../workspace/builders.ts';

const me = 'me';

test('says who wrote what, since when it was told last', () => {
  const events = [event(1), event(2, { actorId: 'Bob', text: 'two\nlines' }), event(3, { actorId: 'Ada', text: 'hi' })];
  expect(announcementOf(events, 1, me)).toBe('Bob: two lines. Ada: hi');
});

test('own and deleted messages are not told', () => {
  expect(announcementOf([event(1, { actorId: me }), event(2, { deleted: true })], 0, me)).toBe('');
});

test('polls, files and what was shared are told in words; notices are not told', () => {
  const other = { ...event(1), content: null };
  const poll = { ...other, eventType: 'poll', poll: { question: 'Lunch?', options: [], multiple: false, voterCount: 0, closesAt: null } };
  expect(announcementOf([poll], 0, me)).toBe('ada: asks: Lunch?');
  expect(announcementOf([{ ...other, eventType: 'shared', sharedRef: { context: 'Look' } }], 0, me)).toBe('ada: shared a message: Look');
  expect(announcementOf([{ ...other, eventType: 'acme.deploy_finished' }], 0, me)).toBe('ada: acme.deploy_finished');
  expect(announcementOf([{ ...other, eventType: 'member_joined' }], 0, me)).toBe('');
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
