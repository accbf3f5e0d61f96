import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Stream } from '../../../contract/stream.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

let app: TestApp;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let cyd: Teammate;
let gus: Teammate;
beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  cyd = await team.join('cyd');
  gus = await team.join('gus', 'guest');
});
afterAll(() => app.test.drop());

const types = async (who: Teammate, stream: { id: string }) => (await who.events(stream)).map(({ eventType }) => eventType);

describe('a thread', () => {
  test('is visible exactly to the current readers of its parent', async () => {
    const secret = await ada.channel('Plans', { visibility: 'private' });
    const root = await ada.say(secret, 'we should talk');
    const thread = await ada.thread(secret, root);
    expect(thread).toMatchObject({
      streamType: 'thread',
      parentStreamId: secret.id,
      branchedFromEventId: root.id,
      visibility: 'inherit',
      isMember: true,
    });
    expect(await bob.refused('GET', `/streams/${thread.id}`)).toBe('not_found');
    await ada.call('POST', `/streams/${secret.id}/members`, { userIds: ['bob'] });
    expect(await bob.stream(thread)).toMatchObject({ isMember: false, unreadCount: 0 });
    await bob.say(thread, 'here I am');
    await ada.call('DELETE', `/streams/${secret.id}/members/bob`);
    expect(await bob.refused('GET', `/streams/${thread.id}`)).toBe('not_found');
    expect(await bob.refused('POST', `/streams/${thread.id}/events`, { text: 'still?' })).toBe('not_found');
  });

  test('is unique per event: starting it again answers with the first', async () => {
    const channel = await ada.channel('One thread');
    const root = await ada.say(channel, 'root');
    const thread = await bob.thread(channel, root);
    const again = await ada.call('POST', `/streams/${channel.id}/thread`, { eventId: root.id });
    expect([again.status, again.body.id]).toEqual([200, thread.id]);
  });

  test('shows replies and followers on its root event: starter, author and repliers follow', async () => {
    const channel = await ada.channel('Replies');
    const root = await ada.say(channel, 'root');
    const thread = await bob.thread(channel, root);
    expect(await types(ada, channel)).toEqual(['message', 'thread_started']);
    const first = await cyd.say(thread, 'one');
    await bob.say(thread, 'two');
    const summary = async () => (await ada.events(channel))[0];
    expect(await summary()).toMatchObject({
      replyCount: 2,
      thread: {
        streamId: thread.id,
        replyCount: 2,
        lastRepliers: [
          { id: 'bob', name: 'BOB' },
          { id: 'cyd', name: 'CYD' },
        ],
      },
    });
    await cyd.call('DELETE', `/streams/${thread.id}/events/${first.id}`);
    expect(await summary()).toMatchObject({ replyCount: 1 });
    const followers = (await ada.call('GET', `/streams/${thread.id}/members`)).body.items as { user: { id: string } }[];
    expect(followers.map(({ user }) => user.id)).toEqual(['ada', 'bob', 'cyd']);
    expect(await ada.stream(thread)).toMatchObject({ isMember: true, unreadCount: 1 });
  });

  test('has no threads of its own, and system events have none', async () => {
    const channel = await ada.channel('No nesting');
    const thread = await ada.thread(channel, await ada.say(channel, 'root'));
    const reply = await ada.say(thread, 'reply');
    expect(await ada.refused('POST', `/streams/${thread.id}/thread`, { eventId: reply.id })).toBe('wrong_stream_type');
    const started = (await ada.events(channel)).find(({ eventType }) => eventType === 'thread_started');
    expect(await ada.refused('POST', `/streams/${channel.id}/thread`, { eventId: started?.id })).toBe('wrong_event_type');
  });

  test('is read-only once its parent is archived', async () => {
    const channel = await ada.channel('Closing down');
    const thread = await ada.thread(channel, await ada.say(channel, 'root'));
    await ada.call('DELETE', `/streams/${channel.id}`);
    expect(await ada.refused('POST', `/streams/${thread.id}/events`, { text: 'late' })).toBe('stream_archived');
    expect(await types(ada, thread)).toEqual([]);
  });
});

describe('promotion', () => {
  const anIncident = async (parent: Stream, more: object = {}) => {
    const thread = await bob.thread(parent, await ada.say(parent, 'errors in checkout'));
    await cyd.say(thread, '500s everywhere');
    const before = await bob.events(thread);
    const incident = (
      await bob.call('POST', `/streams/${thread.id}/promote`, { streamType: 'incident', name: `Outage ${thread.id.slice(-6)}`, ...more })
    ).body as unknown as Stream;
    return { thread, incident, before };
  };

  test('happens in place: same id, same events, no copied row; one event in both streams; old links work', async () => {
    const channel = await ada.channel('Engineering');
    const count = async () => (await app.test.owner.query('select count(*) as n from stream_events')).rows[0] as { n: number };
    const { thread, incident, before } = await anIncident(channel, { severity: 'sev1' });
    const rows = await count();
    expect(incident).toMatchObject({
      id: thread.id,
      streamType: 'incident',
      severity: 'sev1',
      status: 'active',
      parentStreamId: channel.id,
      role: 'owner',
    });
    const after = await bob.events(thread);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(await types(bob, thread)).toEqual(['message', 'promoted']);
    expect((await types(bob, channel)).filter((type) => type === 'promoted')).toHaveLength(1);
    expect((await ada.events(channel))[0]?.thread).toMatchObject({ streamId: thread.id, streamType: 'incident', name: incident.name });
    expect((await ada.bootstrap()).streams.items.map(({ id }) => id)).toContain(thread.id);
    expect(await count()).toEqual(rows);
  });

  test('needs a name, a thread, and is done once', async () => {
    const channel = await ada.channel('Once only');
    const { thread } = await anIncident(channel);
    expect(await ada.refused('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: 'Again' })).toBe('already_promoted');
    expect(await ada.refused('POST', `/streams/${channel.id}/promote`, { streamType: 'incident', name: 'Not a thread' })).toBe(
      'not_a_thread',
    );
    const other = await ada.thread(channel, await ada.say(channel, 'x'));
    expect(await ada.refused('POST', `/streams/${other.id}/promote`, { streamType: 'channel' })).toBe('invalid_input');
  });

  test('has one winner among concurrent requests', async () => {
    const channel = await ada.channel('Race');
    const thread = await ada.thread(channel, await ada.say(channel, 'x'));
    const attempts = await Promise.allSettled(
      ['First', 'Second'].map((name) =>
        ada.call('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: `${name} racer` }),
      ),
    );
    expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await types(ada, thread)).filter((type) => type === 'promoted')).toHaveLength(1);
  });

  test('keeps its readers, goes public only by managers of a private parent, and takes threads again', async () => {
    const secret = await ada.channel('Board', { visibility: 'private' });
    await ada.call('POST', `/streams/${secret.id}/members`, { userIds: ['bob', 'cyd'] });
    const { incident } = await anIncident(secret);
    const dan = await team.join('dan');
    expect(await dan.refused('GET', `/streams/${incident.id}`)).toBe('not_found');
    await bob.call('POST', `/streams/${incident.id}/members`, { userIds: ['dan'] });
    expect(await dan.stream(incident)).toMatchObject({ isMember: true, role: 'member' });
    expect(await dan.refused('GET', `/streams/${secret.id}`)).toBe('not_found');
    const below = await dan.thread(incident, await dan.say(incident, 'a question'));
    expect(await cyd.stream(below)).toMatchObject({ streamType: 'thread' });
    expect(await gus.refused('GET', `/streams/${below.id}`)).toBe('not_found');
    const thread = await bob.thread(secret, await bob.say(secret, 'y'));
    expect(await bob.refused('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: 'Leak', visibility: 'public' })).toBe(
      'forbidden',
    );
    await ada.call('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: 'Opened up', visibility: 'public' });
    expect(await dan.stream(thread)).toMatchObject({ visibility: 'public' });
  });

  test('of an incident: resolving and reopening are events', async () => {
    const channel = await ada.channel('Ops');
    const { incident } = await anIncident(channel);
    await cyd.call('PATCH', `/streams/${incident.id}`, { status: 'resolved' });
    await cyd.call('PATCH', `/streams/${incident.id}`, { status: 'active', severity: 'sev2' });
    expect((await types(ada, incident)).slice(-3)).toEqual(['resolved', 'system', 'reopened']);
    expect(await ada.refused('PATCH', `/streams/${channel.id}`, { status: 'resolved' })).toBe('wrong_stream_type');
  });
});

describe('sharing', () => {
  test('shows each reader the current original, as far as they may see it', async () => {
    const secret = await ada.channel('Source', { visibility: 'private' });
    const open = await ada.channel('Target');
    const original = await ada.say(secret, 'root cause: the pool');
    const shared = (await ada.call('POST', `/streams/${open.id}/share`, { eventId: original.id, context: 'for the record' })).body;
    expect(shared.sharedRef).toMatchObject({ context: 'for the record', preview: { state: 'visible', text: 'root cause: the pool' } });
    const preview = async (who: Teammate) => (await who.events(open)).at(-1)?.sharedRef?.preview;
    expect(await preview(bob)).toEqual({ state: 'hidden' });
    await ada.call('POST', `/streams/${secret.id}/members`, { userIds: ['bob'] });
    await ada.call('PATCH', `/streams/${secret.id}/events/${original.id}`, { text: 'root cause: the pool size' });
    expect(await preview(bob)).toMatchObject({
      state: 'visible',
      text: 'root cause: the pool size',
      streamId: secret.id,
      actorName: 'ADA',
    });
    await ada.call('DELETE', `/streams/${secret.id}/events/${original.id}`);
    expect(await preview(bob)).toEqual({ state: 'deleted' });
    expect(await preview(cyd)).toEqual({ state: 'hidden' });
  });

  test('shares the original of a shared event; hidden events and system events are refused', async () => {
    const secret = await ada.channel('Hidden', { visibility: 'private' });
    const [one, two] = [await ada.channel('Hop one'), await ada.channel('Hop two')];
    const original = await ada.say(one, 'hello');
    const first = (await ada.call('POST', `/streams/${two.id}/share`, { eventId: original.id })).body;
    const second = (await bob.call('POST', `/streams/${one.id}/share`, { eventId: first.id })).body;
    expect(second.sharedRef).toMatchObject({ preview: { eventId: original.id } });
    const unseen = await ada.say(secret, 'unseen');
    expect(await bob.refused('POST', `/streams/${two.id}/share`, { eventId: unseen.id })).toBe('not_found');
    expect(await bob.refused('POST', `/streams/${secret.id}/share`, { eventId: original.id })).toBe('not_found');
    await ada.thread(one, original);
    const started = (await ada.events(one)).find(({ eventType }) => eventType === 'thread_started');
    expect(await ada.refused('POST', `/streams/${two.id}/share`, { eventId: started?.id })).toBe('wrong_event_type');
  });

  test('publishes the reference to rooms and never the original', async () => {
    const secret = await ada.channel('Vault', { visibility: 'private' });
    const open = await ada.channel('Lobby');
    const original = await ada.say(secret, 'the combination is 4711');
    app.sent.length = 0;
    await ada.call('POST', `/streams/${open.id}/share`, { eventId: original.id });
    await ada.call('POST', `/streams/${open.id}/events/${(await ada.events(open)).at(-1)?.id}/reactions`, { emoji: '🔒' });
    expect(app.sent.length).toBeGreaterThan(1);
    expect(JSON.stringify(app.sent)).not.toContain('4711');
  });
});
