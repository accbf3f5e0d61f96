import { describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '../../../../contract/event.ts';
import { plainSentence, sentenceFor } from '../../../../web/src/conversation/row/system-sentence.ts';
import { event } from '../../workspace/builders.ts';

const nameOf = (id: string, known = id): string => ({ ada: 'Ada', bob: 'Bob', eve: 'Eve' })[id] ?? known;
const notice = (eventType: string, payload: Record<string, unknown> | null = null, actorId = 'ada'): StreamEvent => ({
  ...event(1, { actorId }),
  eventType,
  content: null,
  payload,
});
const say = (...events: StreamEvent[]): string => plainSentence(sentenceFor(events), nameOf);

describe('people', () => {
  test('join and leave by themselves', () => {
    expect(say(notice('member_joined', { userIds: ['ada'] }))).toBe('Ada joined');
    expect(say(notice('member_joined'))).toBe('Ada joined');
    expect(say(notice('member_left', { userIds: ['ada'] }))).toBe('Ada left');
  });

  test('are added and removed by others', () => {
    expect(say(notice('member_joined', { userIds: ['bob', 'eve'], invitedBy: 'ada' }))).toBe('Ada added Bob and Eve');
    expect(say(notice('member_left', { userIds: ['bob'] }))).toBe('Ada removed Bob');
  });

  test('that join one after the other share a sentence, each once', () => {
    const joined = ['ada', 'bob', 'eve', 'bob'].map((id) => notice('member_joined', { userIds: [id] }, id));
    expect(say(...joined)).toBe('Ada, Bob and Eve joined');
  });

  test('are counted when there are many', () => {
    const joined = Array.from({ length: 9 }, (_, i) => notice('member_joined', { userIds: [`u${i}`] }, `u${i}`));
    expect(say(...joined)).toBe('u0, u1, u2 and 6 others joined');
  });

  test('that join and that are added share a sentence', () => {
    expect(say(notice('member_joined', { userIds: ['ada'] }), notice('member_joined', { userIds: ['bob'] }, 'eve'))).toBe(
      'Ada and Bob joined',
    );
  });
});

describe('streams', () => {
  test.each<[string, Record<string, unknown> | null, string]>([
    ['thread_started', { threadStreamId: 'str_2', rootEventId: 'evt_1' }, 'Ada started a thread'],
    ['promoted', { streamType: 'incident', name: 'Down' }, 'Ada turned this thread into an incident'],
    ['promoted', { streamId: 'str_2', streamType: 'incident', name: 'Down' }, 'Ada turned a thread into the incident Down'],
    ['promoted', { streamType: 'channel', name: 'Launch' }, 'Ada turned this thread into a channel'],
    ['renamed', { from: 'a', to: 'b' }, 'Ada renamed this from “a” to “b”'],
    ['renamed', { from: null, to: 'b' }, 'Ada named this “b”'],
    ['archived', { from: 'active', to: 'archived' }, 'Ada archived this'],
    ['unarchived', null, 'Ada brought this back'],
    ['resolved', null, 'Ada resolved the incident'],
    ['reopened', null, 'Ada reopened the incident'],
    ['system', { kind: 'description_changed', from: null, to: 'Lunch' }, 'Ada set the topic to “Lunch”'],
    ['system', { kind: 'description_changed', from: 'Lunch', to: null }, 'Ada took the topic away'],
    ['system', { kind: 'visibility_changed', from: 'public', to: 'private' }, 'Ada made this private'],
    ['system', { kind: 'recovered', userId: 'ada' }, 'Ada became the owner of this, which had none'],
    ['system', { kind: 'slug_changed', from: 'plans', to: 'plans-2' }, 'Ada changed its short name from #plans to #plans-2'],
    ['system', { kind: 'severity_changed', from: 'sev3', to: 'sev1' }, 'Ada changed the severity from SEV3 to SEV1'],
    ['system', { kind: 'moon_landed' }, 'Ada: moon landed'],
    ['system', null, 'Ada: system'],
  ])('%s %j', (type, payload, said) => expect(say(notice(type, payload))).toBe(said));

  test('a malformed payload breaks nothing', () => {
    for (const type of ['member_joined', 'member_left', 'thread_started', 'promoted', 'renamed', 'system']) {
      for (const payload of [{ userIds: [1, null], streamId: 5, to: {}, kind: [] }, { users: [null, { id: 3 }, { id: 'bob' }] }]) {
        expect(say(notice(type, payload))).toMatch(/\w/);
      }
    }
  });
});
