import { describe, expect, test } from '@jest/globals';
import { openLiveWorkspace } from '../../client/live-workspace.ts';
import type { LiveWorkspace } from '../../client/live-workspace.ts';
import { calm } from './fake-network.ts';
import { workspaceId, workspaceRoom } from './fake-server.ts';
import { makeWorld } from './world.ts';
import type { World } from './world.ts';

const streamsPath = `/v1/workspaces/${workspaceId}/streams`;
const namesOf = (workspace: LiveWorkspace): (string | null)[] => workspace.getSnapshot().streams.map((stream) => stream.name);
const lists = ({ server }: World): number => server.requests.filter((request) => request.startsWith(`GET ${streamsPath}?limit=200`)).length;

function openWorld(names: readonly string[]): World & { workspace: LiveWorkspace } {
  const world = makeWorld();
  for (const name of names) world.server.createStream(name);
  return { ...world, workspace: openLiveWorkspace({ ...world, workspaceId }) };
}

async function liveWorld(names: readonly string[]): Promise<World & { workspace: LiveWorkspace }> {
  const world = openWorld(names);
  expect(await world.clock.until(() => world.workspace.getSnapshot().state === 'live')).toBe(true);
  world.server.requests.length = 0;
  return world;
}

describe('a live workspace', () => {
  test('lists all pages, by name, and shows them before the socket is there', async () => {
    const { workspace, network, clock } = openWorld(['charlie', 'alpha', 'Bravo', 'delta', 'Éclair']);
    network.refusals.push(1006, 1006, 1006);
    expect(workspace.getSnapshot()).toEqual({ state: 'connecting', streams: [], loading: true });
    await clock.advance(100);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'offline', loading: false });
    expect(namesOf(workspace)).toEqual(['alpha', 'Bravo', 'charlie', 'delta', 'Éclair']);
    await clock.advance(10_000);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'live', loading: false });
    expect(namesOf(workspace)).toHaveLength(5);
  });

  test('shows a new stream where it belongs, without asking', async () => {
    const world = await liveWorld(['alpha', 'charlie']);
    const before = world.workspace.getSnapshot();
    expect(world.workspace.getSnapshot()).toBe(before);
    world.server.createStream('bravo');
    await world.clock.advance(10);
    expect(namesOf(world.workspace)).toEqual(['alpha', 'bravo', 'charlie']);
    expect(world.server.requests).toEqual([]);
  });

  test('what was put by hand stays as it is when the socket tells of it', async () => {
    const { workspace, server, clock, network } = await liveWorld(['alpha']);
    network.weather = { ...calm, delayMs: 100 };
    const mine = server.createStream('mine');
    workspace.put(mine);
    expect(namesOf(workspace)).toEqual(['alpha', 'mine']);
    await clock.advance(1000);
    expect(workspace.getSnapshot().streams.find(({ name }) => name === 'mine')?.isMember).toBe(true);
  });

  test('what was put by hand survives a list that was asked for before', async () => {
    const { workspace, server, clock, network } = openWorld(['alpha']);
    network.weather = { ...calm, delayMs: 100 };
    await clock.advance(150);
    const mine = { ...server.streams[0]!, id: 'str_01kb000000000000000000000z', name: 'mine' } as (typeof server.streams)[0];
    workspace.put(mine);
    await clock.until(() => !workspace.getSnapshot().loading);
    expect(namesOf(workspace)).toContain('mine');
  });

  test('a stream whose frame was lost is found when the next one shows the gap, or by the ping', async () => {
    const world = await liveWorld(['alpha']);
    const { workspace, server, clock, network } = world;
    network.loses = (frame) => frame.op === 'ev';
    server.createStream('bravo');
    await clock.advance(10);
    network.loses = () => false;
    server.createStream('charlie');
    await clock.advance(400);
    expect(namesOf(workspace)).toEqual(['alpha']);
    await clock.advance(200);
    expect(namesOf(workspace)).toEqual(['alpha', 'bravo', 'charlie']);
    network.loses = (frame) => frame.op === 'ev';
    server.createStream('delta');
    await clock.advance(10);
    network.loses = () => false;
    await clock.advance(300_000);
    expect(namesOf(workspace)).toHaveLength(4);
    expect(workspace.getSnapshot().state).toBe('live');
  });

  test('after a cut it lists again only when something was missed', async () => {
    const world = await liveWorld(['alpha']);
    const { workspace, server, clock, network } = world;
    network.cut();
    await clock.advance(5000);
    expect([workspace.getSnapshot().state, lists(world)]).toEqual(['live', 0]);
    network.cut();
    server.createStream('bravo');
    await clock.advance(5000);
    expect(namesOf(workspace)).toEqual(['alpha', 'bravo']);
    expect(lists(world)).toBe(1);
    expect(network.open[0]!.side.rooms).toEqual(new Set([workspaceRoom]));
  });

  test('says why the list cannot be read, and goes on trying', async () => {
    const { workspace, server, clock } = openWorld(['alpha']);
    server.refusals.set(`GET ${streamsPath}`, { code: 'unavailable', times: 6 });
    await clock.advance(20_000);
    expect(workspace.getSnapshot()).toMatchObject({ loading: false, streams: [{ name: 'alpha' }], state: 'live' });
    expect(workspace.getSnapshot().problem).toBeUndefined();

    const other = openWorld([]);
    other.server.refusals.set(`GET ${streamsPath}`, { code: 'unavailable', times: 1000 });
    await other.clock.advance(20_000);
    expect(other.workspace.getSnapshot()).toMatchObject({ loading: true, problem: { code: 'unavailable' } });
  });

  test('ends when it may not be read, and closes without a trace', async () => {
    const { workspace, server, clock, socket } = openWorld(['alpha']);
    server.refusals.set(`GET ${streamsPath}`, { code: 'forbidden', times: 1 });
    await clock.advance(20_000);
    expect(workspace.getSnapshot()).toMatchObject({ state: 'offline', problem: { code: 'forbidden' } });
    workspace.close();
    socket.close();
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
  });
});
