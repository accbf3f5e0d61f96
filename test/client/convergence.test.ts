import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LiveSnapshot } from '../../client/stream/live-stream.ts';
import { calm } from './fake-network.ts';
import type { Weather } from './fake-network.ts';
import { eventsAt, me } from './fake-server.ts';
import type { FakeServer, Log } from './fake-server.ts';
import { makeWorld } from './world.ts';
import type { World } from './world.ts';

type Step =
  | { do: 'post'; times: number }
  | { do: 'edit' | 'delete' | 'edit mine' | 'update' | 'edit original'; which: number }
  | { do: 'react' | 'unreact' | 'react mine' | 'unreact mine'; which: number; emoji: string }
  | { do: 'send' | 'older' | 'rebuild' | 'wake' | 'reopen' | 'share' | 'revoke' | 'type' | 'lose rooms' | 'lose sockets' }
  | { do: 'cut'; code: number }
  | { do: 'wait'; ms: number }
  | { do: 'weather'; weather: Weather };

const badWeather = fc.record<Weather>({
  drop: fc.constantFrom(0, 0.1, 0.5, 1),
  duplicate: fc.constantFrom(0, 0.3),
  delayMs: fc.constantFrom(0, 5, 100, 1500),
  httpFailure: fc.constantFrom(0, 0.2, 0.7),
  refuse: fc.constantFrom(0, 0.5),
});
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('post' as const), times: fc.constantFrom(1, 2, 5, 12, 70) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('edit' as const, 'delete' as const, 'edit mine' as const), which: fc.nat(99) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('react' as const, 'unreact' as const, 'react mine' as const, 'unreact mine' as const),
      which: fc.nat(99),
      emoji: fc.constantFrom('👍', '🎉'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('update' as const, 'edit original' as const), which: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'share' }, { do: 'revoke' }, { do: 'type' }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'lose rooms' }, { do: 'lose sockets' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'send' }) },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'older' }, { do: 'wake' }, { do: 'reopen' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), code: fc.constantFrom(1006, 1001, 4001, 4101) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 20, 300, 700, 5_000, 40_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('weather' as const), weather: badWeather }) },
);
const anySteps = fc.array(anyStep, { minLength: 5, maxLength: 40 });

/** Tells if the shown events are the log at the shown position, from the oldest shown event on: complete, and in their newest versions. */
function isWholeIn(log: Log, { events, position, hasOlder }: LiveSnapshot): boolean {
  const oldest = hasOlder ? (events[0]?.seq ?? Number.MAX_SAFE_INTEGER) : 0;
  const shown = new Map(events.map((event) => [event.id, event]));
  return eventsAt(log, position).every((event) => event.seq < oldest || (shown.get(event.id)?.changedSeq ?? -1) >= event.changedSeq);
}

/** Checks the invariants of each snapshot that is shown, in any weather. */
function check(server: FakeServer, shown: LiveSnapshot, sent: ReadonlySet<string>): void {
  const seqs = shown.events.map((event) => event.seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  const ids = [...shown.events.map((event) => event.clientEventId as string), ...shown.pending.map((pending) => pending.clientEventId)];
  expect(new Set(ids).size).toBe(ids.length);
  expect(server.logs.some((log) => isWholeIn(log, shown))).toBe(true);
  const texts = new Set([...shown.events.map((event) => event.content?.text), ...shown.pending.map((pending) => pending.text)]);
  if (!shown.hasOlder && server.logs.length === 1) for (const text of sent) expect([...texts]).toContain(text);
}

async function play(world: World, steps: readonly Step[], limit: number, watched: 'always' | 'only the end' = 'always'): Promise<void> {
  const { clock, server, network, socket } = world;
  server.maxReplay = limit;
  server.maxPage = limit;
  server.append('first');
  const sent = new Set<string>();
  let stream = world.openStream(20);
  // Collected, because a throw inside a listener would end up in the client and look like a failure of the network.
  const violations: unknown[] = [];
  const watch = (): (() => void) =>
    stream.subscribe(() => {
      try {
        check(server, stream.getSnapshot(), sent);
      } catch (error) {
        if (watched === 'always') violations.push(error);
      }
    });
  watch();
  const allSent: string[] = [];
  const changed = (text: string | undefined): void => void sent.delete(text ?? '');
  for (const step of steps) {
    const { events } = server;
    switch (step.do) {
      case 'post':
        for (let i = 0; i < step.times; i++) server.append(`other ${server.log.head}`);
        break;
      case 'edit':
      case 'delete': {
        const event = events[step.which % events.length]!;
        changed(event.content?.text);
        if (event.deletedAt === null) server[step.do === 'edit' ? 'edit' : 'delete'](event, `edited at ${server.log.head}`);
        break;
      }
      case 'update':
        server.update(events[step.which % events.length]!, { replyCount: server.log.head });
        break;
      case 'edit original': {
        const shares = events.filter((event) => event.sharedRef !== null);
        const share = shares[step.which % shares.length];
        if (share) server.editOriginal(share, `edited at ${server.log.head}`);
        break;
      }
      case 'react':
      case 'unreact': {
        const event = events[step.which % events.length]!;
        if (event.deletedAt === null) server.react(event, 'bob', step.emoji, step.do === 'react');
        break;
      }
      case 'react mine':
      case 'unreact mine': {
        const shown = stream.getSnapshot().events;
        const event = shown[step.which % shown.length];
        if (event) stream[step.do === 'react mine' ? 'react' : 'unreact'](event.id, step.emoji).catch(() => undefined);
        break;
      }
      case 'share':
        server.share(`original at ${server.log.head}`);
        break;
      case 'revoke':
        server.revoke();
        break;
      case 'lose rooms':
        server.loseSubscriptions();
        break;
      case 'lose sockets':
        server.loseConnections();
        break;
      case 'type':
        server.signal('bob');
        stream.typing();
        break;
      case 'edit mine': {
        const mine = stream.getSnapshot().events.filter((event) => event.actorId === me && event.deletedAt === null);
        const event = mine[step.which % mine.length];
        changed(event?.content?.text);
        if (event) stream.edit(event.id, `mine, edited at ${server.log.head}`).catch(() => undefined);
        break;
      }
      case 'send':
        allSent.push(`mine ${allSent.length}`);
        sent.add(allSent.at(-1)!);
        stream.send(allSent.at(-1)!);
        break;
      case 'older':
        stream.loadOlder().catch(() => undefined);
        break;
      case 'rebuild':
        server.rebuild();
        break;
      case 'wake':
        socket.wake();
        break;
      case 'reopen':
        if (stream.getSnapshot().pending.length > 0) break;
        stream.close();
        stream = world.openStream(20);
        sent.clear();
        watch();
        break;
      case 'cut':
        network.cut(step.code);
        break;
      case 'wait':
        await clock.advance(step.ms);
        break;
      case 'weather':
        network.weather = step.weather;
        break;
    }
  }
  expect(violations).toEqual([]);
  // The sky clears. Ten minutes hold the longest back-off, a ping, and every time-out.
  network.weather = calm;
  await clock.advance(600_000);
  // What failed while there was a connection is for its author to send again.
  for (const { clientEventId } of stream.getSnapshot().pending) stream.retry(clientEventId);
  await clock.advance(10_000);
  const end = stream.getSnapshot();
  expect(violations).toEqual([]);
  expect(end).toMatchObject({ state: 'live', position: server.log.head, pending: [], typists: [] });
  const oldest = end.hasOlder ? end.events[0]!.seq : 0;
  expect(end.events).toEqual(server.shown.filter((event) => event.seq >= oldest));
  const mine = server.log.versions.filter((event) => event.actorId === me && event.seq === event.changedSeq);
  if (server.logs.length === 1) {
    expect(mine).toHaveLength(allSent.length);
    expect(new Set(mine.map((event) => event.content?.text))).toEqual(new Set(allSent));
  }
  stream.close();
  socket.close();
  await clock.advance(60_000);
  expect(clock.waiting).toBe(0);
}

const own = new Set<Step['do']>(['send', 'edit mine', 'react mine', 'unreact mine']);

describe('whatever the network does', () => {
  test('the client ends with the log of the server, each message once and in order, and never shows a hole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), anySteps, fc.constantFrom(4, 200), (seed, steps, limit) => play(makeWorld(seed), steps, limit)),
      { numRuns: 150 },
    );
  }, 120_000);

  const withRebuilds = fc.array(
    fc.oneof({ weight: 8, arbitrary: anyStep }, { weight: 1, arbitrary: fc.constant<Step>({ do: 'rebuild' }) }),
    {
      minLength: 5,
      maxLength: 40,
    },
  );

  test('also when the log is rebuilt under its feet', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), withRebuilds, (seed, steps) =>
        play(
          makeWorld(seed),
          steps.filter((step) => !own.has(step.do)),
          200,
        ),
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  test('and while it sends into the log that is rebuilt (whose answers name no generation), it still ends right', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), withRebuilds, (seed, steps) => play(makeWorld(seed), steps, 200, 'only the end')),
      { numRuns: 60 },
    );
  }, 120_000);
});
