import { describe, expect, test } from '@jest/globals';
import type { LiveStream } from '../../client/stream/live-stream.ts';
import { calm } from './fake-network.ts';
import { me, streamId, workspaceId } from './fake-server.ts';
import { liveWorld, makeWorld, textsOf } from './world.ts';

const eventsPath = `/v1/workspaces/${workspaceId}/streams/${streamId}/events`;
const reactionsOf = (stream: LiveStream, index = 0): string[] =>
  stream
    .getSnapshot()
    .events[index]!.reactions.map(({ emoji, count, userIds }) => `${emoji}${count}${userIds.includes(me as never) ? ' mine' : ''}`);

describe('a reaction of ours', () => {
  test('shows at once, and the answer and the frame change nothing about it', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    network.weather = { ...calm, delayMs: 200 };
    const [event] = server.events;
    server.react(event!, 'bob', '👍', true);
    await clock.advance(1000);
    const states: string[] = [];
    stream.subscribe(() => states.push(reactionsOf(stream).join(' ')));
    const reacting = stream.react(event!.id, '👍');
    expect(reactionsOf(stream)).toEqual(['👍2 mine']);
    await clock.advance(1000);
    await reacting;
    expect(reactionsOf(stream)).toEqual(['👍2 mine']);
    expect(new Set(states)).toEqual(new Set(['👍2 mine']));
    const before = stream.getSnapshot();
    expect(before.events).toBe(stream.getSnapshot().events);
    expect(before.events).toEqual(server.shown);
  });

  test('is taken back at once', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    const [event] = server.events;
    await Promise.all([stream.react(event!.id, '🎉'), clock.advance(10)]);
    network.weather = { ...calm, delayMs: 200 };
    const unreacting = stream.unreact(event!.id, '🎉');
    expect(reactionsOf(stream)).toEqual([]);
    await Promise.all([unreacting, clock.advance(1000)]);
    expect([reactionsOf(stream), server.events[0]!.reactions]).toEqual([[], []]);
  });

  test('that the server refuses goes again, and says why', async () => {
    const { stream, server, clock } = await liveWorld(1);
    const [event] = server.events;
    server.refusals.set(`POST ${eventsPath}/${event!.id}/reactions`, { code: 'limit_reached', times: 1 });
    const reacting = stream.react(event!.id, '🎉');
    const refused = expect(reacting).rejects.toMatchObject({ problem: { code: 'limit_reached' } });
    expect(reactionsOf(stream)).toEqual(['🎉1 mine']);
    await clock.advance(10);
    await refused;
    expect(reactionsOf(stream)).toEqual([]);
  });

  test('on and off in a hurry ends as the last word was, however the network orders things', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    const [event] = server.events;
    network.weather = { ...calm, delayMs: 1000 };
    const all = [
      stream.react(event!.id, '🎉'),
      stream.unreact(event!.id, '🎉'),
      stream.react(event!.id, '👍'),
      stream.react(event!.id, '🎉'),
    ];
    expect(reactionsOf(stream)).toEqual(['👍1 mine', '🎉1 mine']);
    await Promise.all([...all, clock.advance(20_000)]);
    expect(new Set(reactionsOf(stream))).toEqual(new Set(['👍1 mine', '🎉1 mine']));
    expect(stream.getSnapshot().events).toEqual(server.shown);
  });

  test.each(Array.from({ length: 12 }, (_, seed) => seed))('is told in the order in which it was done (%i)', async (seed) => {
    const world = makeWorld(seed);
    const { server, clock, network } = world;
    const { id } = server.append('m1');
    const stream = world.openStream();
    await clock.advance(100);
    network.weather = { ...calm, delayMs: 1000 };
    const all = [stream.react(id, '🎉'), stream.unreact(id, '🎉'), stream.react(id, '🎉'), stream.unreact(id, '🎉')];
    await Promise.all([...all, clock.advance(20_000)]);
    expect([reactionsOf(stream), server.events[0]!.reactions]).toEqual([[], []]);
  });

  test('stays where its answer waits behind a hole', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    network.loses = (frame) => frame.op === 'ev';
    server.append('m2');
    await clock.advance(10);
    network.loses = () => false;
    const states = new Set<string>();
    const reacting = stream.react(server.events[0]!.id, '🎉');
    stream.subscribe(() => states.add(reactionsOf(stream).join(' ')));
    await Promise.all([reacting, clock.advance(2000)]);
    expect(textsOf(stream)).toEqual(['m1', 'm2']);
    expect(states).toEqual(new Set(['🎉1 mine']));
    await Promise.all([stream.unreact(server.events[0]!.id, '🎉'), clock.advance(10)]);
    expect(stream.getSnapshot().events).toEqual(server.shown);
  });

  test('of a stream that is not told who reads shows when the server has answered', async () => {
    const { streambed, socket, server, clock } = await liveWorld(1);
    const { openLiveStream } = await import('../../client/stream/live-stream.ts');
    const stream = openLiveStream({ streambed, socket, workspaceId, streamId, clock });
    await clock.advance(100);
    const reacting = stream.react(server.events[0]!.id, '🎉');
    expect(reactionsOf(stream)).toEqual([]);
    await Promise.all([reacting, clock.advance(10)]);
    expect(reactionsOf(stream)).toEqual(['🎉1 mine']);
  });
});

describe('other changes of ours', () => {
  test('votes and pins show with the answer, without waiting for the frame', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    network.loses = (frame) => frame.op === 'ev';
    const [event] = server.events;
    await Promise.all([stream.vote(event!.id, ['opt_1']), clock.advance(10)]);
    expect(stream.getSnapshot().events[0]!.payload).toEqual({ voted: ['opt_1'] });
    await Promise.all([stream.pin(event!.id), clock.advance(10)]);
    expect(stream.getSnapshot().events[0]!.pinnedBy).toBe(me);
    await Promise.all([stream.unpin(event!.id), clock.advance(10)]);
    expect(stream.getSnapshot().events[0]!.pinnedAt).toBeNull();
    expect(stream.getSnapshot().events).toEqual(server.shown);
  });

  test('anything can be posted, and is shown as it is until it is there', async () => {
    const { stream, server, clock } = await liveWorld(0);
    stream.send({ eventType: 'poll', question: 'Lunch?', options: ['yes', 'no'] });
    stream.send({ eventType: 'acme.deployed', text: 'Deployed', payload: { version: 3 } });
    stream.send('hello');
    expect(stream.getSnapshot().pending).toMatchObject([
      { eventType: 'poll', text: 'Lunch?', status: 'sending', body: { options: ['yes', 'no'] } },
      { eventType: 'acme.deployed', text: 'Deployed' },
      { eventType: 'message', text: 'hello' },
    ]);
    await clock.advance(100);
    expect(stream.getSnapshot().pending).toEqual([]);
    expect(textsOf(stream)).toEqual(['Lunch?', 'Deployed', 'hello']);
    expect(server.events.map(({ eventType, payload }) => [eventType, payload])).toEqual([
      ['poll', null],
      ['acme.deployed', { version: 3 }],
      ['message', null],
    ]);
  });
});

describe('an edit', () => {
  test('goes on when somebody only reacts meanwhile, and not when they change the words', async () => {
    const { stream, server, clock, network } = await liveWorld(2);
    const [first, second] = server.events;
    network.weather = { ...calm, delayMs: 2_000 };
    server.react(first!, 'bob', '👍', true);
    server.edit(second!, 'theirs');
    network.weather = calm;
    const edits = Promise.allSettled([stream.edit(first!.id, 'ours'), stream.edit(second!.id, 'ours')]);
    await clock.advance(5_000);
    const [reacted, rewritten] = await edits;
    expect(reacted.status).toBe('fulfilled');
    expect(rewritten).toMatchObject({ status: 'rejected', reason: { problem: { code: 'precondition_failed' } } });
    expect(textsOf(stream)).toEqual(['ours', 'theirs']);
  });
});
