import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { maxTold, presenceSeconds } from '../../../contract/presence.ts';
import type { Presence, PresenceList } from '../../../contract/presence.ts';
import type { FanOutMessage } from '../../../contract/messages/fan-out.ts';
import { room } from '../../../contract/frames.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { UserCaller } from '../../../functions/platform/authenticate.ts';
import type { Connections } from '../../../functions/realtime/connections.ts';
import { frameTable } from '../../../functions/realtime/frames.ts';
import { subscribe } from '../../../functions/realtime/subscribe.ts';
import { createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { createTestConnections } from '../../support/connections.ts';
import { countStatements } from '../../support/statements.ts';
import { createTeam } from '../../support/team.ts';
import type { Team, Teammate } from '../../support/team.ts';

/** Devices that say whether they are there, who is told, and what others read. */
let app: TestApp & { connections: Connections };
let registry: Awaited<ReturnType<typeof createTestConnections>>;
let team: Team;
let ada: Teammate;
let bob: Teammate;
let stream: Stream;
beforeAll(async () => {
  const testApp = await createTestApp();
  registry = await createTestConnections(testApp.clock);
  app = Object.assign(testApp, { connections: registry.connections });
});
afterAll(async () => {
  await registry.stop();
  await app.test.drop();
});
beforeEach(async () => {
  team = await createTeam(app);
  ada = await team.join('ada', 'owner');
  bob = await team.join('bob');
  stream = await ada.channel('Talk');
  await bob.call('POST', `/streams/${stream.id}/join`);
  app.sent.length = 0;
});

let numbered = 0;
async function socketOf(who: Teammate, ...streams: Stream[]) {
  const caller: UserCaller = { kind: 'user', workspaceId: stream.workspaceId, userId: who.id as UserCaller['userId'] };
  const socket = { ...caller, connectionId: `p${++numbered}=` };
  await app.connections.add(socket);
  if (streams.length > 0)
    await subscribe(
      app,
      socket,
      streams.map((one) => ({ room: room.stream(one.workspaceId, one.id) })),
    );
  return socket;
}
type Socket = Awaited<ReturnType<typeof socketOf>>;
const present = (socket: Socket, state: 'active' | 'away' | 'hidden' | 'gone', device = 'laptop') =>
  frameTable(app).present({ op: 'present', id: 1, d: { device, state } }, socket);
const told = () =>
  app.sent.splice(0).flatMap(({ body }) => {
    const message = body as FanOutMessage;
    return message.kind === 'notice' && message.frame.op === 'presence'
      ? [[message.room, message.frame.item.userId, message.frame.item.status]]
      : [];
  });
const list = async (who: Teammate, query: Record<string, string>) =>
  (await who.call('GET', '/presence', undefined, query)).body as PresenceList;
const statusOf = async (who: Teammate, userId: string): Promise<Presence['status'] | undefined> =>
  (await list(who, { userIds: userId })).items[0]?.status;
const wait = (seconds: number) => (app.time = new Date(app.time.getTime() + seconds * 1_000));

async function fill(count: number): Promise<void> {
  await app.test.owner.query(
    `insert into users (workspace_id, id, name, created_at, updated_at) select $1, 'm' || i, 'M' || i, now(), now() from generate_series(1, $2::int) i`,
    [stream.workspaceId, count],
  );
  await app.test.owner.query(
    `insert into workspace_members (workspace_id, user_id, role, joined_at) select $1, 'm' || i, 'member', now() from generate_series(1, $2::int) i`,
    [stream.workspaceId, count],
  );
}

describe('A change of presence', () => {
  test('is told to the workspace, and a renewal is not', async () => {
    const workspace = room.workspace(stream.workspaceId);
    const socket = await socketOf(ada);
    expect(await present(socket, 'active')).toEqual({ op: 'ok', id: 1, d: {} });
    expect(told()).toEqual([[workspace, 'ada', 'online']]);
    await present(socket, 'active');
    await present(socket, 'active', 'phone');
    await present(socket, 'away');
    expect(told()).toEqual([]);
    await present(socket, 'gone', 'phone');
    expect(told()).toEqual([[workspace, 'ada', 'away']]);
    await present(socket, 'gone');
    expect(told()).toEqual([[workspace, 'ada', 'offline']]);
  });

  test('is told in the small streams that the member hears, where the workspace is large', async () => {
    await fill(maxTold);
    const crowd = await ada.channel('Crowd');
    await app.test.owner.query(
      `insert into stream_members (stream_id, user_id, workspace_id, joined_at) select $2, 'm' || i, $1, now() from generate_series(1, $3::int) i`,
      [stream.workspaceId, crowd.id, maxTold],
    );
    const few = await ada.channel('Few', { visibility: 'private' });
    app.sent.length = 0;
    await present(await socketOf(ada, stream, crowd), 'active');
    expect(told()).toEqual([[room.stream(stream.workspaceId, stream.id), 'ada', 'online']]);
    expect(few.id).not.toBe(stream.id);
  });

  test('counts though nobody could be told', async () => {
    app.queueDown = true;
    expect(await present(await socketOf(ada), 'active')).toMatchObject({ op: 'ok' });
    app.queueDown = false;
    expect(await statusOf(bob, 'ada')).toBe('online');
  });

  test('costs no statement unless the status changes', async () => {
    const socket = await socketOf(ada);
    expect(await countStatements(app, () => present(socket, 'active'))).toBe(2);
    expect(await countStatements(app, () => present(socket, 'active'))).toBe(0);
  });
});

describe('Presence', () => {
  test('is the caller’s own, ends with the lease, and says until when it holds', async () => {
    await present(await socketOf(ada), 'active');
    const until = new Date(app.time.getTime() + presenceSeconds * 1_000).toISOString();
    expect((await list(bob, { userIds: 'ada,bob,nobody' })).items).toEqual([
      { userId: 'ada', status: 'online', lastSeenAt: app.time.toISOString(), until },
      { userId: 'bob', status: 'offline', lastSeenAt: null, until: null },
    ]);
    wait(presenceSeconds + 1);
    expect(presenceSeconds).toBeLessThan(90);
    expect(await statusOf(bob, 'ada')).toBe('offline');
  });

  test('of a stream is listed, and counted', async () => {
    await present(await socketOf(ada), 'active');
    await present(await socketOf(bob), 'hidden');
    const found = await list(bob, { streamId: stream.id });
    expect(found.counts).toEqual({ online: 1, away: 1, total: 2 });
    expect(new Map(found.items.map(({ userId, status }) => [userId, status]))).toEqual(
      new Map([
        ['ada', 'online'],
        ['bob', 'away'],
      ]),
    );
  });

  test('of a large stream is counted only', async () => {
    await fill(maxTold);
    await app.test.owner.query(
      `insert into stream_members (stream_id, user_id, workspace_id, joined_at) select $2, 'm' || i, $1, now() from generate_series(1, $3::int) i`,
      [stream.workspaceId, stream.id, maxTold],
    );
    await present(await socketOf(bob), 'active');
    expect(await list(ada, { streamId: stream.id })).toEqual({ items: [], counts: { online: 1, away: 0, total: maxTold + 2 } });
  });

  test('of people that the caller does not know is none: a guest, a stranger, a former member, another workspace', async () => {
    const gus = await team.join('gus', 'guest');
    for (const who of [ada, bob]) await present(await socketOf(who), 'active');
    expect((await list(gus, { userIds: 'ada,bob' })).items).toEqual([]);
    await ada.call('POST', `/streams/${stream.id}/members`, { userIds: ['gus'] });
    expect((await list(gus, { userIds: 'ada,bob' })).items).toHaveLength(2);
    await ada.call('DELETE', '/members/bob');
    expect((await list(ada, { userIds: 'bob' })).items).toEqual([]);
    const other = await createTeam(app);
    const eve = await other.join('eve', 'owner');
    expect((await list(eve, { userIds: 'ada' })).items).toEqual([]);
    expect(await eve.refused('GET', `/presence?streamId=${stream.id}`).catch(() => 'not_found')).toBe('not_found');
    const secret = await ada.channel('Secret', { visibility: 'private' });
    const cyd = await team.join('cyd');
    await expect(list(cyd, { streamId: secret.id })).rejects.toThrow('not_found');
  });

  test('of fifty-one devices at once keeps fifty', async () => {
    const socket = await socketOf(ada);
    for (let i = 0; i < 60; i++) {
      app.time = new Date(app.time.getTime() + 1);
      await present(socket, i === 59 ? 'active' : 'hidden', `d${i}`);
    }
    const { Item } = (await app.kit.find({ pk: `presence#${stream.workspaceId}#ada`, sk: 'presence' })) as { Item: object };
    expect(Object.keys(Item).filter((name) => name.startsWith('device ')).length).toBeLessThanOrEqual(50);
    expect(await statusOf(bob, 'ada')).toBe('online');
  });

  test.each([
    {},
    { userIds: '' },
    { userIds: 'a', streamId: 'x' },
    { streamId: 'x' },
    { userIds: Array.from({ length: 101 }, (_, i) => `u${i}`).join(',') },
  ])('is not read by %j', async (query) => {
    await expect(list(ada, query as Record<string, string>)).rejects.toThrow('invalid_input');
  });
});
