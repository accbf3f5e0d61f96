import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ReadState, Stream } from '../../../contract/stream.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

let app: TestApp;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let cyd: Teammate;
beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  cyd = await team.join('cyd');
});
afterAll(() => app.test.drop());

const itemsFor = (who: string, type: string) =>
  app.sent
    .map(({ body }) => body as { room?: string; item?: { type: string; seq: number; data: Record<string, unknown> } })
    .filter(({ room, item }) => room === `ws:${team.workspaceId}:user:${who}` && item?.type === type)
    .map(({ item }) => item);

async function joined(name: string): Promise<Stream> {
  const stream = await ada.channel(name);
  await ada.call('POST', `/streams/${stream.id}/members`, { userIds: ['bob', 'cyd'] });
  return stream;
}

describe('the read pointer', () => {
  test("moves forward, back only by marking unread, and is sent to the member's other devices", async () => {
    const stream = await joined('Pointer');
    const events = [];
    for (const text of ['one', 'two', 'three']) events.push(await ada.say(stream, text));
    expect(await bob.stream(stream)).toMatchObject({ unreadCount: 3 });
    app.sent.length = 0;
    const middle = await bob.read(stream, events[1]?.seq);
    expect(middle).toMatchObject({ readSeq: events[1]?.seq, unreadCount: 1 });
    expect(await bob.read(stream, events[0]?.seq)).toEqual(middle);
    expect(itemsFor('bob', 'readCursor:updated').map((item) => item?.data)).toEqual([
      { streamId: stream.id, read: middle, unreadNotifications: expect.any(Number) },
    ]);
    expect(itemsFor('cyd', 'readCursor:updated')).toEqual([]);
    expect(await bob.read(stream)).toMatchObject({ unreadCount: 0 });
    const back = (await bob.call('POST', `/streams/${stream.id}/unread`, { eventId: events[1]?.id })).body;
    expect(back).toMatchObject({ unreadCount: 2, readSeq: (events[1]?.seq ?? 0) - 1 });
    expect(await bob.stream(stream)).toMatchObject({ unreadCount: 2, readSeq: back.readSeq, readRev: back.rev });
  });

  test('exists for members only', async () => {
    const stream = await ada.channel('Only looking');
    expect(await bob.refused('POST', `/streams/${stream.id}/read`, {})).toBe('not_a_member');
  });

  test("moves to the end with a member's own post; events before joining count as read", async () => {
    const stream = await joined('Sending');
    await ada.say(stream, 'one');
    await bob.say(stream, 'two');
    expect(await bob.stream(stream)).toMatchObject({ unreadCount: 0 });
    const dan = await team.join('dan');
    await dan.call('POST', `/streams/${stream.id}/join`);
    expect(await dan.stream(stream)).toMatchObject({ unreadCount: 0 });
    await ada.say(stream, 'three');
    expect(await dan.stream(stream)).toMatchObject({ unreadCount: 1 });
  });

  test('costs the same for any unread count: three statements besides access and outbox', async () => {
    const stream = await joined('Counted');
    const cost = async (): Promise<number> => {
      const before = app.db.statements;
      await bob.read(stream);
      return app.db.statements - before;
    };
    await ada.say(stream, 'one');
    const few = await cost();
    for (let i = 0; i < 30; i++) await ada.say(stream, `message ${i}`);
    expect(await cost()).toBe(few);
    expect(few).toBeLessThanOrEqual(6);
  });
});

describe('a badge never lies', () => {
  test('a deleted message does not count, read or unread', async () => {
    const stream = await joined('Deleting');
    const first = await ada.say(stream, 'read and deleted');
    await bob.read(stream);
    const second = await ada.say(stream, 'deleted unread');
    await ada.say(stream, 'stays');
    for (const event of [first, second]) await ada.call('DELETE', `/streams/${stream.id}/events/${event.id}`);
    expect(await bob.stream(stream)).toMatchObject({ unreadCount: 1 });
    expect(await cyd.stream(stream)).toMatchObject({ unreadCount: 1 });
    await ada.call('POST', `/streams/${stream.id}/join`);
    expect(await ada.stream(stream)).toMatchObject({ unreadCount: 0 });
  });

  test('the count equals the events after the pointer, after any posts, deletions and reads', async () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('ada', 'bob').map((by) => ({ kind: 'post' as const, by, at: 0 })) },
      { weight: 2, arbitrary: fc.nat(20).map((at) => ({ kind: 'delete' as const, by: 'ada', at })) },
      { weight: 2, arbitrary: fc.nat(20).map((at) => ({ kind: 'read' as const, by: 'bob', at })) },
      { weight: 1, arbitrary: fc.nat(20).map((at) => ({ kind: 'unread' as const, by: 'bob', at })) },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
        const stream = await joined(`Badge ${++round}`);
        let pointer = (await bob.stream(stream)).readSeq;
        for (const { kind, by, at } of acts) {
          const who = by === 'ada' ? ada : bob;
          const events = (await ada.events(stream)).filter(({ eventType }) => eventType === 'message');
          const event = events[at % Math.max(events.length, 1)];
          if (kind === 'post') {
            const { seq } = await who.say(stream, 'hello', { mentions: [] });
            if (by === 'bob') pointer = seq;
          } else if (event && kind === 'delete') await ada.call('DELETE', `/streams/${stream.id}/events/${event.id}`);
          else if (event && kind === 'read') pointer = Math.max(pointer, (await bob.read(stream, event.seq)).readSeq);
          else if (event)
            pointer = ((await bob.call('POST', `/streams/${stream.id}/unread`, { eventId: event.id })).body as unknown as ReadState)
              .readSeq;
          const left = (await bob.events(stream)).filter(
            ({ seq, eventType, deletedAt }) => eventType === 'message' && deletedAt === null && seq > pointer,
          );
          expect((await bob.stream(stream)).unreadCount).toBe(left.length);
        }
      }),
      { numRuns: 8 },
    );
  });
});

describe('mentions', () => {
  test('are parsed on the server: people, everyone, streams; not in code, not for unknown names', async () => {
    const stream = await joined('Mentioning');
    const secret = await ada.channel('Secret place', { visibility: 'private' });
    const event = await ada.say(stream, 'Hi @bob, @nobody and `@cyd`: see #mentioning and #secret-place. @here!');
    expect(event.content?.mentions).toEqual([
      { type: 'here', id: 'here', label: 'here' },
      { type: 'user', id: 'bob', label: 'BOB' },
      { type: 'stream', id: stream.id, label: 'mentioning' },
    ]);
    // Not every reader of this stream may know of the other one; all readers of the secret stream may.
    expect((await ada.say(secret, 'Here, in #secret-place')).content?.mentions).toEqual([
      { type: 'stream', id: secret.id, label: 'secret-place' },
    ]);
    const same = await bob.say(stream, 'also #secret-place');
    expect(same.content?.mentions).toEqual([]);
  });

  test('count in the badge until they are read, and appear in the activity', async () => {
    const stream = await joined('Counting');
    app.sent.length = 0;
    for (const text of ['first @bob', 'all of you, @here']) {
      app.time = new Date(app.time.getTime() + 1_000);
      await ada.say(stream, text);
    }
    expect(await bob.stream(stream)).toMatchObject({ unreadCount: 2, mentionCount: 2 });
    expect(await cyd.stream(stream)).toMatchObject({ unreadCount: 2, mentionCount: 1 });
    const [told] = itemsFor('bob', 'notification:new');
    expect(told?.data).toMatchObject({ notification: { kind: 'mention', text: 'first @bob', readAt: null }, read: { mentionCount: 1 } });
    expect((await bob.activity()).slice(0, 2)).toMatchObject([{ kind: 'here' }, { kind: 'mention', streamName: 'Counting' }]);
    await bob.read(stream);
    expect(await bob.stream(stream)).toMatchObject({ unreadCount: 0, mentionCount: 0 });
    expect((await bob.activity()).slice(0, 2).map(({ readAt }) => readAt !== null)).toEqual([true, true]);
  });

  test('follow the text when it is edited or deleted', async () => {
    const stream = await joined('Changing');
    const event = await ada.say(stream, 'for @bob');
    const url = `/streams/${stream.id}/events/${event.id}`;
    const counts = async () => [(await bob.stream(stream)).mentionCount, (await cyd.stream(stream)).mentionCount];
    expect(await counts()).toEqual([1, 0]);
    app.sent.length = 0;
    await ada.call('PATCH', url, { text: 'for @cyd' });
    expect(await counts()).toEqual([0, 1]);
    expect(itemsFor('bob', 'notification:changed')).toHaveLength(1);
    expect(itemsFor('cyd', 'notification:new')).toHaveLength(1);
    await ada.call('DELETE', url);
    expect(await counts()).toEqual([0, 0]);
    expect((await cyd.activity()).filter(({ eventId }) => eventId === event.id)).toEqual([]);
    expect((await ada.stream(stream)).countsRev).toBeGreaterThan(0);
  });

  test('notify no member who cannot see the stream or who muted it', async () => {
    const secret = await ada.channel('Quiet room', { visibility: 'private' });
    app.sent.length = 0;
    await ada.say(secret, 'about @bob');
    expect(itemsFor('bob', 'notification:new')).toEqual([]);
    expect((await bob.activity()).filter(({ streamId }) => streamId === secret.id)).toEqual([]);
    const stream = await joined('Muted');
    await bob.call('PATCH', `/streams/${stream.id}/members/bob`, { notifyLevel: 'none' });
    await ada.say(stream, 'psst @bob');
    expect(itemsFor('bob', 'notification:new').filter((item) => JSON.stringify(item).includes('psst'))).toEqual([]);
  });

  test('are limited to fifty; a post with mentions takes 7 statements at most', async () => {
    const stream = await joined('Crowd');
    const crowd = Array.from({ length: 51 }, (_, i) => `person${i}`);
    for (const id of crowd) await team.join(id);
    const text = crowd.map((id) => `@${id}`).join(' ');
    expect(await ada.refused('POST', `/streams/${stream.id}/events`, { text })).toBe('invalid_input');
    const before = app.db.statements;
    await ada.say(stream, text.replace('@person50', ''));
    expect(app.db.statements - before).toBeLessThanOrEqual(7);
    const quiet = app.db.statements;
    await ada.say(stream, 'nobody in particular');
    expect(app.db.statements - quiet).toBeLessThanOrEqual(4);
  });
});
