import { describe, expect, test } from '@jest/globals';
import type { LiveStream } from '../../client/stream/live-stream.ts';
import { streamId, workspaceId } from './fake-server.ts';
import { liveWorld, makeWorld } from './world.ts';
import type { World } from './world.ts';

const eventsPath = `/v1/workspaces/${workspaceId}/streams/${streamId}/events`;
const previewsOf = (stream: LiveStream): unknown[] =>
  stream.getSnapshot().events.map(({ sharedRef }) => {
    const preview = sharedRef?.preview;
    return preview?.state === 'visible' ? preview.text : preview?.state;
  });
const reads = ({ server }: World): string[] => server.requests.filter((request) => request.startsWith(`GET ${eventsPath}/`));

describe('a shared event', () => {
  test('that comes with a page is not read again', async () => {
    const world = makeWorld();
    world.server.share('original');
    const stream = world.openStream();
    await world.clock.advance(5000);
    expect(previewsOf(stream)).toEqual(['original']);
    expect(reads(world)).toEqual([]);
  });

  test('that comes by frame is read once for what it shares; the old preview stays until the new one is there', async () => {
    const world = await liveWorld(0);
    const { stream, server, clock } = world;
    const shared = server.share('original');
    await clock.advance(0);
    expect(previewsOf(stream)).toEqual([undefined]);
    await clock.advance(1000);
    expect(previewsOf(stream)).toEqual(['original']);
    const seen: unknown[] = [];
    stream.subscribe(() => seen.push(previewsOf(stream)[0]));
    server.editOriginal(server.events[0]!, 'better');
    await clock.advance(1000);
    expect([...new Set(seen)]).toEqual(['original', 'better']);
    expect(reads(world)).toEqual([`GET ${eventsPath}/${shared.id}`, `GET ${eventsPath}/${shared.id}`]);
    expect(stream.getSnapshot().events).toEqual(server.shown);
    server.delete(server.events[0]!);
    await clock.advance(1000);
    expect(stream.getSnapshot().events).toEqual(server.shown);
    expect(reads(world)).toHaveLength(2);
  });

  test('many of them are read a few at a time', async () => {
    const world = await liveWorld(0);
    const { stream, server, clock, network } = world;
    let open = 0;
    let most = 0;
    network.lag = (address) => {
      if (!address.includes('evt_')) return 0;
      most = Math.max(most, ++open);
      clock.after(300, () => open--);
      return 300;
    };
    for (let i = 0; i < 20; i++) server.share(`original ${i}`);
    await clock.advance(20_000);
    expect(previewsOf(stream)).toEqual(Array.from({ length: 20 }, (_, i) => `original ${i}`));
    expect([most <= 4, reads(world).length]).toEqual([true, 20]);
  });

  test('that cannot be read now is read later; that cannot be read at all is left alone', async () => {
    const world = await liveWorld(0);
    const { stream, server, clock } = world;
    const shared = server.share('original');
    server.refusals.set(`GET ${eventsPath}/${shared.id}`, { code: 'unavailable', times: 9 });
    await clock.advance(60_000);
    expect(previewsOf(stream)).toEqual(['original']);
    const gone = server.share('hidden');
    server.refusals.set(`GET ${eventsPath}/${gone.id}`, { code: 'not_found', times: 9 });
    server.requests.length = 0;
    await clock.advance(60_000);
    expect(previewsOf(stream)).toEqual(['original', undefined]);
    expect(reads(world)).toHaveLength(1);
    stream.close();
    world.socket.close();
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
  });
});
