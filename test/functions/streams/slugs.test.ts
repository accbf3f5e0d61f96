import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserId, WorkspaceId } from '../../../contract/ids.ts';
import type { Stream } from '../../../contract/stream.ts';
import { createStream } from '../../../functions/streams/streams/create-stream.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { overlap } from '../../support/paused.ts';
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

let count = 0;
/** A name that is its own slug and that no other test uses. */
const fresh = (word: string): string => `${word}-x${++count}x`;
const hiddenChannel = (name: string, who = ada) => who.channel(name, { visibility: 'private' });
const update = async (who: Teammate, stream: Stream, change: object) =>
  (await who.call('PATCH', `/streams/${stream.id}`, change)).body as unknown as Stream;
const promoted = async (who: Teammate, thread: Stream, change: object) =>
  (await who.call('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', ...change })).body as unknown as Stream;

/** The answer to one attempt, without the parts that differ between any two streams. */
async function answerOf(name: string, attempt: (name: string) => Promise<Stream>) {
  const before = app.db.statements;
  const made = await attempt(name);
  return { slug: made.slug?.replace(name, 'NAME'), name: made.name?.replace(name, 'NAME'), statements: app.db.statements - before };
}

const attempts: [string, (name: string) => Promise<Stream>][] = [
  ['a public channel', (name) => bob.channel(name)],
  ['a private channel', (name) => bob.channel(name, { visibility: 'private' })],
  ['an asked slug', (slug) => bob.channel(fresh('other'), { slug }).then((made) => ({ ...made, name: slug }))],
  ['an incident', async (name) => (await bob.call('POST', '/streams', { streamType: 'incident', name })).body as unknown as Stream],
  ['a rename', async (name) => update(bob, await bob.channel(fresh('old')), { name })],
  ['another slug', async (slug) => ({ ...(await update(bob, await bob.channel(fresh('old')), { slug })), name: slug })],
  ['a rename of a private channel', async (name) => update(bob, await hiddenChannel(fresh('old'), bob), { name })],
  ['a private channel that becomes public', async (name) => update(bob, await hiddenChannel(name, bob), { visibility: 'public' })],
  [
    'a promotion',
    async (name) => {
      const channel = await bob.channel(fresh('parent'));
      return promoted(bob, await bob.thread(channel, await bob.say(channel, 'root')), { name });
    },
  ],
];

describe('a hidden stream', () => {
  test.each(attempts)('answers for %s as if it were absent, with the same statements', async (_what, attempt) => {
    const [hidden, absent] = [fresh('hidden'), fresh('absent')];
    await hiddenChannel(hidden);
    await hiddenChannel(`${hidden}-2`);
    const told = await answerOf(hidden, attempt);
    expect(told).toEqual(await answerOf(absent, attempt));
    expect(told).toMatchObject({ slug: 'NAME', name: 'NAME' });
  });

  test('answers so too after the caller lost it', async () => {
    const name = fresh('lost');
    const lost = await hiddenChannel(name);
    await ada.call('POST', `/streams/${lost.id}/members`, { userIds: ['bob'] });
    expect(await bob.refused('POST', '/streams', { streamType: 'channel', name })).toBe('conflict');
    await ada.call('DELETE', `/streams/${lost.id}/members/bob`);
    expect((await bob.channel(name)).slug).toBe(name);
  });

  test('answers so where it inherits private readers', async () => {
    const name = fresh('inner');
    const parent = await hiddenChannel(fresh('outer'));
    await promoted(ada, await ada.thread(parent, await ada.say(parent, 'root')), { name });
    expect((await bob.channel(name)).slug).toBe(name);
  });

  test('is not renamed by the stream of the same slug, and can be renamed to one', async () => {
    const name = fresh('both');
    const [hidden, open] = [await hiddenChannel(name), await bob.channel(name)];
    expect((await ada.stream(hidden)).slug).toBe(name);
    expect((await update(ada, hidden, { name: name.toUpperCase() })).slug).toBe(name);
    expect((await bob.stream(open)).slug).toBe(name);
  });
});

describe('a visible stream', () => {
  test('keeps its slug for itself, public or private', async () => {
    const [open, own] = [fresh('open'), fresh('own')];
    await ada.channel(open);
    await hiddenChannel(own, bob);
    for (const name of [open, own]) {
      for (const visibility of ['public', 'private'])
        expect(await bob.refused('POST', '/streams', { streamType: 'channel', name, visibility })).toBe('conflict');
      expect(await bob.refused('PATCH', `/streams/${(await bob.channel(fresh('old'))).id}`, { name })).toBe('conflict');
    }
  });

  test('is one of two public ones at most, whoever comes first', async () => {
    const name = fresh('race');
    const make = (userId: string) => (db: TestApp['db']) => {
      const caller = { kind: 'user', workspaceId: WorkspaceId.parse(team.workspaceId), userId: UserId.parse(userId) } as const;
      return createStream({ ...app, db }, caller, { streamType: 'channel', name, visibility: 'public' });
    };
    expect(await overlap(app.test, make('ada'), make('bob'))).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'conflict' } },
    ]);
  });
});

describe('a private stream that becomes public', () => {
  test('gets the next free number where a public one has its slug, and says so', async () => {
    const name = fresh('plans');
    const hidden = await hiddenChannel(name);
    await bob.channel(name);
    await cyd.channel(`${name}-2`);
    // A hidden stream takes no number.
    await hiddenChannel(`${name}-3`, cyd);
    const opened = await update(ada, hidden, { visibility: 'public' });
    expect(opened).toMatchObject({ visibility: 'public', slug: `${name}-3`, name });
    expect((await ada.events(hidden)).map(({ payload }) => payload)).toEqual([
      { kind: 'visibility_changed', from: 'private', to: 'public' },
      { kind: 'slug_changed', from: name, to: `${name}-3` },
    ]);
  });

  test('keeps a slug that is free, and tells of its visibility only', async () => {
    const name = fresh('free');
    const hidden = await hiddenChannel(name);
    await hiddenChannel(name, bob);
    expect((await update(ada, hidden, { visibility: 'public' })).slug).toBe(name);
    expect(await ada.events(hidden)).toHaveLength(1);
  });

  test('does not get a slug that is asked for and taken', async () => {
    const name = fresh('taken');
    await bob.channel(name);
    const hidden = await hiddenChannel(fresh('other'));
    expect(await ada.refused('PATCH', `/streams/${hidden.id}`, { visibility: 'public', slug: name })).toBe('conflict');
    expect((await ada.stream(hidden)).visibility).toBe('private');
  });

  test('frees its slug when it becomes private, and gets a number on the way back', async () => {
    const name = fresh('back');
    const first = await ada.channel(name);
    await update(ada, first, { visibility: 'private' });
    expect((await bob.channel(name)).slug).toBe(name);
    expect((await update(ada, first, { visibility: 'public' })).slug).toBe(`${name}-2`);
  });
});

describe('a slug that several streams have', () => {
  const mentioned = async (who: Teammate, where: Stream, slug: string) =>
    (await who.say(where, `see #${slug}`)).content?.mentions.map(({ id }) => id);

  test('means the stream that its author sees, one at most', async () => {
    const slug = fresh('twice');
    const hidden = await hiddenChannel(slug);
    const other = await hiddenChannel(slug, cyd);
    const between = await hiddenChannel(fresh('between'), bob);
    await bob.call('POST', `/streams/${between.id}/members`, { userIds: ['ada'] });
    expect(await mentioned(bob, between, slug)).toEqual([]);
    expect(await mentioned(ada, hidden, slug)).toEqual([hidden.id]);
    expect(await mentioned(cyd, other, slug)).toEqual([other.id]);
    const open = await bob.channel(slug);
    expect(await mentioned(bob, between, slug)).toEqual([open.id]);
    // The other reader does not see the author's own one.
    expect(await mentioned(ada, between, slug)).toEqual([open.id]);
    expect(await mentioned(ada, hidden, slug)).toEqual([hidden.id]);
    expect(await mentioned(ada, open, slug)).toEqual([open.id]);
  });

  test('is never that of a stream that a guest cannot see', async () => {
    const slug = fresh('guests');
    const room = await hiddenChannel(fresh('room'));
    await ada.call('POST', `/streams/${room.id}/members`, { userIds: ['gus'] });
    const own = await hiddenChannel(slug, cyd);
    await ada.channel(slug);
    expect(await mentioned(gus, room, slug)).toEqual([]);
    await cyd.call('POST', `/streams/${own.id}/members`, { userIds: ['gus'] });
    expect(await mentioned(gus, room, slug)).toEqual([]);
    expect(await mentioned(gus, own, slug)).toEqual([own.id]);
  });

  test('is listed to each member as far as they see it', async () => {
    const slug = fresh('listed');
    const [hidden, open] = [await hiddenChannel(slug), await bob.channel(slug)];
    const listed = async (who: Teammate) =>
      ((await who.call('GET', '/streams', undefined, { q: slug })).body.items as Stream[]).map(({ id }) => id).sort();
    expect(await listed(ada)).toEqual([hidden.id, open.id].sort());
    expect(await listed(bob)).toEqual([open.id]);
  });
});
