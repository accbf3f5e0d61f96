import { describe, expect, test } from '@jest/globals';
import type { LiveSnapshot, LiveStream } from '../../client/stream/live-stream.ts';
import type { FakeNetwork } from './fake-network.ts';
import { calm } from './fake-network.ts';
import { itemOf, me, problem, streamId, streamRoom, workspaceId } from './fake-server.ts';
import { liveWorld, makeWorld, textsOf } from './world.ts';

const eventsPath = `/v1/workspaces/${workspaceId}/streams/${streamId}/events`;

/** Loses the frames of what `work` does. */
function losing(network: FakeNetwork, work: () => void): void {
  network.weather = { ...calm, drop: 1 };
  work();
  network.weather = calm;
}

function statesOf(stream: LiveStream): string[] {
  const states: string[] = [];
  stream.subscribe(() => {
    const { state } = stream.getSnapshot();
    if (states.at(-1) !== state) states.push(state);
  });
  return states;
}

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
    expect(network.sent).toMatchObject([{ op: 'hello', d: { v: 1, resume: { rooms: [{ room: streamRoom, gen: 'g1', seq: 5 }] } } }]);
  });

  test('the snapshot stays the same object until something changed', async () => {
    const { stream, server, clock } = await liveWorld(2);
    const before = stream.getSnapshot();
    let told = 0;
    stream.subscribe(() => told++);
    await clock.advance(1000);
    expect(stream.getSnapshot()).toBe(before);
    server.append('m3');
    await clock.advance(1);
    expect([told, stream.getSnapshot() === before, stream.getSnapshot().events === before.events]).toEqual([1, false, false]);
    expect(before.events).toHaveLength(2);
  });

  test('a lost frame is pulled 500 ms after the next one showed the hole; until then nothing is shown behind it', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    losing(network, () => server.append('m2'));
    server.append('m3');
    await clock.advance(450);
    expect(textsOf(stream)).toEqual(['m1']);
    expect(stream.getSnapshot().state).toBe('live');
    expect(server.requests).toEqual([]);
    await clock.advance(100);
    expect(textsOf(stream)).toEqual(['m1', 'm2', 'm3']);
    expect(server.requests).toEqual([`GET ${eventsPath}?changedAfter=1&limit=200`]);
  });

  test('frames that only changed places ask nothing of the server', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    network.weather = { ...calm, delayMs: 300, duplicate: 1 };
    for (let i = 2; i <= 20; i++) server.append(`m${i}`);
    await clock.advance(400);
    expect(textsOf(stream)).toEqual(Array.from({ length: 20 }, (_, i) => `m${i + 1}`));
    expect(server.requests).toEqual([]);
  });

  test('64 frames behind a hole are enough to pull at once', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    losing(network, () => server.append('m2'));
    for (let i = 3; i <= 66; i++) server.append(`m${i}`);
    await clock.advance(20);
    expect(stream.getSnapshot().events).toHaveLength(66);
  });

  test('a change that this client cannot read is fetched as what it can read', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    losing(network, () => server.append('m2'));
    const [socket] = network.open;
    const item = { ...itemOf(server.events[1]!), type: 'reaction', data: { emoji: ':)' } };
    socket!.receive({ op: 'ev', room: streamRoom, gen: 'g1', ...item } as never);
    socket!.receive({ op: 'confetti' } as never);
    await clock.advance(600);
    expect(textsOf(stream)).toEqual(['m1', 'm2']);
  });

  test('the last message of a room that is quiet now is found by the ping', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    losing(network, () => server.append('m2'));
    await clock.advance(200_000);
    expect(textsOf(stream)).toEqual(['m1']);
    await clock.advance(66_000);
    expect(textsOf(stream)).toEqual(['m1', 'm2']);
  });

  test('comes back after a cut by replay alone, and says so on the way', async () => {
    const { stream, server, clock, network } = await liveWorld(3);
    const states = statesOf(stream);
    network.cut();
    server.append('m4');
    server.edit(server.events[3]!, 'm4, better');
    await clock.advance(5000);
    expect(textsOf(stream)).toEqual(['m1', 'm2', 'm3', 'm4, better']);
    expect(states).toEqual(['offline', 'catching up', 'live']);
    expect(server.requests).toEqual(['POST /v1/realtime/tickets']);
  });

  test('a replay that is lost on the way is pulled', async () => {
    const { stream, server, clock, network } = await liveWorld(3);
    network.cut();
    server.append('m4');
    network.loses = (frame) => frame.op === 'evs';
    const states = statesOf(stream);
    await clock.advance(2000);
    expect(states).toEqual(['offline', 'catching up', 'live']);
    expect(textsOf(stream)).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(server.requests.at(-1)).toBe(`GET ${eventsPath}?changedAfter=3&limit=200`);
  });

  test('when there is too much to replay it is told, catches up page by page, and shows nothing before it is whole', async () => {
    const { stream, server, clock, network } = await liveWorld(3);
    server.maxReplay = 5;
    server.maxPage = 4;
    const states = statesOf(stream);
    network.cut();
    for (let i = 4; i <= 20; i++) server.append(`m${i}`);
    server.edit(server.events[4]!, 'm5, better');
    const lengths = new Set<number>();
    stream.subscribe(() => lengths.add(stream.getSnapshot().events.length));
    await clock.advance(5000);
    expect(stream.getSnapshot().events).toEqual(server.events);
    expect(states).toEqual(['offline', 'catching up', 'live']);
    expect([...lengths]).toEqual([3, 20]);
    expect(server.requests.filter((request) => request.startsWith('GET'))).toHaveLength(5);
  });

  test('what is very far behind is read anew instead', async () => {
    const { stream, server, clock, network } = await liveWorld(3);
    network.cut();
    for (let i = 4; i <= 2300; i++) server.append(`m${i}`);
    await clock.advance(5000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', position: 2300, hasOlder: true });
    expect(server.requests.filter((request) => request.startsWith('GET'))).toEqual([`GET ${eventsPath}?limit=50`]);
  });

  test('a log of another generation is read anew', async () => {
    const { stream, server, clock, network } = await liveWorld(3);
    server.delete(server.events[0]!);
    server.edit(server.events[1]!, 'm2, better');
    await clock.advance(10);
    network.cut();
    server.rebuild();
    await clock.advance(5000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', position: 3 });
    expect(stream.getSnapshot().events).toEqual(server.events);
    server.append('m4');
    await clock.advance(10);
    expect(textsOf(stream)).toEqual([null, 'm2, better', 'm3', 'm4']);
  });

  test('a position that the log never had does not keep us behind for ever', async () => {
    const { stream, server, clock, network } = await liveWorld(3);
    const [socket] = network.open;
    const item = { ...itemOf(server.events[2]!), seq: 1000 };
    socket!.receive({ op: 'ev', room: streamRoom, gen: 'g1', ...item } as never);
    await clock.advance(3000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', position: 3 });
    server.append('m4');
    await clock.advance(10);
    expect(textsOf(stream)).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  test('the first frame of another generation is enough to notice it', async () => {
    const { stream, server, clock } = await liveWorld(3);
    server.delete(server.events[0]!);
    server.rebuild();
    server.append('m4');
    await clock.advance(1000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', position: 4 });
    expect(stream.getSnapshot().events).toEqual(server.events);
  });

  test('what was asked for before the log was given up is no answer any more', async () => {
    const { stream, server, clock, network } = await liveWorld(3);
    const resync = (): void => {
      server.rebuild();
      const { gen, head } = server.log;
      network.open[0]!.receive({ op: 'resync', rooms: [{ room: streamRoom, reason: 'unknown_gen', gen, head }] });
    };
    network.lag = (address) => (address.includes('limit=50') ? 300 : 0);
    resync();
    await clock.advance(100);
    server.delete(server.events[0]!);
    resync();
    await clock.advance(2000);
    expect(stream.getSnapshot().events).toEqual(server.events);
    expect(stream.getSnapshot().position).toBe(server.log.head);
  });

  test('a promise that begins after where we are is a hole that nobody will fill: it is pulled at once', async () => {
    const { stream, server, clock, network } = await liveWorld(3);
    network.cut();
    server.append('m4');
    network.loses = (frame) => {
      if (frame.op === 'welcome') for (const state of frame.d.resumed?.rooms ?? []) state.from = state.head;
      return frame.op === 'evs';
    };
    expect(await clock.until(() => network.open.length === 1)).toBe(true);
    await clock.advance(100);
    expect(textsOf(stream)).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  test('goes on without a hole after its subscription ended, if it may; else it says that there is nothing', async () => {
    const { stream, server, clock } = await liveWorld(1);
    const states = statesOf(stream);
    server.revoke();
    server.append('m2');
    await clock.advance(1000);
    expect(textsOf(stream)).toEqual(['m1', 'm2']);
    server.append('m3');
    await clock.advance(1000);
    expect([textsOf(stream), server.requests]).toEqual([['m1', 'm2', 'm3'], []]);
    expect(states.every((state) => state === 'live' || state === 'catching up')).toBe(true);
    server.closedRooms.add(streamRoom);
    server.revoke();
    server.append('secret');
    await clock.advance(1000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'offline', problem: { code: 'not_found' } });
    expect(textsOf(stream)).toEqual(['m1', 'm2', 'm3']);
  });

  test('a log that was set back is read anew', async () => {
    const { stream, server, clock, network } = await liveWorld(5);
    network.cut();
    server.log.versions.length = 3;
    server.log.head = 3;
    await clock.advance(5000);
    expect(textsOf(stream)).toEqual(['m1', 'm2', 'm3']);
    server.append('another m4');
    await clock.advance(10);
    expect(textsOf(stream)).toEqual(['m1', 'm2', 'm3', 'another m4']);
  });

  test('loads older pages, once each, also while they change', async () => {
    const { stream, server, clock, network } = await liveWorld(9, 3);
    network.weather = { ...calm, delayMs: 100 };
    const loading = stream.loadOlder();
    expect(stream.getSnapshot().loadingOlder).toBe(true);
    await stream.loadOlder();
    await clock.advance(90);
    server.edit(server.events[4]!, 'm5, better');
    await clock.advance(500);
    await loading;
    expect(textsOf(stream)).toEqual(['m4', 'm5, better', 'm6', 'm7', 'm8', 'm9']);
    expect(server.requests.filter((request) => request.includes('before='))).toEqual([`GET ${eventsPath}?before=7&limit=3`]);
    const rest = stream.loadOlder();
    await clock.advance(500);
    await rest;
    expect(stream.getSnapshot()).toMatchObject({ hasOlder: false, loadingOlder: false });
    expect(stream.getSnapshot().events).toHaveLength(9);
  });

  test('an older page that could not be loaded is the caller’s to try again', async () => {
    const { stream, server, clock } = await liveWorld(9, 3);
    server.refusals.set('GET', { code: 'internal', times: 1 });
    const failing = expect(stream.loadOlder()).rejects.toMatchObject({ problem: { code: 'internal' } });
    await clock.advance(100);
    await failing;
    expect(stream.getSnapshot()).toMatchObject({ loadingOlder: false, hasOlder: true, state: 'live' });
  });

  test('an older page of a log that was read anew meanwhile joins on to nothing', async () => {
    const { stream, server, clock, network } = await liveWorld(9, 3);
    network.weather = { ...calm, delayMs: 400 };
    const loading = stream.loadOlder();
    network.cut(4001);
    server.rebuild();
    for (let i = 10; i <= 20; i++) server.append(`m${i}`);
    await clock.advance(10_000);
    await loading;
    expect(textsOf(stream)).toEqual(['m18', 'm19', 'm20']);
  });

  test('an older page that was asked for before a long absence does not tear a hole', async () => {
    const { stream, server, clock, network } = await liveWorld(9, 3);
    network.lag = (address) => (address.includes('before=') ? 10_000 : 0);
    const loading = stream.loadOlder();
    await clock.advance(10);
    network.cut();
    for (let i = 10; i <= 2300; i++) server.append(`m${i}`);
    await clock.advance(30_000);
    await loading;
    expect(textsOf(stream)).toEqual(['m2298', 'm2299', 'm2300']);
    expect(stream.getSnapshot()).toMatchObject({ hasOlder: true, loadingOlder: false });
  });

  test.each([
    ['not_found', 404],
    ['forbidden', 403],
    ['token_expired', 401],
  ] as const)('a stream that may not be read (%s) ends, and says why', async (code, status) => {
    const { openStream, server, clock } = makeWorld();
    server.refusals.set(`GET ${eventsPath}`, { code, times: 9 });
    const stream = openStream();
    await clock.advance(1000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'offline', problem: { code, status } });
    await clock.advance(100_000);
    expect(server.requests.filter((request) => request.includes('/events'))).toHaveLength(1);
  });

  test('access that is lost later is noticed at the next ping', async () => {
    const { stream, server, clock } = await liveWorld(1);
    server.closedRooms.add(streamRoom);
    server.refusals.set(`GET ${eventsPath}`, { code: 'not_found', times: 9 });
    await clock.advance(270_000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'offline', problem: { code: 'not_found' }, events: [{ seq: 1 }] });
  });

  test.each(['not_found', 'stream_archived'] as const)('a message that is refused for good keeps its text: %s', async (code) => {
    const { stream, server, clock } = await liveWorld(1);
    server.refusals.set(`POST ${eventsPath}`, { code, times: 9 });
    stream.send('my words');
    await clock.advance(1000);
    const kept = [{ status: 'failed', text: 'my words', problem: { code } }];
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', pending: kept });
    server.closedRooms.add(streamRoom);
    server.revoke();
    await clock.advance(60_000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'offline', problem: { code: 'not_found' }, pending: kept });
    expect(server.requests.filter((request) => request.startsWith('POST') && request.includes('/events'))).toHaveLength(1);
  });

  test('a subscription that is refused ends it', async () => {
    const { openStream, server, clock } = makeWorld();
    server.closedRooms.add(streamRoom);
    const stream = openStream();
    await clock.advance(1000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'offline', problem: { code: 'not_found' } });
  });

  test('a first page that cannot be had for a while comes later', async () => {
    const { openStream, server, clock } = makeWorld();
    server.append('m1');
    server.refusals.set('GET', { code: 'unavailable', times: 10 });
    const stream = openStream();
    await clock.advance(1000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'connecting', events: [] });
    await clock.advance(100_000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', position: 1 });
  });

  test('closing leaves the room and leaves nothing behind', async () => {
    const { stream, socket, clock, network } = await liveWorld(2);
    stream.close();
    await clock.advance(10);
    expect(network.sent.at(-1)).toMatchObject({ op: 'unsub', d: { rooms: [streamRoom] } });
    socket.close();
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
  });
});

describe('sending', () => {
  const seenBy = (stream: LiveStream): { events: (string | undefined)[]; pending: string[] }[] => {
    const seen: { events: (string | undefined)[]; pending: string[] }[] = [];
    const short = ({ events, pending }: LiveSnapshot) => ({
      events: events.map((event) => event.content?.text),
      pending: pending.map((each) => `${each.text} ${each.status}`),
    });
    stream.subscribe(() => seen.push(short(stream.getSnapshot())));
    return seen;
  };

  test.each(['the answer', 'the frame'] as const)('shows a message at once, and then once, when %s comes first', async (first) => {
    const { stream, server, clock, network } = await liveWorld(1);
    const seen = seenBy(stream);
    if (first === 'the answer') network.open[0]!.receive = () => undefined;
    else network.open[0]!.side.push = (frame) => network.open[0]!.receive(frame);
    stream.send('hello');
    expect(seen).toEqual([{ events: ['m1'], pending: ['hello sending'] }]);
    await clock.advance(50);
    expect(seen).toEqual([
      { events: ['m1'], pending: ['hello sending'] },
      { events: ['m1', 'hello'], pending: [] },
    ]);
    expect(server.events.at(-1)).toMatchObject({ actorId: me, content: { text: 'hello' } });
  });

  test('a message that is stored behind a hole stays pending until the hole is filled', async () => {
    const { stream, server, clock, network } = await liveWorld(1);
    const seen = seenBy(stream);
    losing(network, () => server.append('m2'));
    network.open[0]!.receive = () => undefined;
    stream.send('hello');
    await clock.advance(1000);
    expect(seen.filter(({ pending }) => pending.length === 0)).not.toEqual([]);
    expect(seen.every(({ events, pending }) => pending.length === 1 || events.includes('hello'))).toBe(true);
  });

  test('messages go out in the order they were written', async () => {
    const { stream, server, clock, network } = await liveWorld(0);
    network.weather = { ...calm, delayMs: 200 };
    for (const text of ['one', 'two', 'three', 'four']) stream.send(text);
    await clock.advance(5000);
    expect(server.events.map((event) => event.content?.text)).toEqual(['one', 'two', 'three', 'four']);
    expect(textsOf(stream)).toEqual(['one', 'two', 'three', 'four']);
  });

  test('a send whose answer is lost is repeated with the same id and has one effect', async () => {
    const { stream, server, clock, network } = await liveWorld(0);
    network.open[0]!.receive = () => undefined;
    const handle = server.handle.bind(server);
    let posts = 0;
    server.handle = (...request) => {
      const answer = handle(...request);
      return request[0] === 'POST' && posts++ < 2 ? { status: 503, body: problem('unavailable') } : answer;
    };
    stream.send('hello');
    await clock.advance(10_000);
    expect(posts).toBe(3);
    expect(server.events).toHaveLength(1);
    expect(stream.getSnapshot()).toMatchObject({ pending: [], events: [{ content: { text: 'hello' } }] });
  });

  test('a send that fails is shown as failed; retry sends it again, discard forgets it', async () => {
    const { stream, server, clock } = await liveWorld(0);
    server.refusals.set(`POST ${eventsPath}`, { code: 'unavailable', times: 8 });
    stream.send('one');
    stream.send('two');
    await clock.advance(30_000);
    const [one, two] = stream.getSnapshot().pending;
    expect([one, two]).toMatchObject([
      { text: 'one', status: 'failed', problem: { code: 'unavailable' } },
      { text: 'two', status: 'failed' },
    ]);
    stream.discard(two!.clientEventId);
    stream.retry(one!.clientEventId);
    expect(stream.getSnapshot().pending).toMatchObject([{ clientEventId: one!.clientEventId, status: 'sending' }]);
    expect(stream.getSnapshot().pending[0]).not.toHaveProperty('problem');
    await clock.advance(1000);
    expect(stream.getSnapshot().pending).toEqual([]);
    expect(textsOf(stream)).toEqual(['one']);
  });

  test('what the server refuses for good is not sent again by itself', async () => {
    const { stream, server, clock, network } = await liveWorld(0);
    server.refusals.set(`POST ${eventsPath}`, { code: 'stream_archived', times: 1 });
    stream.send('too late');
    await clock.advance(1000);
    network.cut();
    await clock.advance(30_000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', pending: [{ status: 'failed', problem: { code: 'stream_archived' } }] });
    expect(server.requests.filter((request) => request.startsWith(`POST ${eventsPath}`))).toHaveLength(1);
  });

  test('what failed for want of a connection is sent when it is back', async () => {
    const { stream, server, clock, network } = await liveWorld(0);
    network.weather = { ...calm, httpFailure: 2 };
    network.cut();
    stream.send('hello');
    await clock.advance(20_000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'offline', pending: [{ status: 'failed' }] });
    expect(stream.getSnapshot().offlineSince).toBeGreaterThan(0);
    network.weather = calm;
    await clock.advance(40_000);
    expect(stream.getSnapshot()).toMatchObject({ state: 'live', pending: [], events: [{ content: { text: 'hello' } }] });
    expect(server.events).toHaveLength(1);
  });

  test('discarding a message that is under way gives its request up', async () => {
    const { stream, server, clock, network } = await liveWorld(0);
    network.weather = { ...calm, delayMs: 1000 };
    stream.send('no, wait');
    stream.discard(stream.getSnapshot().pending[0]!.clientEventId);
    stream.send('better');
    await clock.advance(20_000);
    expect(stream.getSnapshot().pending).toEqual([]);
    expect(server.requests.filter((request) => request.startsWith('POST')).length).toBeLessThanOrEqual(2);
    expect(textsOf(stream)).toContain('better');
  });
});

describe('editing and deleting', () => {
  test('shows the change with the answer, once', async () => {
    const { stream, clock, server, network } = await liveWorld(0);
    stream.send('helo');
    await clock.advance(100);
    network.open[0]!.receive = () => undefined;
    const [event] = stream.getSnapshot().events;
    const editing = stream.edit(event!.id, 'hello');
    await clock.advance(100);
    await editing;
    expect(textsOf(stream)).toEqual(['hello']);
    const deleting = stream.delete(event!.id);
    await clock.advance(100);
    await deleting;
    expect(stream.getSnapshot()).toMatchObject({ position: 3, events: [{ content: null }] });
    expect(server.log.head).toBe(3);
  });

  test('does not overwrite what someone else did meanwhile: it rejects, and shows that', async () => {
    const { stream, clock, server, network } = await liveWorld(0);
    stream.send('helo');
    await clock.advance(100);
    const [event] = stream.getSnapshot().events;
    losing(network, () => server.edit(event!, 'hello from my phone'));
    const editing = expect(stream.edit(event!.id, 'hello')).rejects.toMatchObject({ problem: { code: 'precondition_failed' } });
    await clock.advance(100);
    await editing;
    expect(textsOf(stream)).toEqual(['hello from my phone']);
  });
});
