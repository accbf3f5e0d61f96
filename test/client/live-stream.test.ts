import { describe, expect, test } from '@jest/globals';
import { streamRoom } from './fake-server.ts';
import { makeWorld, textsOf } from './world.ts';

describe('a live stream', () => {
  test('shows the newest page, then everything as it happens', async () => {
    const { server, openStream, clock, network } = makeWorld();
    for (let i = 1; i <= 5; i++) server.append(`m${i}`);
    const stream = openStream(3);
    expect(stream.getSnapshot()).toMatchObject({ state: 'connecting', events: [], position: 0 });
    expect(await clock.until(() => stream.getSnapshot().state === 'live')).toBe(true);
    expect(textsOf(stream)).toEqual(['m3', 'm4', 'm5']);
    expect(stream.getSnapshot()).toMatchObject({ hasOlder: true, position: 5, pending: [] });

    const [, fourth] = stream.getSnapshot().events;
    server.append('m6');
    server.edit(fourth!, 'm4, better');
    server.delete(server.events[4]!);
    await clock.advance(10);
    expect(textsOf(stream)).toEqual(['m3', 'm4, better', null, 'm6']);
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', position: 8 });
    expect(network.sent.map((frame) => frame.op)).toEqual(['hello', 'sub']);
    expect(network.sent[1]).toMatchObject({ d: { rooms: [{ room: streamRoom, gen: 'g1', seq: 5 }] } });
  });
});
