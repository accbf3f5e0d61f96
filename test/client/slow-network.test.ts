import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDebugLog } from '../../client/debug-log.ts';
import { createStreambed } from '../../client/http/http.ts';
import { openLiveStream } from '../../client/stream/live-stream.ts';
import { openLiveWorkspace } from '../../client/workspace/live-workspace.ts';
import { RealtimeSocket } from '../../client/socket/socket.ts';
import { calm } from './fake-network.ts';
import type { Weather } from './fake-network.ts';
import { streamId, workspaceId } from './fake-server.ts';
import { makeWorld } from './world.ts';
import type { World } from './world.ts';

/**
 * The rule: `connecting`, `catching up` and `offline` are left by an event or by a deadline that asks again. So a client ends `live`, with
 * what the server has, however late answers are, as long as some of them arrive; and an answer that comes after its deadline changes
 * nothing.
 */
const minutes = 60_000;
/** Round trip to a phone on a good day, in milliseconds. */
const usualMs = 400;

/** A workspace and a stream, with a debug log. */
function openBoth({ clock, server, network }: World) {
  const debugLog = createDebugLog({ clock });
  const streambed = createStreambed({ baseUrl: 'http://http.test', token: 'token', fetch: network.fetch, clock, debugLog });
  const ticket = () => streambed.workspace(workspaceId).ticket();
  const socket = new RealtimeSocket({ ticket, transport: network.transport, clock, debugLog });
  const workspace = openLiveWorkspace({ streambed, socket, workspaceId, clock });
  const stream = openLiveStream({ streambed, socket, workspaceId, streamId, clock, pageSize: 200 });
  const isRight = (): boolean => {
    const { state, events } = stream.getSnapshot();
    const listed = workspace.getSnapshot();
    return (
      state === 'live' &&
      listed.state === 'live' &&
      JSON.stringify(events) === JSON.stringify(server.shown) &&
      JSON.stringify(listed.streams.filter(({ status }) => status !== 'archived')) === JSON.stringify(server.workspace.list())
    );
  };
  const close = async (): Promise<void> => {
    workspace.close();
    stream.close();
    socket.close();
    await clock.advance(10 * minutes);
    expect(clock.waiting).toBe(0);
  };
  return { debugLog, socket, workspace, stream, isRight, close };
}

/** Things that happen on the server while answers are on their way. */
type Step = { do: 'post' | 'edit' | 'lose rooms' | 'lose sockets' | 'cut' | 'wake' | 'create' } | { do: 'wait'; ms: number };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Step>({ do: 'post' }, { do: 'edit' }, { do: 'create' }) },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'cut' }, { do: 'wake' }, { do: 'lose rooms' }, { do: 'lose sockets' }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(10, 600, 6_000, 11_000, 16_000, 45_000) }) },
);

function act({ server, network }: World, socket: RealtimeSocket, step: Step): void {
  if (step.do === 'post') server.append(`m${server.log.head}`);
  else if (step.do === 'edit' && server.events.length > 0) server.edit(server.events[0]!, `edited at ${server.log.head}`);
  else if (step.do === 'create') server.workspace.create(`stream ${server.workspace.streams.size}`, { by: 'bob', visibility: 'public' });
  else if (step.do === 'cut') network.cut();
  else if (step.do === 'wake') socket.wake();
  else if (step.do === 'lose rooms') server.loseSubscriptions();
  else if (step.do === 'lose sockets') server.loseConnections();
}

describe('a client whose answers are late', () => {
  test.each([1, 5, 50])(
    '%i times the usual delay, twice and out of order: ends live and right while they still are',
    async (times) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.array(anyStep, { maxLength: 15 }), async (seed, steps) => {
          const world = makeWorld(seed);
          // There and back take the usual time on average; a frame may be overtaken by all that were sent within twice that.
          world.network.weather = { ...calm, delayMs: usualMs * times, duplicate: 0.3 };
          const client = openBoth(world);
          for (const step of steps) {
            act(world, client.socket, step);
            await world.clock.advance(step.do === 'wait' ? step.ms : 1);
          }
          // Nothing is lost from here on, but nothing is faster either.
          expect(await world.clock.until(client.isRight, 30 * minutes)).toBe(true);
          await client.close();
        }),
        { numRuns: 25 },
      );
    },
    120_000,
  );

  test.each([1, 5, 50])(
    '%i times the usual delay, and lost: ends live and right when they are lost no more',
    async (times) => {
      const weather: Weather = { ...calm, delayMs: usualMs * times, duplicate: 0.3, drop: 0.3, httpFailure: 0.3, refuse: 0.3 };
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.array(anyStep, { maxLength: 15 }), async (seed, steps) => {
          const world = makeWorld(seed);
          world.network.weather = weather;
          const client = openBoth(world);
          for (const step of steps) {
            act(world, client.socket, step);
            await world.clock.advance(step.do === 'wait' ? step.ms : 1);
          }
          world.network.weather = { ...calm, delayMs: usualMs * times };
          expect(await world.clock.until(client.isRight, 30 * minutes)).toBe(true);
          await client.close();
        }),
        { numRuns: 25 },
      );
    },
    120_000,
  );

  // Each is a little before or after one of the client's timers: reorder 500 ms, ping 5 s, socket 10 s, HTTP 15 s, and what they grow to.
  const latencies = [240, 260, 2_400, 2_600, 4_900, 5_100, 7_400, 7_600, 9_900, 10_100, 14_900, 15_100, 19_900];
  test.each(latencies)('%i ms there and as long back, always: becomes live, stays live, and follows', async (latencyMs) => {
    const world = makeWorld();
    world.network.weather = { ...calm, latencyMs };
    world.server.append('m0');
    const client = openBoth(world);
    expect(await world.clock.until(client.isRight, 30 * minutes)).toBe(true);
    const tries = world.network.sockets.length;
    for (let n = 0; n < 10; n++) {
      world.server.append(`later ${n}`);
      await world.clock.advance(3 * minutes);
    }
    await world.clock.advance(minutes);
    expect(client.isRight()).toBe(true);
    // A ping whose answer takes as long as an answer takes here ends no connection.
    expect(world.network.sockets).toHaveLength(tries);
    await client.close();
  });
});
