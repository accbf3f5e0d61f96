import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '../../../contract/event.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

let app: TestApp;
let team: Team;
let ada: Teammate;
let bob: Teammate;
beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
});
afterAll(() => app.test.drop());

const urlOf = (event: StreamEvent) => `/streams/${event.streamId}/events/${event.id}`;

describe('event types', () => {
  test('a custom type needs no schema change: it is stored, listed, published, counted, edited', async () => {
    const tables = async () =>
      (
        await app.test.owner.query(
          `select table_name, column_name from information_schema.columns where table_schema = 'public' order by 1, 2`,
        )
      ).rows;
    const before = await tables();
    const stream = await ada.channel('Deploys');
    await bob.call('POST', `/streams/${stream.id}/join`);
    app.sent.length = 0;
    const body = {
      eventType: 'acme.deploy_finished',
      payload: { version: '1.2.3', seconds: 41, steps: ['build', 'push'] },
      text: 'Deployed 1.2.3',
    };
    const posted = (await ada.call('POST', `/streams/${stream.id}/events`, body)).body as unknown as StreamEvent;
    expect((await bob.events(stream)).at(-1)).toEqual(posted);
    expect(posted).toMatchObject({ eventType: 'acme.deploy_finished', payload: body.payload, content: { text: 'Deployed 1.2.3' } });
    expect(app.sent.map(({ body: sent }) => (sent as { item?: { data: unknown } }).item?.data)).toContainEqual(posted);
    expect(await bob.stream(stream)).toMatchObject({ unreadCount: 1 });
    expect((await ada.call('PATCH', urlOf(posted), { text: 'Deployed 1.2.3 again' })).body).toMatchObject({ payload: body.payload });
    expect(await tables()).toEqual(before);
  });

  test('types of Streambed itself cannot be posted, and an invalid type is refused', async () => {
    const stream = await ada.channel('Types');
    for (const eventType of ['member_joined', 'promoted', 'Deploy', 'a.', 'system']) {
      expect(await ada.refused('POST', `/streams/${stream.id}/events`, { eventType, payload: {} })).toBe('invalid_input');
    }
  });
});

describe('history of edits', () => {
  test('keeps earlier texts, newest first; a deleted event has none', async () => {
    const stream = await ada.channel('History');
    const event = await ada.say(stream, 'first');
    for (const text of ['second', 'third']) await ada.call('PATCH', urlOf(event), { text });
    const versions = async () => (await ada.call('GET', `${urlOf(event)}/versions`)).body.items as { text: string }[];
    expect((await versions()).map(({ text }) => text)).toEqual(['second', 'first']);
    expect(await bob.refused('GET', `${urlOf(event)}/versions`)).toBe('not_author');
    expect(await bob.refused('PATCH', urlOf(event), { text: 'mine now' })).toBe('not_author');
    await ada.call('DELETE', urlOf(event));
    expect(await versions()).toEqual([]);
    expect(JSON.stringify(await bob.events(stream))).not.toMatch(/first|second|third/);
  });

  test('managers of the stream may delete events of others, but not edit them', async () => {
    const stream = await ada.channel('Moderated');
    const event = await bob.say(stream, 'spam');
    expect(await ada.refused('PATCH', urlOf(event), { text: 'ham' })).toBe('not_author');
    expect((await ada.call('DELETE', urlOf(event))).body).toMatchObject({ content: null });
  });
});

describe('reactions', () => {
  test('are counted by emoji, once for each person, and can be removed', async () => {
    const stream = await ada.channel('Reactions');
    const event = await ada.say(stream, 'hello');
    const react = (who: Teammate, emoji: string) => who.call('POST', `${urlOf(event)}/reactions`, { emoji });
    await react(ada, '👍');
    await react(ada, '👍');
    app.time = new Date(app.time.getTime() + 1_000);
    await react(bob, '🇨🇭');
    const changed = (await react(bob, '👍')).body as unknown as StreamEvent;
    expect(changed.reactions).toEqual([
      { emoji: '👍', count: 2, userIds: ['ada', 'bob'] },
      { emoji: '🇨🇭', count: 1, userIds: ['bob'] },
    ]);
    expect(changed.changedSeq).toBe(event.seq + 3);
    await bob.call('DELETE', `${urlOf(event)}/reactions`, undefined, { emoji: '👍' });
    expect((await ada.events(stream)).at(-1)?.reactions[0]).toEqual({ emoji: '👍', count: 1, userIds: ['ada'] });
    expect(await ada.refused('POST', `${urlOf(event)}/reactions`, { emoji: 'ok' })).toBe('invalid_input');
    expect(await ada.refused('POST', `${urlOf(event)}/reactions`, { emoji: '👍👍' })).toBe('invalid_input');
  });

  test('an event takes twenty different ones at most', async () => {
    const stream = await ada.channel('Confetti');
    const event = await ada.say(stream, 'party');
    const many = Array.from(new Intl.Segmenter().segment('😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰😗😙😚🙂🤗🤩'), ({ segment }) => segment);
    for (const emoji of many.slice(0, 20)) await ada.call('POST', `${urlOf(event)}/reactions`, { emoji });
    expect(await ada.refused('POST', `${urlOf(event)}/reactions`, { emoji: many[20] })).toBe('limit_reached');
    await bob.call('POST', `${urlOf(event)}/reactions`, { emoji: many[0] });
  });
});

describe('polls', () => {
  const aPoll = async (more: object = {}) => {
    const stream = await ada.channel(`Poll ${crypto.randomUUID().slice(0, 8)}`);
    const body = { eventType: 'poll', question: 'Ship Friday?', options: ['Yes', 'No', 'Maybe'], ...more };
    return (await ada.call('POST', `/streams/${stream.id}/events`, body)).body as unknown as StreamEvent;
  };
  const vote = async (who: Teammate, event: StreamEvent, ...optionIds: string[]) =>
    (await who.call('PUT', `${urlOf(event)}/votes`, { optionIds })).body as unknown as StreamEvent;

  test('take one answer each, which may change and is published to the room', async () => {
    const event = await aPoll();
    const [yes, no] = event.poll?.options ?? [];
    await vote(ada, event, yes?.id ?? '');
    await vote(bob, event, yes?.id ?? '');
    app.sent.length = 0;
    const changed = await vote(bob, event, no?.id ?? '');
    expect(changed.poll).toMatchObject({
      voterCount: 2,
      options: [{ count: 1, userIds: ['ada'] }, { count: 1, userIds: ['bob'] }, { count: 0 }],
    });
    expect(app.sent.map(({ body }) => (body as { item: { type: string } }).item.type)).toEqual(['event:updated']);
    expect((await vote(bob, event)).poll).toMatchObject({ voterCount: 1 });
    expect(await bob.refused('PUT', `${urlOf(event)}/votes`, { optionIds: [yes?.id, no?.id] })).toBe('invalid_input');
    expect(await bob.refused('PUT', `${urlOf(event)}/votes`, { optionIds: ['opt_9'] })).toBe('invalid_input');
  });

  test('with several answers, until they close', async () => {
    const event = await aPoll({ multiple: true, closesAt: new Date(app.time.getTime() + 60_000).toISOString() });
    const ids = (event.poll?.options ?? []).map(({ id }) => id);
    expect((await vote(bob, event, ...ids.slice(0, 2))).poll).toMatchObject({
      voterCount: 1,
      options: [{ count: 1 }, { count: 1 }, { count: 0 }],
    });
    app.time = new Date(app.time.getTime() + 61_000);
    expect(await ada.refused('PUT', `${urlOf(event)}/votes`, { optionIds: [ids[0]] })).toBe('poll_closed');
    const stream = await ada.channel('Too late');
    const late = { eventType: 'poll', question: 'When?', options: ['a', 'b'], closesAt: '2020-01-01T00:00:00Z' };
    expect(await ada.refused('POST', `/streams/${stream.id}/events`, late)).toBe('invalid_input');
  });
});

describe('pins', () => {
  test('are listed newest first, and disappear with their event', async () => {
    const stream = await ada.channel('Pins');
    const [one, two] = [await ada.say(stream, 'one'), await ada.say(stream, 'two')];
    await bob.call('POST', `/streams/${stream.id}/join`);
    for (const event of [one, two]) {
      app.time = new Date(app.time.getTime() + 1_000);
      await bob.call('PUT', `${urlOf(event)}/pin`);
    }
    const pins = async () => ((await ada.call('GET', `/streams/${stream.id}/pins`)).body.items as StreamEvent[]).map(({ id }) => id);
    expect(await pins()).toEqual([two.id, one.id]);
    await ada.call('DELETE', `${urlOf(one)}/pin`);
    await ada.call('DELETE', urlOf(two));
    expect(await pins()).toEqual([]);
  });
});

describe('an archived stream', () => {
  test('refuses a new name, unless the request also unarchives it', async () => {
    const stream = await ada.channel('Put away');
    await ada.call('DELETE', `/streams/${stream.id}`);
    expect(await ada.refused('PATCH', `/streams/${stream.id}`, { name: 'Renamed' })).toBe('stream_archived');
    const back = await ada.call('PATCH', `/streams/${stream.id}`, { status: 'active', name: 'Renamed' });
    expect(back.body).toMatchObject({ name: 'Renamed', status: 'active', archivedAt: null });
  });
});

describe('DMs', () => {
  test('of the same people are the same, for any caller and order', async () => {
    const cyd = await team.join('cyd');
    const dm = await ada.dm('bob', 'cyd');
    expect(dm).toMatchObject({ streamType: 'dm', name: null, isMember: true, participants: [{ id: 'ada' }, { id: 'bob' }, { id: 'cyd' }] });
    expect((await cyd.dm('bob', 'ada', 'cyd')).id).toBe(dm.id);
    expect((await ada.dm('bob')).id).not.toBe(dm.id);
    const both = await Promise.all([bob.dm('cyd'), cyd.dm('bob')]);
    expect(both[0].id).toBe(both[1].id);
    expect(await ada.refused('GET', `/streams/${both[0].id}`)).toBe('not_found');
    expect(await ada.refused('POST', '/streams', { streamType: 'dm', memberIds: ['nobody'] })).toBe('invalid_input');
    expect(await bob.refused('POST', `/streams/${dm.id}/members`, { userIds: ['dan'] })).toBe('wrong_stream_type');
    expect(await bob.refused('POST', `/streams/${dm.id}/leave`)).toBe('wrong_stream_type');
  });
});

describe('search', () => {
  test('finds words, phrases and stems in visible streams, with filters, ranked and paged', async () => {
    const open = await ada.channel('Roastery');
    const secret = await ada.channel('Payroll', { visibility: 'private' });
    await ada.say(open, 'The roaster arrives on Thursday, roaster and ramp');
    await bob.say(open, 'Roasters take twelve minutes');
    await ada.say(secret, 'roaster budget is secret');
    const gone = await bob.say(open, 'roaster that was deleted');
    await bob.call('DELETE', urlOf(gone));
    const find = async (who: Teammate, query: Record<string, string>) =>
      (await who.call('GET', '/search', undefined, query)).body as {
        items: { event: StreamEvent; snippet: string }[];
        nextCursor: string | null;
      };
    const texts = async (who: Teammate, query: Record<string, string>) =>
      (await find(who, query)).items.map(({ event }) => event.content?.text);
    expect(await texts(bob, { q: 'roaster' })).toEqual([
      'The roaster arrives on Thursday, roaster and ramp',
      'Roasters take twelve minutes',
    ]);
    expect(await texts(ada, { q: 'roaster' })).toHaveLength(3);
    expect(await texts(ada, { q: 'roaster', in: secret.id })).toEqual(['roaster budget is secret']);
    expect(await texts(bob, { q: 'roaster', in: secret.id })).toEqual([]);
    expect(await texts(ada, { q: 'roaster', from: 'bob' })).toEqual(['Roasters take twelve minutes']);
    expect(await texts(ada, { q: '"twelve minutes"' })).toHaveLength(1);
    expect(await texts(ada, { q: 'roaster -ramp', from: 'ada' })).toEqual(['roaster budget is secret']);
    expect(await texts(ada, { q: 'roaster', before: '2020-01-01T00:00:00Z' })).toEqual([]);
    const first = await find(ada, { q: 'roaster', limit: '2' });
    expect(first.items[0]?.snippet).toContain('\u0002roaster\u0003');
    const rest = await find(ada, { q: 'roaster', limit: '2', cursor: first.nextCursor ?? '' });
    expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
    const other = await createTeam(app);
    expect(await texts(await other.join('eve', 'owner'), { q: 'roaster' })).toEqual([]);
  });
});
