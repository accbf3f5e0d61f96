import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream, StreamMember } from '../../../contract/stream.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { furnish } from '../../support/furnished.ts';
import type { Furnished, PersonId } from '../../support/furnished.ts';
import { httpOf } from '../../support/http.ts';
import type { Response } from '../../support/http.ts';

/** Number of parallel environments, each with its own connection. */
const environments = 6;

let app: TestApp;
let w: Furnished;
let all: ReturnType<typeof httpOf>[];
beforeAll(async () => {
  app = await createTestApp();
  w = await furnish(app, 'amberfox');
  all = Array.from({ length: environments }, () => httpOf({ ...app, db: app.test.open() }));
});
afterAll(() => app.test.drop());

type Ask = readonly [who: PersonId | 'loner', method: string, path: string, json?: unknown, key?: string];

/** Sends all requests at once, each in the next environment. */
const atOnce = (asks: readonly Ask[]): Promise<Response[]> =>
  Promise.all(
    asks.map(([who, method, path, json, key], index) =>
      (all[index % environments] as (typeof all)[0])({
        method,
        path: `/v1/workspaces/${w.workspaceId}${path}`,
        token: w.tokens[who],
        ...(json !== undefined && { json }),
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      }),
    ),
  );
const ask = async (...one: Ask): Promise<Response> => (await atOnce([one]))[0] as Response;
const body = async <Body>(...one: Ask): Promise<Body> => (await ask(...one)).body as Body;
const times = <Item>(count: number, item: (index: number) => Item): Item[] => Array.from({ length: count }, (_, index) => item(index));
/** Counts the answers by status or problem code. */
const outcomes = (responses: readonly Response[]): Record<string, number> => {
  const kinds = Map.groupBy(responses, ({ status, body: { code } }) => (typeof code === 'string' ? code : String(status)));
  return Object.fromEntries([...kinds].map(([kind, { length }]) => [kind, length]));
};
const channel = (name: string) => body<Stream>('ada', 'POST', '/streams', { streamType: 'channel', name });
const say = (stream: Stream, text: string, who: PersonId = 'ada') =>
  body<StreamEvent>(who, 'POST', `/streams/${stream.id}/events`, { text });
const eventsOf = async (stream: Stream) => {
  const path = `/v1/workspaces/${w.workspaceId}/streams/${stream.id}/events`;
  const { body: page } = await (all[0] as (typeof all)[0])({ path, token: w.tokens.ada, query: { limit: '200' } });
  return page.items as StreamEvent[];
};
const membersOf = async (stream: Stream) =>
  (await body<{ items: StreamMember[] }>('ada', 'GET', `/streams/${stream.id}/members`)).items.map(({ user }) => user.id as string);

describe('route matrix: concurrent requests', () => {
  test('joining and leaving: the log alternates for each person and ends as the members are, and nothing is unread wrongly', async () => {
    const stream = await channel('Revolving door');
    const people: PersonId[] = ['bob', 'cyd', 'dee', 'abe'];
    const responses = await atOnce(
      times(80, (n): Ask => [
        people[n % people.length] as PersonId,
        'POST',
        `/streams/${stream.id}/${Math.floor(n / 4) % 3 === 1 ? 'leave' : 'join'}`,
      ]),
    );
    expect(Object.keys(outcomes(responses)).toSorted()).toEqual(['200', '204']);
    const log = await eventsOf(stream);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => (log[0]?.seq ?? 0) + index));
    const members = await membersOf(stream);
    for (const person of people) {
      const moves = log
        .filter(({ payload }) => (payload?.userIds as string[] | undefined)?.includes(person))
        .map(({ eventType }) => eventType);
      expect({ person, moves }).toEqual({ person, moves: moves.map((_, index) => (index % 2 === 0 ? 'member_joined' : 'member_left')) });
      expect({ person, in: members.includes(person) }).toEqual({ person, in: moves.length % 2 === 1 });
    }
    await say(stream, 'Who is here?');
    for (const person of people) {
      const seen = await body<Stream>(person, 'GET', `/streams/${stream.id}`);
      expect({ person, isMember: seen.isMember, unread: seen.unreadCount }).toEqual({
        person,
        isMember: members.includes(person),
        unread: members.includes(person) ? 1 : 0,
      });
    }
  });

  test('the same person joining many times is one event', async () => {
    const stream = await channel('One door');
    expect(outcomes(await atOnce(times(12, (): Ask => ['bob', 'POST', `/streams/${stream.id}/join`])))).toEqual({ 200: 12 });
    expect((await eventsOf(stream)).map(({ eventType }) => eventType)).toEqual(['member_joined']);
    expect(outcomes(await atOnce(times(12, (): Ask => ['bob', 'POST', `/streams/${stream.id}/leave`])))).toEqual({ 204: 12 });
    expect((await eventsOf(stream)).map(({ eventType }) => eventType)).toEqual(['member_joined', 'member_left']);
  });

  test('the same people inviting each other: each is added once', async () => {
    const stream = await channel('Invitations');
    const responses = await atOnce(times(12, (): Ask => ['ada', 'POST', `/streams/${stream.id}/members`, { userIds: ['bob', 'cyd'] }]));
    expect(outcomes(responses)).toEqual({ 200: 1, already_member: 11 });
    expect(await eventsOf(stream)).toHaveLength(1);
    expect(await membersOf(stream)).toEqual(['ada', 'bob', 'cyd']);
  });

  test('a DM of the same people is one', async () => {
    const asks = times(12, (n): Ask => {
      const [who, other] = n % 2 === 0 ? (['cyd', 'dee'] as const) : (['dee', 'cyd'] as const);
      return [who, 'POST', '/streams', { streamType: 'dm', memberIds: [other] }];
    });
    const responses = await atOnce(asks);
    expect(outcomes(responses)).toEqual({ 200: 11, 201: 1 });
    expect(new Set(responses.map((one) => one.body.id)).size).toBe(1);
  });

  test('a thread on the same event is one, and its start is one event', async () => {
    const stream = await channel('Threads at once');
    const root = await say(stream, 'Root');
    const responses = await atOnce(times(12, (): Ask => ['bob', 'POST', `/streams/${stream.id}/thread`, { eventId: root.id }]));
    expect(outcomes(responses)).toEqual({ 200: 11, 201: 1 });
    expect(new Set(responses.map((one) => one.body.id)).size).toBe(1);
    expect((await eventsOf(stream)).map(({ eventType }) => eventType)).toEqual(['message', 'thread_started']);
  });

  test('promoting: one wins, the others get already_promoted', async () => {
    const stream = await channel('Promotions');
    const root = await say(stream, 'Root');
    const thread = await body<Stream>('ada', 'POST', `/streams/${stream.id}/thread`, { eventId: root.id });
    const responses = await atOnce(
      times(12, (n): Ask => [
        'ada',
        'POST',
        `/streams/${thread.id}/promote`,
        { streamType: n % 2 ? 'channel' : 'incident', name: `Promoted ${n}` },
      ]),
    );
    expect(outcomes(responses)).toEqual({ 200: 1, already_promoted: 11 });
    const winner = responses.find(({ status }) => status === 200)?.body as unknown as Stream;
    const after = await body<Stream>('ada', 'GET', `/streams/${thread.id}`);
    expect([after.name, after.streamType, after.slug]).toEqual([winner.name, winner.streamType, winner.slug]);
    expect((await eventsOf(thread)).map(({ eventType }) => eventType)).toEqual(['promoted']);
    expect((await eventsOf(stream)).map(({ eventType }) => eventType)).toEqual(['message', 'thread_started', 'promoted']);
  });

  test('a stream with the same Idempotency-Key is one', async () => {
    const responses = await atOnce(times(12, (): Ask => ['ada', 'POST', '/streams', { streamType: 'channel', name: 'Keyed' }, 'key-7']));
    expect(outcomes(responses)).toEqual({ 200: 11, 201: 1 });
    expect(new Set(responses.map((one) => one.body.id)).size).toBe(1);
  });

  test('streams of the same name: one gets it, the others a conflict', async () => {
    const responses = await atOnce(times(12, (): Ask => ['ada', 'POST', '/streams', { streamType: 'channel', name: 'Wanted' }]));
    expect(outcomes(responses)).toEqual({ 201: 1, conflict: 11 });
    for (const { status, body: problem } of responses) if (status === 409) expect(problem.errors).toMatchObject([{ path: 'body.name' }]);
  });

  test('streams renamed and promoted to the same name: one gets it, the others a conflict', async () => {
    const streams = await Promise.all(times(6, (n) => channel(`Before ${n}`)));
    const renamed = await atOnce(streams.map(({ id }): Ask => ['ada', 'PATCH', `/streams/${id}`, { name: 'Afterwards' }]));
    expect(outcomes(renamed)).toEqual({ 200: 1, conflict: 5 });
    const [parent] = streams as [Stream];
    const threads = await Promise.all(
      times(6, async () => {
        const { id: eventId } = await say(parent, 'Root');
        return body<Stream>('ada', 'POST', `/streams/${parent.id}/thread`, { eventId });
      }),
    );
    const promoted = await atOnce(
      threads.map(({ id }): Ask => ['ada', 'POST', `/streams/${id}/promote`, { streamType: 'channel', name: 'Afterlife' }]),
    );
    expect(outcomes(promoted)).toEqual({ 200: 1, conflict: 5 });
  });

  test('the same message and the same share are one', async () => {
    const stream = await channel('Sends');
    const sent = await atOnce(times(12, (): Ask => ['ada', 'POST', `/streams/${stream.id}/events`, { text: 'Once' }, 'once-1']));
    expect(outcomes(sent)).toEqual({ 200: 11, 201: 1 });
    const shared = await atOnce(
      times(12, (): Ask => ['ada', 'POST', `/streams/${stream.id}/share`, { eventId: w.events.message.id }, 'once-2']),
    );
    expect(outcomes(shared)).toEqual({ 200: 11, 201: 1 });
    expect((await eventsOf(stream)).map(({ eventType, seq }) => [eventType, seq])).toEqual([
      ['message', 1],
      ['shared', 2],
    ]);
  });

  test('concurrent reactions, votes and pins are all kept, each with its own position', async () => {
    const stream = await channel('Votes');
    const people: PersonId[] = ['ada', 'abe', 'bob', 'cyd', 'dee'];
    const poll = await body<StreamEvent>('ada', 'POST', `/streams/${stream.id}/events`, {
      eventType: 'poll',
      question: 'Tea?',
      options: ['Yes', 'No'],
    });
    const path = `/streams/${stream.id}/events/${poll.id}`;
    const asks = people.flatMap((who, n): Ask[] => [
      [who, 'POST', `${path}/reactions`, { emoji: '👍' }],
      [who, 'PUT', `${path}/votes`, { optionIds: [`opt_${1 + (n % 2)}`] }],
    ]);
    expect(outcomes(await atOnce([...asks, ...asks, ['ada', 'PUT', `${path}/pin`], ['ada', 'PUT', `${path}/pin`]]))).toEqual({ 200: 22 });
    const after = await body<StreamEvent>('ada', 'GET', path);
    expect(after.poll).toMatchObject({ voterCount: 5, options: [{ count: 3 }, { count: 2 }] });
    expect(after.reactions).toMatchObject([{ emoji: '👍', count: 5 }]);
    expect([after.pinnedBy, after.changedSeq]).toEqual(['ada', 12]);
    expect((await body<Stream>('ada', 'GET', `/streams/${stream.id}`)).lastSeq).toBe(12);
  });

  test('two last owners stepping down: one stays', async () => {
    const stream = await channel('Owners');
    await ask('ada', 'POST', `/streams/${stream.id}/members`, { userIds: ['bob'], role: 'owner' });
    await ask('ada', 'POST', `/streams/${stream.id}/members`, { userIds: ['cyd'] });
    const responses = await atOnce([
      ['ada', 'PATCH', `/streams/${stream.id}/members/ada`, { role: 'member' }],
      ['bob', 'PATCH', `/streams/${stream.id}/members/bob`, { role: 'member' }],
      ['ada', 'POST', `/streams/${stream.id}/leave`],
      ['bob', 'POST', `/streams/${stream.id}/leave`],
    ]);
    const { items } = await body<{ items: StreamMember[] }>('abe', 'GET', `/streams/${stream.id}/members`);
    expect({ owners: items.filter(({ role }) => role === 'owner').length, outcomes: outcomes(responses) }).toMatchObject({ owners: 1 });
    expect(outcomes(responses)).toHaveProperty('last_owner');
  });

  test('two last owners of the workspace: one stays', async () => {
    await ask('ada', 'PATCH', '/members/dee', { role: 'owner' });
    const responses = await atOnce([
      ['ada', 'PATCH', '/members/ada', { role: 'admin' }],
      ['dee', 'PATCH', '/members/dee', { role: 'admin' }],
      ['ada', 'DELETE', '/members/dee'],
      ['dee', 'DELETE', '/members/ada'],
    ]);
    const { rows } = await app.test.owner.query(
      `select user_id from workspace_members where workspace_id = $1 and role = 'owner' and removed_at is null`,
      [w.workspaceId],
    );
    expect({ owners: rows.length, outcomes: outcomes(responses) }).toMatchObject({ owners: 1 });
    for (const { status } of responses) expect(status).toBeLessThan(500);
  });
});
