import { describe, expect, test } from '@jest/globals';
import { openLiveWorkspace } from '../../client/workspace/live-workspace.ts';
import type { LiveWorkspace } from '../../client/workspace/live-workspace.ts';
import type { Stream } from '../../contract/stream.ts';
import { calm } from './fake-network.ts';
import { me, workspaceId } from './fake-server.ts';
import type { FakeWorkspace, ServerStream } from './fake-workspace.ts';
import { makeWorld } from './world.ts';
import type { World } from './world.ts';

const base = `/v1/workspaces/${workspaceId}`;
const namesOf = (workspace: LiveWorkspace): (string | null)[] => workspace.getSnapshot().streams.map((stream) => stream.name);
const asked = ({ server }: World, start: string): string[] => server.requests.filter((request) => request.startsWith(start));
const bootstraps = (world: World): number => asked(world, `GET ${base}/bootstrap`).length;

interface Open extends World {
  readonly workspace: LiveWorkspace;
  readonly house: FakeWorkspace;
}

async function openWorld(prepare: (house: FakeWorkspace) => void = () => undefined): Promise<Open> {
  const world = makeWorld();
  const house = world.server.workspace;
  prepare(house);
  // What was announced before we came is long over.
  await world.clock.advance(10_000);
  return { ...world, house, workspace: openLiveWorkspace({ ...world, workspaceId }) };
}

/** A workspace that is live, and at rest: what is read after joining was read. */
async function liveWorld(prepare?: (house: FakeWorkspace) => void): Promise<Open> {
  const world = await openWorld(prepare);
  expect(await world.clock.until(() => world.workspace.getSnapshot().state === 'live')).toBe(true);
  await world.clock.advance(5_000);
  world.server.requests.length = 0;
  return world;
}

const withChannels =
  (...names: string[]) =>
  (house: FakeWorkspace): void => {
    for (const name of names) house.create(name, { by: me });
  };
const streamOf = (house: FakeWorkspace, name: string): ServerStream =>
  [...house.streams.values()].find(({ shared }) => shared.name === name)!;
const shown = (workspace: LiveWorkspace, name: string): Stream => workspace.getSnapshot().streams.find((stream) => stream.name === name)!;
const countsOf = (workspace: LiveWorkspace, name: string) => {
  const { unreadCount, mentionCount, messageCount } = shown(workspace, name);
  return { unreadCount, mentionCount, messageCount };
};

describe('a live workspace', () => {
  test('starts from one request, and shows it before the socket is there', async () => {
    const { workspace, network, clock, server, house } = await openWorld(withChannels('alpha', 'bravo'));
    network.refusals.push(1006, 1006, 1006);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'connecting', streams: [], loading: true, hasMore: false });
    await clock.advance(100);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'offline', loading: false, me: { id: me }, workspace: { name: 'Acme' } });
    expect(server.requests.filter((request) => request.startsWith('GET'))).toEqual([`GET ${base}/bootstrap`]);
    expect(workspace.getSnapshot().streams).toEqual(house.list());
    expect(workspace.getSnapshot().people.get('bob')).toBe('Bob');
    await clock.advance(10_000);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'live', loading: false });
  });

  test('follows the room of the workspace and its own; a guest only the own one', async () => {
    const member = await liveWorld(withChannels('alpha'));
    expect(member.network.open[0]!.side.rooms).toEqual(new Set([member.house.workspaceRoom, member.house.userRoom]));
    const guest = await liveWorld((house) => {
      house.me = { ...house.me, role: 'guest' };
      house.create('alpha', { by: me });
      house.create('hidden');
    });
    expect(guest.network.open[0]!.side.rooms).toEqual(new Set([guest.house.userRoom]));
    expect(namesOf(guest.workspace)).toEqual(['alpha']);
    guest.house.post(streamOf(guest.house, 'alpha'));
    await guest.clock.advance(10);
    expect(countsOf(guest.workspace, 'alpha')).toEqual({ unreadCount: 1, mentionCount: 0, messageCount: 1 });
  });

  test('shows new, renamed, archived and reopened streams without asking; the newest activity first', async () => {
    const { workspace, house, clock, server } = await liveWorld(withChannels('alpha', 'charlie'));
    const before = workspace.getSnapshot();
    expect(workspace.getSnapshot()).toBe(before);
    const bravo = house.create('bravo');
    await clock.advance(10);
    expect(namesOf(workspace)[0]).toBe('bravo');
    house.post(streamOf(house, 'charlie'));
    house.update(bravo, { name: 'beta' });
    await clock.advance(10);
    expect(namesOf(workspace).slice(0, 2)).toEqual(['charlie', 'beta']);
    house.archive(bravo);
    await clock.advance(10);
    expect(shown(workspace, 'beta')).toMatchObject({ status: 'archived' });
    house.update(bravo, { status: 'active', archivedAt: null });
    await clock.advance(10);
    expect(shown(workspace, 'beta')).toMatchObject({ status: 'active', archivedAt: null });
    expect(server.requests).toEqual([]);
  });

  test('groups by type, and adds up what a title shows', async () => {
    const { workspace, house, clock } = await liveWorld((house) => {
      house.create('general', { by: me });
      house.create('fire', { by: me, more: { streamType: 'incident' } });
      house.create('talk', { by: me, visibility: 'private', more: { streamType: 'dm', name: null } });
      house.create('quiet', { by: me });
      house.setNotifyLevel(streamOf(house, 'quiet'), 'none');
      house.create('other');
    });
    house.post(streamOf(house, 'general'), 'bob', { mentionsMe: true });
    for (const name of ['general', 'fire', 'quiet', 'other']) house.post(streamOf(house, name));
    await clock.advance(10_000);
    const { byType, totals, unreadNotifications, streams } = workspace.getSnapshot();
    expect(byType.incident.map(({ name }) => name)).toEqual(['fire']);
    expect(byType.dm).toHaveLength(1);
    expect(byType.channel).toHaveLength(3);
    expect(Object.values(byType).flat()).toHaveLength(streams.length);
    expect([totals, unreadNotifications]).toEqual([{ unread: 3, mentions: 1 }, 1]);
  });

  test('joins, leaves and is removed on all devices, with the right counts at once', async () => {
    const { workspace, house, clock, server } = await liveWorld((house) => {
      house.create('open');
      house.create('secret', { visibility: 'private' });
    });
    const [open, secret] = [streamOf(house, 'open'), streamOf(house, 'secret')];
    expect(namesOf(workspace)).toEqual(['open']);
    house.join(open);
    house.join(secret);
    await clock.advance(10);
    house.post(secret, 'bob', { mentionsMe: true });
    house.post(open);
    await clock.advance(4_000);
    expect(shown(workspace, 'open')).toMatchObject({ isMember: true, role: 'member', unreadCount: 1 });
    expect(shown(workspace, 'secret')).toMatchObject({ isMember: true, unreadCount: 1, mentionCount: 1 });
    house.leave(open);
    house.leave(secret);
    await clock.advance(10);
    expect(namesOf(workspace)).toEqual(['open']);
    expect(shown(workspace, 'open')).toMatchObject({ isMember: false, role: null, unreadCount: 0, readSeq: 0 });
    house.join(secret);
    await clock.advance(4_000);
    expect(namesOf(workspace)).toContain('secret');
    expect(server.requests).toEqual([]);
  });

  test('a stream that is public no more goes from the lists of others, and what branched off it is looked at', async () => {
    const { workspace, house, clock, server } = await liveWorld((house) => {
      house.create('parent');
    });
    const parent = streamOf(house, 'parent');
    const more = { parentStreamId: parent.shared.id, promotedAt: parent.shared.createdAt } as Partial<Stream>;
    const child = house.create('child', { more });
    await clock.advance(10);
    child.shared = { ...child.shared, visibility: 'inherit' };
    await workspace.put(Promise.resolve(house.view(child)));
    expect(namesOf(workspace)).toEqual(['child', 'parent']);
    house.update(parent, { visibility: 'private' });
    await clock.advance(4_000);
    expect(namesOf(workspace)).toEqual([]);
    expect(server.requests).toEqual([`GET ${base}/streams/${child.shared.id}`]);
    house.streams.delete(child.shared.id);
    house.update(parent, { visibility: 'public' });
    await clock.advance(4_000);
    expect(namesOf(workspace)).toEqual(['parent']);
  });

  test('what was put by hand stays as it is when the socket tells of it, and when an older answer comes', async () => {
    const { workspace, house, clock, network } = await liveWorld(withChannels('alpha'));
    network.weather = { ...calm, delayMs: 100 };
    const mine = house.create('mine', { by: me });
    await workspace.put(Promise.resolve(house.view(mine)));
    expect(namesOf(workspace)[0]).toBe('mine');
    await clock.advance(1000);
    expect(shown(workspace, 'mine').isMember).toBe(true);

    const other = await openWorld(withChannels('alpha'));
    other.network.weather = { ...calm, delayMs: 100 };
    await other.clock.advance(50);
    const late = { ...other.house.view(streamOf(other.house, 'alpha')), id: 'str_01kb000000000000000000000z', name: 'late' } as Stream;
    await other.workspace.put(Promise.resolve(late));
    await other.clock.until(() => !other.workspace.getSnapshot().loading);
    expect(namesOf(other.workspace)).toContain('late');
  });

  test('an answer under way does not bring back a stream whose reader was removed meanwhile', async () => {
    const { workspace, house, clock, streambed, server } = await liveWorld((house) => {
      house.create('secret', { by: me, visibility: 'private' });
    });
    const secret = streamOf(house, 'secret');
    const before = house.view(secret);
    // The server answers before the removal, and the network delivers the answer after its frame.
    const { promise, resolve } = Promise.withResolvers<Stream>();
    const one = workspace.put(promise);
    const list = workspace.put(promise.then((stream) => [stream]));
    house.leave(secret);
    await clock.advance(100);
    expect(namesOf(workspace)).toEqual([]);
    resolve(before);
    expect([await one, await list]).toEqual([before, [before]]);
    expect(namesOf(workspace)).toEqual([]);
    await clock.advance(4_000);
    expect([namesOf(workspace), server.requests]).toEqual([[], [`GET ${base}/streams/${secret.shared.id}`]]);
    const asked = workspace.put(streambed.workspace(workspaceId).streams.read(secret.shared.id));
    const refused = expect(asked).rejects.toMatchObject({ problem: { code: 'not_found' } });
    await clock.advance(100);
    await refused;
  });

  test('more streams are loaded by activity, and are there again after everything was read anew', async () => {
    const world = await liveWorld((house) => {
      house.pageSize = 2;
      for (const name of ['a', 'b', 'c', 'd', 'e']) house.create(name, { by: me });
    });
    const { workspace, house, clock, network } = world;
    const [, , third, fourth] = house.list().map(({ name }) => name);
    expect([namesOf(workspace).length, workspace.getSnapshot().hasMore]).toEqual([2, true]);
    await Promise.all([workspace.loadMore(), workspace.loadMore(), clock.advance(10)]);
    expect([namesOf(workspace).length, workspace.getSnapshot().hasMore, workspace.getSnapshot().loadingMore]).toEqual([4, true, false]);
    network.loses = (frame) => frame.op === 'ev';
    house.update(streamOf(house, third!), { name: 'new third' });
    await clock.advance(10);
    network.loses = () => false;
    house.update(streamOf(house, fourth!), { name: 'new fourth' });
    await clock.advance(2_000);
    expect(namesOf(workspace)).toHaveLength(4);
    expect(namesOf(workspace)).toEqual(expect.arrayContaining(['new third', 'new fourth']));
    await Promise.all([workspace.loadMore(), clock.advance(10)]);
    expect([namesOf(workspace).length, workspace.getSnapshot().hasMore]).toEqual([5, false]);
    await workspace.loadMore();
    expect(workspace.getSnapshot().streams).toEqual(house.list());
  });

  test('a stream beyond the pages that something happens in is read once', async () => {
    const world = await liveWorld((house) => {
      house.pageSize = 2;
      for (const name of ['a', 'b', 'c', 'd']) house.create(name, { by: me });
    });
    const hidden = ['a', 'b', 'c', 'd'].find((name) => !namesOf(world.workspace).includes(name))!;
    world.house.post(streamOf(world.house, hidden));
    world.house.post(streamOf(world.house, hidden));
    await world.clock.advance(10_000);
    expect(countsOf(world.workspace, hidden)).toEqual({ unreadCount: 2, mentionCount: 0, messageCount: 2 });
    expect(asked(world, 'GET')).toHaveLength(1);
  });

  test('pointers that were missed are made up for, also where everything is read anew meanwhile', async () => {
    const world = await liveWorld(withChannels('alpha', 'bravo'));
    const { workspace, house, clock, network, server, socket } = world;
    // A hole costs a new reading, whose answer takes long; so does every other one.
    network.lag = (address) => (/bootstrap|streams\?/.test(address) ? 5_000 : 0);
    network.loses = (frame) => frame.op === 'ev';
    house.create('charlie');
    await clock.advance(10);
    network.loses = () => false;
    house.create('delta');
    await clock.advance(600);
    expect(bootstraps(world)).toBe(1);
    // What the reading will say is settled. A pointer is missed because the subscriptions are lost, and these are noticed and made anew.
    server.loseSubscriptions();
    house.post(streamOf(house, 'alpha'));
    await clock.advance(3_500);
    socket.wake();
    await clock.advance(30_000);
    expect(countsOf(workspace, 'alpha')).toEqual({ unreadCount: 1, mentionCount: 0, messageCount: 1 });
  });

  test('a frame that was lost is found when the next one shows the gap, or by the ping: then all is read anew, once', async () => {
    const world = await liveWorld(withChannels('alpha'));
    const { workspace, house, clock, network } = world;
    network.loses = (frame) => frame.op === 'ev';
    house.create('bravo');
    await clock.advance(10);
    network.loses = () => false;
    house.create('charlie');
    await clock.advance(400);
    expect(namesOf(workspace)).toEqual(['alpha']);
    await clock.advance(200);
    expect(namesOf(workspace)).toHaveLength(3);
    expect(bootstraps(world)).toBe(1);
    network.loses = (frame) => frame.op === 'ev';
    house.create('delta');
    await clock.advance(10);
    network.loses = () => false;
    await clock.advance(300_000);
    expect(namesOf(workspace)).toHaveLength(4);
    expect([bootstraps(world), workspace.getSnapshot().state]).toEqual([2, 'live']);
  });

  test('after a cut everything is read anew where something was missed; else only where the streams are', async () => {
    const world = await liveWorld(withChannels('alpha'));
    const { workspace, house, clock, network } = world;
    network.cut();
    house.post(streamOf(house, 'alpha'));
    await clock.advance(5000);
    expect([workspace.getSnapshot().state, bootstraps(world), asked(world, `GET ${base}/streams?`).length]).toEqual(['live', 0, 1]);
    expect(countsOf(workspace, 'alpha').unreadCount).toBe(1);
    network.cut();
    house.create('bravo');
    house.join(streamOf(house, 'bravo'));
    await clock.advance(5000);
    expect(namesOf(workspace)).toHaveLength(2);
    expect(bootstraps(world)).toBeLessThanOrEqual(2);
    expect(network.open[0]!.side.rooms.size).toBe(2);
  });

  test('an answer that was overtaken by what the rooms told does not take it back', async () => {
    const world = await liveWorld((house) => {
      house.create('secret', { by: me, visibility: 'private' });
      house.create('open');
    });
    const { workspace, house, clock, network } = world;
    network.lag = (address) => (address.includes('/streams?') ? 1_000 : 0);
    network.cut();
    expect(await clock.until(() => asked(world, `GET ${base}/streams?`).length === 1)).toBe(true);
    house.leave(streamOf(house, 'secret'));
    house.join(streamOf(house, 'open'));
    await clock.advance(800);
    expect(namesOf(workspace)).toEqual(['open']);
    await clock.advance(10_000);
    expect(workspace.getSnapshot().streams).toEqual(house.list());
  });

  test('what one room tells while the other costs a new reading is not lost under it', async () => {
    const { workspace, house, clock, network } = await liveWorld(withChannels('alpha'));
    network.lag = (address) => (address.endsWith('/bootstrap') ? 1_000 : 0);
    network.loses = (frame) => frame.op === 'ev';
    house.create('bravo');
    await clock.advance(10);
    network.loses = () => false;
    house.create('charlie');
    await clock.advance(700);
    house.post(streamOf(house, 'alpha'), 'bob', { mentionsMe: true });
    await clock.advance(5_000);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'live', unreadNotifications: 1 });
    expect(workspace.getSnapshot().streams).toEqual(house.list());
  });

  test('one who becomes a member, or a guest, changes rooms', async () => {
    const world = await liveWorld((house) => {
      house.create('open');
      house.create('own', { by: me });
      house.me = { ...house.me, role: 'guest' };
    });
    const { workspace, house, clock, network } = world;
    expect(namesOf(workspace)).toEqual(['own']);
    house.setRole('member');
    await clock.advance(3_000);
    expect(network.open[0]!.side.rooms.size).toBe(2);
    expect([namesOf(workspace).length, workspace.getSnapshot().me?.role]).toEqual([2, 'member']);
    house.setRole('guest');
    await clock.advance(3_000);
    expect([namesOf(workspace), workspace.getSnapshot().state]).toEqual([['own'], 'live']);
    expect(network.open[0]!.side.rooms.size).toBe(1);
  });

  test('a list of rooms that was read before one of them was refused does not end the workspace', async () => {
    const { workspace, house, clock, network } = await liveWorld(withChannels('alpha'));
    network.lag = (address) => (address.endsWith('/bootstrap') ? 1_000 : 0);
    const [socket] = network.open;
    const { gen, head } = house.places[house.userRoom]!;
    socket!.receive({ op: 'resync', rooms: [{ room: house.userRoom, reason: 'position_ahead', gen, head }] });
    await clock.advance(10);
    // The answer that is on its way still names the workspace's room.
    house.me = { ...house.me, role: 'guest' };
    socket!.side.rooms.delete(house.workspaceRoom);
    socket!.receive({ op: 'revoked', rooms: [house.workspaceRoom] });
    await clock.advance(10_000);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'live', me: { role: 'guest' }, streams: [{ name: 'alpha' }] });
    expect(workspace.getSnapshot().problem).toBeUndefined();
    expect(socket!.side.rooms).toEqual(new Set([house.userRoom]));
  });

  test('a room that is refused is asked about, and given up when it is ours all the same', async () => {
    const world = await openWorld(withChannels('alpha'));
    world.server.closedRooms.add(world.house.workspaceRoom);
    await world.clock.advance(20_000);
    expect(world.workspace.getSnapshot()).toMatchObject({ state: 'offline', problem: { code: 'not_found' } });
    expect(bootstraps(world)).toBeLessThan(5);
  });

  test('says why it cannot be read, and goes on trying', async () => {
    const { workspace, server, clock } = await openWorld(withChannels('alpha'));
    server.refusals.set(`GET ${base}/bootstrap`, { code: 'unavailable', times: 6 });
    await clock.advance(20_000);
    expect(workspace.getSnapshot()).toMatchObject({ loading: false, streams: [{ name: 'alpha' }], state: 'live' });
    expect(workspace.getSnapshot().problem).toBeUndefined();

    const other = await openWorld();
    other.server.refusals.set(`GET ${base}/bootstrap`, { code: 'unavailable', times: 1000 });
    await other.clock.advance(20_000);
    expect(other.workspace.getSnapshot()).toMatchObject({ loading: true, problem: { code: 'unavailable' } });
    other.workspace.close();
    other.socket.close();
    await other.clock.advance(100);
    expect(other.clock.waiting).toBe(0);
  });

  test('ends when it may not be read, and closes without a trace', async () => {
    const { workspace, server, clock, socket } = await openWorld(withChannels('alpha'));
    server.refusals.set(`GET ${base}/bootstrap`, { code: 'forbidden', times: 1 });
    await clock.advance(20_000);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'offline', problem: { code: 'forbidden' } });
    workspace.close();
    socket.close();
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
  });

  test('watches notifications', async () => {
    const { workspace, house, clock } = await liveWorld(withChannels('alpha'));
    const seen: string[] = [];
    const stop = workspace.watchNotifications((change) => seen.push(change.type));
    house.post(streamOf(house, 'alpha'), 'bob', { mentionsMe: true });
    house.deletePost(streamOf(house, 'alpha'), 0);
    await clock.advance(10);
    stop();
    house.post(streamOf(house, 'alpha'), 'bob', { mentionsMe: true });
    await clock.advance(10);
    expect(seen).toEqual(['notification:new', 'notification:changed']);
    expect(workspace.getSnapshot().unreadNotifications).toBe(1);
  });
});

describe('reading', () => {
  test('is shown at once, told once, and known on the other devices', async () => {
    const world = await liveWorld(withChannels('alpha'));
    const { workspace, house, clock } = world;
    const alpha = streamOf(house, 'alpha');
    const other = openLiveWorkspace({ ...world, workspaceId });
    await clock.advance(5_000);
    for (let i = 0; i < 3; i++) house.post(alpha, 'bob', { mentionsMe: i === 0 });
    await clock.advance(4_000);
    expect([countsOf(workspace, 'alpha').unreadCount, workspace.getSnapshot().totals]).toEqual([3, { unread: 3, mentions: 1 }]);
    world.server.requests.length = 0;
    workspace.markRead(alpha.shared.id);
    expect([countsOf(workspace, 'alpha').unreadCount, workspace.getSnapshot().totals]).toEqual([0, { unread: 0, mentions: 0 }]);
    await clock.advance(10);
    expect([house.readOf(alpha).unreadCount, countsOf(other, 'alpha').unreadCount]).toEqual([0, 0]);
    house.post(alpha);
    await clock.advance(4_000);
    expect([countsOf(workspace, 'alpha').unreadCount, countsOf(other, 'alpha').unreadCount]).toEqual([1, 1]);
    expect(world.server.requests).toEqual([`POST ${base}/streams/${alpha.shared.id}/read`]);
  });

  test('along asks at most every 2 s, and tells the last position', async () => {
    const world = await liveWorld(withChannels('alpha'));
    const { workspace, house, clock } = world;
    const alpha = streamOf(house, 'alpha');
    for (let i = 0; i < 100; i++) {
      workspace.markRead(alpha.shared.id, house.post(alpha).seq);
      await clock.advance(100);
    }
    await clock.advance(5_000);
    expect([countsOf(workspace, 'alpha').unreadCount, house.readOf(alpha).readSeq]).toEqual([0, 100]);
    expect(asked(world, 'POST').length).toBeLessThanOrEqual(7);
    expect(asked(world, 'GET')).toEqual([]);
    // What is read already costs nothing.
    world.server.requests.length = 0;
    workspace.markRead(alpha.shared.id, 100);
    await clock.advance(5_000);
    expect(world.server.requests).toEqual([]);
  });

  test('that failed on its way stays forgotten when the message is made unread', async () => {
    const { workspace, house, server, network, clock } = await liveWorld(withChannels('alpha'));
    const alpha = streamOf(house, 'alpha');
    const post = house.post(alpha);
    await clock.advance(5_000);
    // The request is refused late, after the reader has changed their mind; the server takes the next ones.
    network.lag = (address) => (address.endsWith('/read') ? 3_000 : 0);
    server.refusals.set(`POST ${base}/streams/${alpha.shared.id}/read`, { code: 'internal', times: 1 });
    workspace.markRead(alpha.shared.id, post.seq);
    await clock.advance(100);
    const unread = workspace.markUnread(alpha.shared.id, post.id);
    await clock.advance(120_000);
    await unread;
    expect([house.readOf(alpha).unreadCount, countsOf(workspace, 'alpha').unreadCount]).toEqual([1, 1]);
  });

  test('is the last word when it comes while a message is being made unread', async () => {
    const { workspace, house, network, clock } = await liveWorld(withChannels('alpha'));
    const alpha = streamOf(house, 'alpha');
    const post = house.post(alpha);
    await clock.advance(5_000);
    network.lag = (address) => (address.endsWith('/read') ? 3_000 : 0);
    workspace.markRead(alpha.shared.id, post.seq);
    await clock.advance(100);
    const unread = workspace.markUnread(alpha.shared.id, post.id);
    await clock.advance(100);
    const next = house.post(alpha);
    workspace.markRead(alpha.shared.id, next.seq);
    await clock.advance(120_000);
    await unread;
    expect([house.readOf(alpha).readSeq, countsOf(workspace, 'alpha').unreadCount]).toEqual([next.seq, 0]);
  });

  test('what waits is told when the workspace is closed', async () => {
    const { workspace, house, clock } = await liveWorld(withChannels('alpha'));
    const alpha = streamOf(house, 'alpha');
    workspace.markRead(alpha.shared.id, house.post(alpha).seq);
    await clock.advance(100);
    workspace.markRead(alpha.shared.id, house.post(alpha).seq);
    workspace.close();
    await clock.advance(10);
    expect(house.readOf(alpha).readSeq).toBe(2);
  });

  test('where one is no member does nothing', async () => {
    const world = await liveWorld((house) => void house.create('alpha'));
    world.workspace.markRead(streamOf(world.house, 'alpha').shared.id);
    world.workspace.markRead('str_unknown');
    await world.clock.advance(5_000);
    expect(world.server.requests).toEqual([]);
  });

  test('that cannot be told now is told later; that is refused is taken back', async () => {
    const world = await liveWorld(withChannels('alpha'));
    const { workspace, house, clock, server } = world;
    const alpha = streamOf(house, 'alpha');
    house.post(alpha);
    await clock.advance(4_000);
    server.refusals.set(`POST ${base}/streams/${alpha.shared.id}/read`, { code: 'unavailable', times: 6 });
    workspace.markRead(alpha.shared.id);
    await clock.advance(60_000);
    expect([countsOf(workspace, 'alpha').unreadCount, house.readOf(alpha).unreadCount]).toEqual([0, 0]);
    house.post(alpha);
    await clock.advance(4_000);
    server.refusals.set(`POST ${base}/streams/${alpha.shared.id}/read`, { code: 'forbidden', times: 1 });
    workspace.markRead(alpha.shared.id);
    await clock.advance(4_000);
    expect([countsOf(workspace, 'alpha').unreadCount, house.readOf(alpha).unreadCount]).toEqual([1, 1]);
  });

  test('can be undone from a message on, also while it is being told', async () => {
    const { workspace, house, clock } = await liveWorld(withChannels('alpha'));
    const alpha = streamOf(house, 'alpha');
    const posts = [house.post(alpha), house.post(alpha), house.post(alpha)];
    await clock.advance(4_000);
    workspace.markRead(alpha.shared.id);
    await Promise.all([workspace.markUnread(alpha.shared.id, posts[1]!.id), clock.advance(100)]);
    expect([countsOf(workspace, 'alpha').unreadCount, house.readOf(alpha).unreadCount]).toEqual([2, 2]);
    house.post(alpha);
    await clock.advance(6_000);
    expect(countsOf(workspace, 'alpha').unreadCount).toBe(3);
  });

  test('own messages are not unread, wherever they were written', async () => {
    const { workspace, house, clock } = await liveWorld(withChannels('alpha'));
    const alpha = streamOf(house, 'alpha');
    house.post(alpha);
    house.post(alpha, me);
    house.post(alpha);
    await clock.advance(4_000);
    expect(countsOf(workspace, 'alpha')).toEqual({ unreadCount: 1, mentionCount: 0, messageCount: 3 });
  });

  test('what changes counts otherwise (a deletion, an @here) is read: once, a while later', async () => {
    const world = await liveWorld(withChannels('alpha'));
    const { workspace, house, clock } = world;
    const alpha = streamOf(house, 'alpha');
    for (let i = 0; i < 3; i++) house.post(alpha);
    await clock.advance(4_000);
    house.deletePost(alpha, 1);
    house.post(alpha, 'bob', { here: true });
    await clock.advance(10_000);
    expect(countsOf(workspace, 'alpha')).toEqual({ unreadCount: 3, mentionCount: 1, messageCount: 4 });
    expect(asked(world, 'GET').length).toBeLessThanOrEqual(2);
  });
});
