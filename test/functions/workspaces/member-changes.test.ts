import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { byeCodes } from '../../../contract/close-codes.ts';
import { room } from '../../../contract/frames.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import type { Ending } from '../../../functions/platform/subscriptions.ts';
import { createThread } from '../../../functions/streams/threads/create-thread.ts';
import { inviteMembers } from '../../../functions/streams/members/invite-members.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { httpOf } from '../../support/http.ts';
import type { Response } from '../../support/http.ts';

let app: TestApp;
let http: ReturnType<typeof httpOf>;
let workspaceId: UserCaller['workspaceId'];
let apiKey: string;
let ada: UserCaller;
const endings: Ending[] = [];

beforeAll(async () => {
  app = await createTestApp();
  Object.assign(app, { subscriptions: { end: async (_: string, given: Ending[]) => (endings.push(...given), []) } });
  http = httpOf(app);
});
afterAll(() => app.test.drop());
beforeEach(async () => {
  ({ workspaceId, apiKey } = await aWorkspace(app));
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  endings.length = 0;
  app.sent.length = 0;
});

const mint = (json: object): Promise<Response> => http({ method: 'POST', path: '/v1/tokens', token: apiKey, json });
const tokenOf = async (userId: string, more: object = {}): Promise<string> => (await mint({ userId, ...more })).body.token as string;
const member = (userId: string) => `/v1/workspaces/${workspaceId}/members/${userId}`;
const patch = (userId: string, role: string) => http({ method: 'PATCH', path: member(userId), token: apiKey, json: { role } });
const remove = (userId: string) => http({ method: 'DELETE', path: member(userId), token: apiKey });
const read = (token: string, path = '/streams') => http({ path: `/v1/workspaces/${workspaceId}${path}`, token });
const rows = async <Row>(text: string, values: unknown[]): Promise<Row[]> => (await app.test.owner.query(text, values)).rows as Row[];
const roleOf = async (userId: string) =>
  (await rows<{ role: string }>('select role from workspace_members where workspace_id = $1 and user_id = $2', [workspaceId, userId]))[0]
    ?.role;
const audited = async () =>
  (
    await rows<{ action: string; subject_id: string }>(
      `select action, subject_id from audit_log where workspace_id = $1 and subject_kind = 'member' order by id`,
      [workspaceId],
    )
  ).map(({ action, subject_id: id }) => `${action} ${id}`);
const bodies = (): Record<string, unknown>[] => app.sent.map(({ body }) => body as Record<string, unknown>);
const announced = () =>
  bodies()
    .filter((body) => body['kind'] === 'item' && body['room'] === room.workspace(workspaceId))
    .map((body) => body['item'] as { type: string; data: { id: string; role: string; removedAt: string | null } });
const closings = () => bodies().filter(({ kind }) => kind === 'close-user');

describe('a token that names a role', () => {
  test('does not demote the last owner', async () => {
    const response = await mint({ userId: 'ada', role: 'guest' });
    expect([response.status, response.body.code]).toEqual([409, 'last_owner']);
    expect(await roleOf('ada')).toBe('owner');
    expect(app.sent).toEqual([]);
  });

  test('does not demote the last owner where two owners are demoted at once', async () => {
    await aMember(app, workspaceId, 'eve', 'owner');
    const other = httpOf(Object.assign(Object.create(app) as TestApp, { db: app.test.open() }));
    const demote = (userId: string, send: typeof http) =>
      send({ method: 'POST', path: '/v1/tokens', token: apiKey, json: { userId, role: 'member' } });
    const answers = await Promise.all([demote('ada', http), demote('eve', other)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  test('changes it as PATCH does: tells the room, closes connections, is audited', async () => {
    await aMember(app, workspaceId, 'bob');
    expect((await mint({ userId: 'bob', role: 'guest' })).body.user).toMatchObject({ id: 'bob', role: 'guest' });
    expect(announced()).toMatchObject([{ type: 'member:updated', data: { id: 'bob', role: 'guest', removedAt: null } }]);
    expect(closings()).toMatchObject([{ userId: 'bob', code: byeCodes.insufficient_state }]);
    expect(endings).toEqual([{ userId: 'bob' }]);
    expect(await audited()).toEqual(['member.role_changed bob']);
  });

  test('takes from a new guest what guests do not see: follows of threads, unread notifications', async () => {
    const bob = await aMember(app, workspaceId, 'bob');
    const open = await aChannel(app, ada, 'Open');
    const invited = await aChannel(app, ada, 'Invited', 'private');
    await inviteMembers(app, ada, { streamId: invited.id, userIds: [bob.userId], role: 'member' });
    const { event } = await postEvent(app, ada, { streamId: open.id, text: 'root' });
    const { stream: thread } = await createThread(app, bob, { streamId: open.id, eventId: event.id });
    await postEvent(app, bob, { streamId: thread.id, text: 'reply' });
    await mint({ userId: 'bob', role: 'guest' });
    const kept = await rows('select stream_id from stream_members where user_id = $1 and workspace_id = $2 and left_at is null', [
      'bob',
      workspaceId,
    ]);
    expect(kept).toEqual([{ stream_id: invited.id }]);
    await patch('bob', 'member');
    expect(await read(await tokenOf('bob'), `/streams/${thread.id}`)).toMatchObject({ status: 200, body: { isMember: false } });
  });

  test('without a change writes nothing: two transactions of a read, no frame, no revision', async () => {
    await mint({ userId: 'bob', name: 'Bob', email: 'b@example.org', role: 'member' });
    const before = await rows('select * from workspace_members m join users u on u.id = m.user_id where u.workspace_id = $1', [
      workspaceId,
    ]);
    const revision = await rows('select rev from workspaces where id = $1', [workspaceId]);
    app.sent.length = 0;
    const statements = app.db.statements;
    await mint({ userId: 'bob', name: 'Bob', email: 'b@example.org', role: 'member' });
    await mint({ userId: 'bob' });
    // Each: begin and the API key, begin and the member.
    expect(app.db.statements - statements).toBe(8);
    expect(app.sent).toEqual([]);
    expect(await rows('select rev from workspaces where id = $1', [workspaceId])).toEqual(revision);
    expect(
      await rows('select * from workspace_members m join users u on u.id = m.user_id where u.workspace_id = $1', [workspaceId]),
    ).toEqual(before);
  });

  test('adds a new member once, where two ask at once, and tells the room', async () => {
    const other = httpOf(Object.assign(Object.create(app) as TestApp, { db: app.test.open() }));
    const request = { method: 'POST', path: '/v1/tokens', token: apiKey, json: { userId: 'new', name: 'New' } };
    const answers = await Promise.all([http(request), other(request)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await audited()).toEqual(['member.added new']);
    expect(announced()).toMatchObject([{ data: { id: 'new', role: 'member' } }]);
  });
});

describe('signing out', () => {
  const signOut = (userId: string, token = apiKey) => http({ method: 'POST', path: `${member(userId)}/signout`, token });

  test('ends every token of the member and closes their connections; a new token works', async () => {
    const [phone, laptop] = [await tokenOf('bob'), await tokenOf('bob')];
    app.sent.length = 0;
    expect((await signOut('bob', phone)).status).toBe(204);
    for (const token of [phone, laptop]) expect((await read(token)).status).toBe(401);
    expect((await signOut('bob', phone)).status).toBe(401);
    expect(closings()).toMatchObject([{ userId: 'bob', code: byeCodes.revoked, reason: 'signed_out' }]);
    expect(endings).toEqual([{ userId: 'bob' }]);
    expect(await audited()).toContain('member.signed_out bob');
    expect((await read(await tokenOf('bob'))).status).toBe(200);
  });

  test('is for oneself, managers and keys: not for other members, and for owners only by owners', async () => {
    const [bob, eve, adm] = [await tokenOf('bob'), await tokenOf('eve'), await tokenOf('adm', { role: 'admin' })];
    const owner = await tokenOf('ada');
    expect((await signOut('eve', bob)).status).toBe(403);
    expect((await signOut('ada', adm)).status).toBe(403);
    expect((await signOut('nobody', owner)).status).toBe(404);
    for (const token of [bob, eve, adm, owner]) expect((await read(token)).status).toBe(200);
    expect((await signOut('eve', adm)).status).toBe(204);
    expect((await signOut('bob')).status).toBe(204);
    expect((await signOut('ada', owner)).status).toBe(204);
    for (const token of [bob, eve, owner]) expect((await read(token)).status).toBe(401);
    expect((await read(adm)).status).toBe(200);
  });

  test('of a member of another workspace is not found', async () => {
    const elsewhere = await aWorkspace(app);
    await mint({ userId: 'bob' });
    expect((await signOut('bob', elsewhere.apiKey)).status).toBe(404);
  });
});

describe('a removed member', () => {
  const aRemovedMember = async () => {
    const token = await tokenOf('bob', { expiresInSeconds: 2_592_000 });
    const bob: UserCaller = { ...ada, userId: 'bob' as UserCaller['userId'] };
    const secret = await aChannel(app, ada, 'Secret', 'private');
    await inviteMembers(app, ada, { streamId: secret.id, userIds: [bob.userId], role: 'member' });
    await postEvent(app, ada, { streamId: secret.id, text: '@bob', mentions: [{ id: bob.userId, offset: 0, length: 4 }] as never });
    expect((await remove('bob')).status).toBe(204);
    app.sent.length = 0;
    return { token, secret };
  };

  test('has no valid token, and their stream memberships, mentions and notifications have ended', async () => {
    const { token } = await aRemovedMember();
    const refused = await read(token);
    expect([refused.status, refused.body.code]).toEqual([401, 'unauthenticated']);
    expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    for (const table of ['mentions', 'notifications'])
      expect(await rows(`select from ${table} where workspace_id = $1 and user_id = 'bob'`, [workspaceId])).toEqual([]);
    expect(await rows(`select from stream_members where workspace_id = $1 and user_id = 'bob' and left_at is null`, [workspaceId])).toEqual(
      [],
    );
  });

  test.each([{}, { role: 'owner' }, { name: 'Bob again' }, { restore: false }])('is not brought back by a token with %j', async (more) => {
    await aRemovedMember();
    const response = await mint({ userId: 'bob', ...more });
    expect([response.status, response.body.code]).toEqual([409, 'member_removed']);
    expect(await rows(`select from workspace_members where workspace_id = $1 and removed_at is null`, [workspaceId])).toHaveLength(1);
  });

  test('comes back when the request says so: a member of nothing, with none of the tokens of before', async () => {
    const { token, secret } = await aRemovedMember();
    // Earlier releases left memberships in place.
    await app.test.owner.query(`update stream_members set left_at = null where workspace_id = $1 and user_id = 'bob'`, [workspaceId]);
    await app.test.owner.query(`update workspace_members set role = 'admin' where workspace_id = $1 and user_id = 'bob'`, [workspaceId]);
    const restored = await mint({ userId: 'bob', restore: true });
    expect(restored.body.user).toMatchObject({ id: 'bob', role: 'member' });
    const fresh = restored.body.token as string;
    expect((await read(fresh)).body.items).toEqual([]);
    expect((await read(fresh, `/streams/${secret.id}`)).status).toBe(404);
    expect((await read(token)).status).toBe(401);
    expect(announced()).toMatchObject([{ data: { id: 'bob', role: 'member', removedAt: null } }]);
    expect(await audited()).toEqual(expect.arrayContaining(['member.removed bob', 'member.restored bob']));
    expect((await mint({ userId: 'bob', restore: true })).status).toBe(200);
    expect((await read(fresh)).status).toBe(200);
  });

  test('is in a DM of before again when another participant opens it, not by themselves', async () => {
    const openDm = (token: string, other: string) =>
      http({ method: 'POST', path: `/v1/workspaces/${workspaceId}/streams`, token, json: { streamType: 'dm', memberIds: [other] } });
    const owner = await tokenOf('ada');
    const { id } = (await openDm(await tokenOf('bob'), 'ada')).body;
    await remove('bob');
    const fresh = await tokenOf('bob', { restore: true });
    expect((await openDm(fresh, 'ada')).body.code).toBe('not_a_member');
    expect((await read(fresh, `/streams/${id as string}`)).status).toBe(404);
    expect((await openDm(owner, 'bob')).body.id).toBe(id);
    expect(await read(fresh, `/streams/${id as string}`)).toMatchObject({ status: 200, body: { isMember: true } });
    expect((await openDm(fresh, 'ada')).body.id).toBe(id);
  });

  test('takes the role that the request names', async () => {
    await aRemovedMember();
    expect((await mint({ userId: 'bob', restore: true, role: 'guest' })).body.user).toMatchObject({ role: 'guest' });
  });
});
