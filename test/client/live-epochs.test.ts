import { describe, expect, test } from '@jest/globals';
import { openLiveEpochs } from '../../client/epochs/live-epochs.ts';
import type { LiveEpochs } from '../../client/epochs/live-epochs.ts';
import type { RelatedFrame } from '../../contract/frames.ts';
import { chance } from './fake-clock.ts';
import { calm } from './fake-network.ts';
import { streamId, streamRoom, workspaceId } from './fake-server.ts';
import { makeWorld } from './world.ts';
import type { World } from './world.ts';

const listing = `GET /v1/workspaces/${workspaceId}/streams/${streamId}/epochs`;
const lists = ({ server }: World): number => server.requests.filter((name) => name.startsWith(listing)).length;

async function liveEpochs(count: number, { pageSize = 50, seed = 1 } = {}): Promise<World & { epochs: LiveEpochs }> {
  const world = makeWorld(seed);
  for (let n = 0; n < count; n++) world.server.epochs.open();
  const { streambed, socket, clock } = world;
  const epochs = openLiveEpochs({ streambed, socket, workspaceId, streamId, pageSize, clock });
  const isLive = () => !epochs.getSnapshot().loading && [...world.server.connections].some(({ rooms }) => rooms.has(streamRoom));
  if (!(await clock.until(isLive))) throw new Error('the epochs did not become live');
  await clock.advance(2_000);
  world.server.requests.length = 0;
  return { ...world, epochs };
}

describe('the epochs of a stream', () => {
  test('are listed once, and then follow what the room is told', async () => {
    const world = await liveEpochs(3);
    const { epochs, server, clock } = world;
    expect(epochs.getSnapshot()).toEqual({ epochs: server.epochs.list(), hasOlder: false, loading: false, loadingOlder: false });
    server.epochs.open();
    server.epochs.label(1, 'A name');
    server.epochs.merge(1);
    server.epochs.split(0);
    await clock.advance(100);
    expect(epochs.getSnapshot().epochs).toEqual(server.epochs.list());
    expect(lists(world)).toBe(0);
    epochs.close();
    server.epochs.open();
    await clock.advance(1_000);
    expect(epochs.getSnapshot().epochs).not.toEqual(server.epochs.list());
    world.socket.close();
    await clock.advance(1_000);
    expect(clock.waiting).toBe(0);
  });

  test('tell whoever watches once for each change, and nobody when there is none', async () => {
    const { epochs, server, clock } = await liveEpochs(1);
    let told = 0;
    epochs.subscribe(() => told++);
    server.epochs.open();
    await clock.advance(100);
    expect(told).toBe(1);
    epochs.refresh();
    const before = epochs.getSnapshot().epochs;
    await clock.advance(1_000);
    expect(epochs.getSnapshot().epochs).toEqual(before);
  });

  test('are listed anew once where not all was told, however many frames say so', async () => {
    const world = await liveEpochs(1, { pageSize: 200 });
    for (let n = 0; n < 5; n++) world.server.epochs.import(10);
    await world.clock.advance(1_000);
    expect(world.epochs.getSnapshot().epochs).toEqual(world.server.epochs.list());
    expect(lists(world)).toBe(1);
  });

  test('are read a page at a time, and kept as far back as they were read', async () => {
    const world = await liveEpochs(7, { pageSize: 3 });
    const { epochs, server, clock, network } = world;
    const shown = () => epochs.getSnapshot().epochs;
    expect({ shown: shown(), hasOlder: epochs.getSnapshot().hasOlder }).toEqual({
      shown: server.epochs.list().slice(0, 3),
      hasOlder: true,
    });
    const loading = epochs.loadOlder();
    await clock.advance(100);
    await loading;
    expect(shown()).toEqual(server.epochs.list().slice(0, 6));
    network.cut();
    server.epochs.open();
    await clock.until(() => shown().length === 7 || shown()[0]?.id === server.epochs.list()[0]?.id, 60_000);
    await clock.advance(5_000);
    expect(shown()).toEqual(server.epochs.list().slice(0, shown().length));
    expect(shown().length).toBeGreaterThanOrEqual(6);
  });

  test('are what they are on the server when an older page is of another revision', async () => {
    const { epochs, server, clock, network } = await liveEpochs(7, { pageSize: 3 });
    network.weather = { ...calm, drop: 1 };
    server.epochs.merge(1);
    await clock.advance(100);
    network.weather = calm;
    const loading = epochs.loadOlder();
    await clock.advance(3_000);
    await loading;
    expect(epochs.getSnapshot().epochs).toEqual(server.epochs.list().slice(0, epochs.getSnapshot().epochs.length));
  });

  test('lose nothing for good with a frame that was lost while the connection lived', async () => {
    const { epochs, server, clock, network } = await liveEpochs(2);
    network.weather = { ...calm, drop: 1 };
    server.epochs.label(0, 'Lost');
    await clock.advance(100);
    network.weather = calm;
    await clock.advance(1_000);
    expect(epochs.getSnapshot().epochs).not.toEqual(server.epochs.list());
    await clock.advance(300_000);
    expect(epochs.getSnapshot().epochs).toEqual(server.epochs.list());
  });

  test('say why they cannot be listed, and are listed when they can', async () => {
    const world = makeWorld();
    const { streambed, socket, clock, server } = world;
    server.epochs.open();
    server.refusals.set(listing, { code: 'unavailable', times: 20 });
    const epochs = openLiveEpochs({ streambed, socket, workspaceId, streamId, clock });
    expect(await clock.until(() => epochs.getSnapshot().problem?.code === 'unavailable')).toBe(true);
    expect(await clock.until(() => epochs.getSnapshot().problem === undefined, 300_000)).toBe(true);
    expect(epochs.getSnapshot().epochs).toEqual(server.epochs.list());
  });

  test('end where they may not be read', async () => {
    const world = makeWorld();
    const { streambed, socket, clock, server } = world;
    server.refusals.set(listing, { code: 'not_found', times: 99 });
    const epochs = openLiveEpochs({ streambed, socket, workspaceId, streamId, clock });
    expect(await clock.until(() => epochs.getSnapshot().problem?.code === 'not_found')).toBe(true);
    const asked = lists(world);
    await clock.advance(600_000);
    expect(lists(world)).toBe(asked);
  });
});

describe('what the newest epoch is related to', () => {
  const tell = ({ server }: World, epochId: string): void => {
    const frame = { op: 'related', room: streamRoom, epochId, items: [] } as unknown as RelatedFrame;
    for (const side of server.connections) if (side.rooms.has(streamRoom)) side.push(frame);
  };

  test('is what was told last, and unknown again after a silence', async () => {
    const world = await liveEpochs(2);
    const [newest, older] = world.server.epochs.list();
    expect(world.epochs.getSnapshot().related).toBeUndefined();
    tell(world, older?.id ?? '');
    tell(world, newest?.id ?? '');
    await world.clock.advance(100);
    expect(world.epochs.getSnapshot().related).toEqual({ epochId: newest?.id, items: [] });
    world.network.cut();
    expect(await world.clock.until(() => world.epochs.getSnapshot().related === undefined)).toBe(true);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('in any weather they come to what the server has: seed %p', async (seed) => {
  const world = await liveEpochs(3, { pageSize: 4, seed });
  const { epochs, server, clock, network } = world;
  const random = chance(seed * 77);
  const upTo = (n: number): number => Math.floor(random() * n);
  network.weather = { drop: 0.2, duplicate: 0.2, delayMs: 800, httpFailure: 0.2, refuse: 0.2 };
  for (let n = 0; n < 60; n++) {
    const count = server.epochs.list().length;
    const change = [
      () => server.epochs.open(1 + upTo(4)),
      () => server.epochs.label(upTo(count), `label ${n}`),
      () => server.epochs.merge(upTo(count)),
      () => server.epochs.split(upTo(count)),
      () => server.epochs.import(1 + upTo(5)),
      () => network.cut(),
      () => void epochs.loadOlder().catch(() => undefined),
    ][upTo(7)];
    change?.();
    await clock.advance(upTo(1_000));
  }
  network.weather = calm;
  const shown = () => epochs.getSnapshot().epochs;
  const isSame = () => JSON.stringify(shown()) === JSON.stringify(server.epochs.list().slice(0, shown().length));
  // Without another frame, the next look at the room finds what was lost.
  await clock.advance(300_000);
  expect(await clock.until(isSame, 60_000)).toBe(true);
  expect(epochs.getSnapshot().hasOlder).toBe(shown().length < server.epochs.list().length);
  epochs.close();
  world.socket.close();
});
