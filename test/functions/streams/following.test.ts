import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Stream } from '../../../contract/stream.ts';
import { FollowUp } from '../../../contract/messages/follow-up.ts';
import { createTestApp } from '../../support/app.ts';
import { runFollowUp } from '../../support/follow-up.ts';
import type { TestApp } from '../../support/app.ts';
import { httpOf } from '../../support/http.ts';
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

const promote = (who: Teammate, thread: { id: string }, visibility: string): Promise<Stream> =>
  who
    .call('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: `Promoted ${thread.id.slice(-8)}`, visibility })
    .then(({ body }) => body as unknown as Stream);
const invite = (stream: { id: string }, ...userIds: string[]) => ada.call('POST', `/streams/${stream.id}/members`, { userIds });
const remove = (stream: { id: string }, userId: string) => ada.call('DELETE', `/streams/${stream.id}/members/${userId}`);
const narrow = (stream: { id: string }) => ada.call('PATCH', `/streams/${stream.id}`, { visibility: 'private' });
const aPrivate = (name: string) => ada.channel(`${name} ${crypto.randomUUID().slice(0, 8)}`, { visibility: 'private' });
const aPublic = (name: string) => ada.channel(`${name} ${crypto.randomUUID().slice(0, 8)}`);

/** Members or followers of a stream, as stored. */
async function membersOf(stream: { id: string }): Promise<string[]> {
  const { rows } = await app.test.owner.query<{ user_id: string }>(
    'select user_id from stream_members where stream_id = $1 and left_at is null order by user_id',
    [stream.id],
  );
  return rows.map(({ user_id }) => user_id);
}

/** Frames sent to a member's own room about streams since the last clearing, with all pointers that follow. */
async function framesTo(userId: string, ...about: { id: string }[]): Promise<string[]> {
  const { rows } = await app.test.owner.query<{ id: string }>('select id from streams where workspace_id = $1', [team.workspaceId]);
  app.time = new Date(app.time.getTime() + 10_000);
  for (const { id } of rows) await runFollowUp(app, FollowUp.parse({ kind: 'stream', workspaceId: team.workspaceId, streamId: id }));
  const name = `ws:${team.workspaceId}:user:${userId}`;
  const sent = app.sent.flatMap(({ body }) => {
    const { room, rooms, item } = body as { room?: string; rooms?: { room: string }[]; item?: { type: string } };
    const pointers = (Array.isArray(rooms) ? rooms : []).filter((one) => one.room === name).map((one) => JSON.stringify(one));
    return room === name ? [JSON.stringify(item), ...pointers] : pointers;
  });
  return sent.filter((frame) => about.some(({ id }) => frame.includes(id)));
}

describe('promotion keeps only followers who can read the thread at that moment', () => {
  test.each(['private', 'public', 'inherit'])('a visitor who replied before the channel became private (%s)', async (visibility) => {
    const channel = await aPublic('Visited');
    const thread = await ada.thread(channel, await ada.say(channel, 'root'));
    await bob.say(thread, 'a reply of a visitor');
    await narrow(channel);
    expect(await bob.refused('GET', `/streams/${thread.id}`)).toBe('not_found');
    await promote(ada, thread, visibility);
    expect(await membersOf(thread)).toEqual(['ada']);
    if (visibility !== 'public') expect(await bob.refused('GET', `/streams/${thread.id}`)).toBe('not_found');
  });

  test.each(['bob', 'gus'])('a removed member or guest whose old message gets a thread (%s)', async (userId) => {
    const author = userId === 'bob' ? bob : gus;
    const channel = await aPrivate('Left behind');
    await invite(channel, userId);
    const root = await author.say(channel, 'an old message');
    await remove(channel, userId);
    const thread = await ada.thread(channel, root);
    expect(await membersOf(thread)).toEqual(['ada']);
    await promote(ada, thread, 'private');
    expect(await membersOf(thread)).toEqual(['ada']);
    expect(await author.refused('GET', `/streams/${thread.id}`)).toBe('not_found');
  });

  test('rows of an earlier release, of followers who lost access long ago', async () => {
    const channel = await aPrivate('Old rows');
    await invite(channel, 'bob', 'cyd');
    const thread = await ada.thread(channel, await ada.say(channel, 'root'));
    for (const one of [bob, cyd]) await one.say(thread, 'a reply');
    await remove(channel, 'bob');
    await app.test.owner.query('update stream_members set left_at = null where stream_id = $1', [thread.id]);
    app.sent.length = 0;
    await promote(ada, thread, 'private');
    expect(await membersOf(thread)).toEqual(['ada', 'cyd']);
    const [frame, ...more] = await framesTo('bob', thread);
    expect(JSON.parse(frame ?? 'null')).toMatchObject({ type: 'stream:member:removed', data: { streamId: thread.id } });
    expect(more).toEqual([]);
  });
});

describe('losing access ends following', () => {
  /** A channel, a channel branched off it that inherits its readers, and a thread in each. */
  async function twoLevels(stream: Stream, ...followers: Teammate[]) {
    const first = await ada.thread(stream, await ada.say(stream, 'first level'));
    const branch = await promote(ada, await ada.thread(stream, await ada.say(stream, 'branches off')), 'inherit');
    const second = await ada.thread(branch, await ada.say(branch, 'second level'));
    for (const one of followers) for (const thread of [first, second]) await one.say(thread, 'a reply');
    return { first, branch, second };
  }

  test('at every depth when a member is removed, and the lost threads are announced', async () => {
    const channel = await aPrivate('Deep');
    await invite(channel, 'bob', 'cyd');
    const { first, second } = await twoLevels(channel, bob, cyd);
    app.sent.length = 0;
    await remove(channel, 'bob');
    expect([await membersOf(first), await membersOf(second)]).toEqual([
      ['ada', 'cyd'],
      ['ada', 'cyd'],
    ]);
    const frames = (await framesTo('bob', channel, first, second)).map(
      (frame) => JSON.parse(frame) as { seq: number; type: string; data: { streamId?: string } },
    );
    const ended = frames.filter(({ type }) => type === 'stream:member:removed').map(({ data }) => data.streamId);
    expect(new Set(ended)).toEqual(new Set([channel.id, first.id, second.id]));
    expect(ended).toHaveLength(3);
    const seqs = frames.flatMap(({ seq }) => seq ?? []);
    expect(seqs).toEqual(Array.from(seqs, (_, index) => (seqs[0] ?? 0) + index));
  });

  test('at every depth when the channel becomes private', async () => {
    const channel = await aPublic('Closing');
    const { first, second } = await twoLevels(channel, bob);
    await narrow(channel);
    expect([await membersOf(first), await membersOf(second)]).toEqual([['ada'], ['ada']]);
  });

  test('below a branched channel that becomes private by itself', async () => {
    const channel = await aPublic('Branching');
    const { first, branch, second } = await twoLevels(channel, bob);
    await narrow(branch);
    expect([await membersOf(first), await membersOf(second)]).toEqual([['ada', 'bob'], ['ada']]);
    expect(await bob.refused('GET', `/streams/${second.id}`)).toBe('not_found');
  });

  test('below a branched channel that becomes public, for guests of the stream above it', async () => {
    const channel = await aPrivate('Guests above');
    await invite(channel, 'gus', 'bob');
    const { branch, second } = await twoLevels(channel, gus, bob);
    const ended: unknown[] = [];
    const { end } = app.subscriptions;
    Object.assign(app.subscriptions, { end: async (_id: string, endings: unknown[]) => (ended.push(...endings), []) });
    await ada.call('PATCH', `/streams/${branch.id}`, { visibility: 'public' });
    Object.assign(app.subscriptions, { end });
    expect(await gus.refused('GET', `/streams/${second.id}`)).toBe('not_found');
    expect(await membersOf(second)).toEqual(['ada', 'bob']);
    expect(ended).toMatchObject([{ userIds: ['gus'] }]);
    expect(JSON.stringify(ended)).toContain(second.id);
  });

  test.each(['becomes a guest', 'is removed from the workspace'])('of a member who %s', async (how) => {
    const eve = await team.join(`eve-${how.length}`);
    const [open, own] = [await aPublic('Open'), await aPrivate('Own')];
    await invite(own, eve.id);
    const visited = await twoLevels(open, eve);
    const inside = await ada.thread(own, await eve.say(own, 'root'));
    const isGuest = how === 'becomes a guest';
    if (isGuest) await ada.call('PATCH', `/members/${eve.id}`, { role: 'guest' });
    else await ada.call('DELETE', `/members/${eve.id}`);
    expect(await membersOf(visited.first)).toEqual(['ada']);
    expect(await membersOf(visited.second)).toEqual(['ada']);
    expect(await membersOf(inside)).toEqual(isGuest ? ['ada', eve.id] : ['ada']);
    await promote(ada, visited.first, 'private');
    expect(await membersOf(visited.first)).toEqual(['ada']);
  });

  test('right below a public channel for a member who leaves it, and nowhere else', async () => {
    const channel = await aPublic('Left');
    await bob.call('POST', `/streams/${channel.id}/join`);
    const { first, second } = await twoLevels(channel, bob, cyd);
    await bob.call('POST', `/streams/${channel.id}/leave`);
    expect([await membersOf(first), await membersOf(second)]).toEqual([
      ['ada', 'cyd'],
      ['ada', 'bob', 'cyd'],
    ]);
  });
});

describe('personal frames', () => {
  test('of a thread on an old message do not reach its author who lost the stream', async () => {
    const channel = await aPrivate('Old author');
    await invite(channel, 'bob', 'cyd');
    const root = await bob.say(channel, 'an old message');
    await remove(channel, 'bob');
    await framesTo('bob', channel);
    app.sent.length = 0;
    const thread = await ada.thread(channel, root);
    await cyd.say(thread, 'a reply for @bob');
    await cyd.call('PATCH', `/streams/${thread.id}`, { name: 'The name of it' }).catch(() => undefined);
    expect(await framesTo('bob', thread)).toEqual([]);
    expect(await framesTo('cyd', thread)).not.toEqual([]);
    const members = (await ada.call('GET', `/streams/${thread.id}/members`)).body.items as { user: { id: string } }[];
    expect(members.map(({ user }) => user.id)).toEqual(['ada', 'cyd']);
  });

  test('carry no pointer to an author, or to a follower, who lost the stream since', async () => {
    const channel = await aPublic('Lost');
    const thread = await ada.thread(channel, await bob.say(channel, 'root'));
    await framesTo('bob', channel);
    await bob.say(channel, 'posted just before');
    await narrow(channel);
    await app.test.owner.query('update stream_members set left_at = null where stream_id = $1', [thread.id]);
    await ada.say(thread, 'after');
    app.sent.length = 0;
    expect(await framesTo('bob', channel, thread)).toEqual([]);
    expect(await framesTo('ada', thread)).not.toEqual([]);
  });

  test('of a deleted mention do not reach who lost the stream', async () => {
    const channel = await aPublic('Mentioned');
    const said = await ada.say(channel, 'hello @bob');
    expect((await bob.activity()).map(({ eventId }) => eventId)).toContain(said.id);
    await narrow(channel);
    app.sent.length = 0;
    await ada.call('DELETE', `/streams/${channel.id}/events/${said.id}`);
    expect(await framesTo('bob', channel)).toEqual([]);
  });
});

test('changes of members are in the audit log; a creator who lost a stream does not get it back by repeating the request', async () => {
  const key = { 'idempotency-key': '"made-once"' };
  const json = { streamType: 'channel', name: 'Made once', visibility: 'private' };
  const path = `/v1/workspaces/${team.workspaceId}/streams`;
  const make = () => httpOf(app)({ method: 'POST', path, token: bob.token, headers: key, json });
  const first = await make();
  expect(first.status).toBe(201);
  const made = first.body as unknown as Stream;
  await bob.call('POST', `/streams/${made.id}/members`, { userIds: ['ada'], role: 'owner' });
  await ada.call('PATCH', `/streams/${made.id}/members/bob`, { role: 'member' });
  await remove(made, 'bob');
  expect((await make()).status).toBe(404);
  const { rows } = await app.test.owner.query('select action, actor, details from audit_log where subject_id = $1 order by action', [
    made.id,
  ]);
  expect(rows).toEqual([
    { action: 'stream.member_added', actor: 'bob', details: { userIds: ['ada'], role: 'owner' } },
    { action: 'stream.member_removed', actor: 'ada', details: { userIds: ['bob'], role: 'member' } },
    { action: 'stream.member_role_changed', actor: 'ada', details: { userIds: ['bob'], from: 'owner', role: 'member' } },
  ]);
});
