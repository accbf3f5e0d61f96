import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserId, WorkspaceId } from '../../../contract/ids.ts';
import type { OwnerlessStream, Stream } from '../../../contract/stream.ts';
import { recoverStream } from '../../../functions/streams/recovery/recover-stream.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { overlap } from '../../support/paused.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

let app: TestApp;
let team: Team;
let ada: Teammate;
let abe: Teammate;
let bob: Teammate;
let gus: Teammate;
beforeAll(async () => {
  app = await createTestApp();
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  abe = await team.join('abe', 'owner');
  bob = await team.join('bob');
  gus = await team.join('gus', 'guest');
});
afterAll(() => app.test.drop());

let count = 0;
const newcomer = () => team.join(`leaver${++count}`);
const removed = (who: { id: string }) => ada.call('DELETE', `/members/${who.id}`);
const invite = (who: Teammate, stream: Stream, userIds: string[], role = 'member') =>
  who.call('POST', `/streams/${stream.id}/members`, { userIds, role });
const recover = async (who: Teammate, stream: { id: string }) =>
  (await who.call('POST', `/streams/${stream.id}/recover`)).body as unknown as Stream;
const refusal = (who: Teammate, stream: { id: string }) => who.refused('POST', `/streams/${stream.id}/recover`);
const ownerless = async (who = ada) => (await who.call('GET', '/ownerless')).body.items as OwnerlessStream[];

/** A private channel of bob's whose owner was removed from the workspace. */
async function aLostChannel(members: readonly string[] = ['bob']) {
  const owner = await newcomer();
  const stream = await owner.channel(`Lost ${crypto.randomUUID()}`, { visibility: 'private' });
  if (members.length > 0) await invite(owner, stream, [...members]);
  await removed(owner);
  return stream;
}

describe('a private stream that lost its last owner', () => {
  test('is listed to owners of the workspace, with nothing of its name or content', async () => {
    const stream = await aLostChannel();
    const { id, createdAt } = stream;
    expect((await ownerless()).find((one) => one.id === id)).toEqual({ id, createdAt, memberCount: 1 });
    for (const who of [bob, gus]) expect(await who.refused('GET', '/ownerless')).toBe('forbidden');
  });

  test('gets an owner of the workspace as its owner, which its members and the audit log are told', async () => {
    const stream = await aLostChannel();
    await bob.say(stream, 'who runs this?');
    expect(await ada.refused('GET', `/streams/${stream.id}`)).toBe('not_found');
    app.sent.length = 0;
    expect(await recover(ada, stream)).toMatchObject({ id: stream.id, role: 'owner', level: 'owner', isMember: true });
    const [told] = (await bob.events(stream)).slice(-1);
    expect(told).toMatchObject({ eventType: 'system', actorId: 'ada', payload: { kind: 'recovered', userId: 'ada' } });
    const frames = app.sent.map(({ body }) => body as { room?: string; item?: { type: string; data: { id?: string } } });
    const of = (room: string) => frames.filter((one) => one.room === `ws:${team.workspaceId}:${room}`).map(({ item }) => item?.type);
    expect(of(`stream:${stream.id}`)).toEqual(['event']);
    expect(of('user:ada')).toEqual(['stream:member:added']);
    const { rows } = await app.test.owner.query(
      `select action, actor, details from audit_log where subject_id = $1 and action <> 'stream.member_added'`,
      [stream.id],
    );
    expect(rows).toEqual([{ action: 'stream.recovered', actor: 'ada', details: { from: null, role: 'owner' } }]);
    expect((await ownerless()).some(({ id }) => id === stream.id)).toBe(false);
    // The owner can let others in again.
    await invite(ada, stream, ['gus']);
    expect((await ada.events(stream)).some(({ content }) => content?.text === 'who runs this?')).toBe(true);
  });

  test('raises a member of the stream to its owner', async () => {
    const stream = await aLostChannel(['bob', 'abe']);
    expect(await recover(abe, stream)).toMatchObject({ role: 'owner', level: 'owner' });
  });

  test('can be recovered when nobody is in it, and when it is archived', async () => {
    const empty = await aLostChannel([]);
    expect((await ownerless()).find(({ id }) => id === empty.id)).toMatchObject({ memberCount: 0 });
    expect(await recover(ada, empty)).toMatchObject({ role: 'owner' });
    const owner = await newcomer();
    const old = await owner.channel(`Old ${crypto.randomUUID()}`, { visibility: 'private' });
    await owner.call('DELETE', `/streams/${old.id}`);
    await removed(owner);
    expect(await recover(ada, old)).toMatchObject({ role: 'owner', status: 'archived' });
  });

  test('has no owner where a guest has that role', async () => {
    const owner = await newcomer();
    const stream = await owner.channel(`Guests ${crypto.randomUUID()}`, { visibility: 'private' });
    await invite(owner, stream, ['bob']);
    await ada.call('PATCH', `/members/${owner.id}`, { role: 'guest' });
    expect((await ownerless()).map(({ id }) => id)).toContain(stream.id);
    expect(await recover(ada, stream)).toMatchObject({ role: 'owner' });
  });

  test('gets one new owner when two recover it at once', async () => {
    const stream = await aLostChannel();
    const as = (userId: string) =>
      ({ kind: 'user', workspaceId: WorkspaceId.parse(team.workspaceId), userId: UserId.parse(userId) }) as const;
    const tried = await overlap(
      app.test,
      (db) => recoverStream({ ...app, db }, as('ada'), { streamId: stream.id }),
      (db) => recoverStream({ ...app, db }, as('abe'), { streamId: stream.id }),
    );
    expect(tried).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'not_found' } }]);
    const events = await bob.events(stream);
    expect(events.filter(({ payload }) => payload?.['kind'] === 'recovered')).toHaveLength(1);
    const { items } = (await bob.call('GET', `/streams/${stream.id}/members`)).body as { items: { role: string }[] };
    expect(items.filter(({ role }) => role === 'owner')).toHaveLength(1);
  });
});

describe('recovery', () => {
  test('does not tell owners of the workspace of streams that have an owner', async () => {
    const hidden = await bob.channel(`Hidden ${crypto.randomUUID()}`, { visibility: 'private' });
    const absent = { id: 'str_01kb0000000000000000000000' };
    expect(await refusal(ada, hidden)).toBe('not_found');
    expect(await refusal(ada, absent)).toBe('not_found');
    expect((await ownerless()).map(({ id }) => id)).not.toContain(hidden.id);
    await invite(bob, hidden, ['ada']);
    expect(await refusal(ada, hidden)).toBe('has_owner');
  });

  test('is nothing for those who are no owners of the workspace, inside the stream or outside', async () => {
    const stream = await aLostChannel(['bob', 'gus']);
    const dan = await team.join('dan', 'admin');
    expect(await refusal(bob, stream)).toBe('forbidden');
    expect(await refusal(gus, stream)).toBe('forbidden');
    expect(await refusal(dan, stream)).toBe('not_found');
    expect(await dan.refused('GET', '/ownerless')).toBe('forbidden');
  });

  test('is not for DMs, threads and public streams', async () => {
    const owner = await newcomer();
    const open = await owner.channel(`Open ${crypto.randomUUID()}`);
    const thread = await owner.thread(open, await owner.say(open, 'root'));
    const dm = await owner.dm('bob');
    await removed(owner);
    expect(await refusal(ada, open)).toBe('wrong_stream_type');
    expect(await refusal(ada, thread)).toBe('wrong_stream_type');
    expect(await refusal(ada, dm)).toBe('not_found');
    const listed = (await ownerless()).map(({ id }) => id);
    for (const { id } of [open, thread, dm]) expect(listed).not.toContain(id);
  });

  test('is not for what branched off a DM: its participants are its readers', async () => {
    const owner = await newcomer();
    const dm = await owner.dm('bob');
    const branch = await owner.thread(dm, await owner.say(dm, 'between us'));
    await bob.say(branch, 'a secret');
    await owner.call('POST', `/streams/${branch.id}/promote`, { streamType: 'channel', name: `Branch ${branch.id}` });
    await removed(owner);
    expect((await ownerless()).map(({ id }) => id)).not.toContain(branch.id);
    expect(await refusal(ada, branch)).toBe('not_found');
  });

  test('is not for a stream whose parent has an owner, who manages it', async () => {
    const parent = await bob.channel(`Parent ${crypto.randomUUID()}`, { visibility: 'private' });
    const owner = await newcomer();
    await invite(bob, parent, [owner.id]);
    const thread = await owner.thread(parent, await owner.say(parent, 'root'));
    await bob.say(thread, 'here');
    await owner.call('POST', `/streams/${thread.id}/promote`, { streamType: 'channel', name: `Inner ${thread.id}` });
    await removed(owner);
    expect(await refusal(ada, thread)).toBe('not_found');
    await removed(bob);
    bob = await rejoined('bob');
    const listed = (await ownerless()).map(({ id }) => id);
    expect(listed).toContain(parent.id);
    // Nobody is in it: its readers were those of the parent.
    expect(listed).not.toContain(thread.id);
    await recover(ada, parent);
    expect(await ada.stream(thread)).toMatchObject({ level: 'admin' });
  });
});

/** Brings a removed member back as a new one, who is in no stream. */
async function rejoined(id: string): Promise<Teammate> {
  await app.test.owner.query('update workspace_members set removed_at = null where workspace_id = $1 and user_id = $2', [
    team.workspaceId,
    id,
  ]);
  return team.join(id);
}
