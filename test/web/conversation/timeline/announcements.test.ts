import { expect, test } from '@jest/globals';
import { announcementOf } from '../../../../web/src/conversation/timeline/announcements.ts';
import { event } from '../../workspace/builders.ts';

const me = 'me';

test('has author and text of the messages since the last announcement', () => {
  const events = [event(1), event(2, { actorId: 'Bob', text: 'two\nlines' }), event(3, { actorId: 'Ada', text: 'hi' })];
  expect(announcementOf(events, 1, me)).toBe('Bob: two lines. Ada: hi');
});

test('own and deleted messages are not announced', () => {
  expect(announcementOf([event(1, { actorId: me }), event(2, { deleted: true })], 0, me)).toBe('');
});

test('polls, files and shared messages are described; notices are not announced', () => {
  const other = { ...event(1), content: null };
  const poll = { ...other, eventType: 'poll', poll: { question: 'Lunch?', options: [], multiple: false, voterCount: 0, closesAt: null } };
  expect(announcementOf([poll], 0, me)).toBe('ada: asks: Lunch?');
  expect(announcementOf([{ ...other, eventType: 'shared', sharedRef: { context: 'Look' } }], 0, me)).toBe('ada: shared a message: Look');
  expect(announcementOf([{ ...other, eventType: 'acme.deploy_finished' }], 0, me)).toBe('ada: acme.deploy_finished');
  expect(announcementOf([{ ...other, eventType: 'member_joined' }], 0, me)).toBe('');
});

test('many messages at once are counted', () => {
  expect(
    announcementOf(
      [1, 2, 3, 4].map((seq) => event(seq)),
      0,
      me,
    ),
  ).toBe('4 new messages');
});

test('a long text is cut between characters', () => {
  const said = announcementOf([event(1, { text: '🦊'.repeat(300) })], 0, me);
  expect(said).toBe(`ada: ${'🦊'.repeat(200)}…`);
});
