import { describe, expect, test } from '@jest/globals';
import { calm } from './fake-network.ts';
import { me, streamRoom } from './fake-server.ts';
import { liveWorld } from './world.ts';

describe('who is typing', () => {
  test('is shown until it runs out or the message is there', async () => {
    const { stream, server, clock } = await liveWorld(1);
    server.signal('bob');
    await clock.advance(2000);
    server.signal('eve');
    server.signal('bob', 'presence');
    server.signal(me);
    await clock.advance(10);
    const before = stream.getSnapshot();
    expect(before.typists).toEqual(['bob', 'eve']);
    server.signal('bob');
    await clock.advance(10);
    expect(stream.getSnapshot()).toBe(before);
    server.append('here it is', 'eve');
    await clock.advance(10);
    expect(stream.getSnapshot().typists).toEqual(['bob']);
    server.edit(server.events[0]!, 'an edit is no message');
    await clock.advance(5000);
    expect(stream.getSnapshot().typists).toEqual(['bob']);
    await clock.advance(1000);
    expect(stream.getSnapshot().typists).toEqual([]);
    stream.close();
    server.signal('bob');
    await clock.advance(10);
    expect(stream.getSnapshot().typists).toEqual([]);
  });

  test('is told every 3 s, not with each key; and anew after a message was sent', async () => {
    const { stream, network, clock } = await liveWorld(1);
    const told = (): number => network.sent.filter((frame) => frame.op === 'signal').length;
    for (let key = 0; key < 60; key++) {
      stream.typing();
      await clock.advance(100);
    }
    expect(told()).toBe(2);
    expect(network.sent.find((frame) => frame.op === 'signal')).toMatchObject({ d: { room: streamRoom, type: 'typing' } });
    stream.typing();
    stream.send('done');
    stream.typing();
    await clock.advance(10);
    expect(told()).toBe(4);
  });

  test('is told to nobody while there is no connection, and as soon as there is one', async () => {
    const { stream, network, clock, socket } = await liveWorld(1);
    network.weather = { ...calm, refuse: 2 };
    network.cut();
    await clock.advance(100);
    stream.typing();
    expect(socket.signal(streamRoom, 'presence', { status: 'away' })).toBe(false);
    network.weather = calm;
    await clock.advance(60_000);
    stream.typing();
    await clock.advance(10);
    expect(network.sent.filter((frame) => frame.op === 'signal')).toHaveLength(1);
    expect(socket.signal(streamRoom, 'presence', { status: 'away' })).toBe(true);
  });
});
