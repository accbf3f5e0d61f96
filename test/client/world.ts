import { createStreambed } from '../../client/http/http.ts';
import type { Streambed } from '../../client/http/http.ts';
import { openLiveStream } from '../../client/stream/live-stream.ts';
import type { LiveStream } from '../../client/stream/live-stream.ts';
import { RealtimeSocket } from '../../client/socket/socket.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeNetwork } from './fake-network.ts';
import { FakeServer, me, streamId, workspaceId } from './fake-server.ts';

/** A client, a server and what lies between them. */
export interface World {
  readonly clock: FakeClock;
  readonly server: FakeServer;
  readonly network: FakeNetwork;
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  openStream(pageSize?: number): LiveStream;
}

export function makeWorld(seed = 1): World {
  const clock = new FakeClock(seed);
  const server = new FakeServer(clock);
  const network = new FakeNetwork(clock, server, seed);
  const streambed = createStreambed({ baseUrl: 'http://http.test', token: 'token', fetch: network.fetch, clock });
  const socket = new RealtimeSocket({ ticket: () => streambed.workspace(workspaceId).ticket(), transport: network.transport, clock });
  const openStream = (pageSize = 50): LiveStream =>
    openLiveStream({ streambed, socket, workspaceId, streamId, userId: me, pageSize, clock });
  return { clock, server, network, streambed, socket, openStream };
}

/** The texts that a reader sees. */
export const textsOf = (stream: LiveStream): (string | null)[] => stream.getSnapshot().events.map((event) => event.content?.text ?? null);

/** A stream that is live, with `count` messages on the server. */
export async function liveWorld(count: number, pageSize = 50): Promise<World & { stream: LiveStream }> {
  const world = makeWorld();
  for (let i = 1; i <= count; i++) world.server.append(`m${i}`);
  const stream = world.openStream(pageSize);
  if (!(await world.clock.until(() => stream.getSnapshot().state === 'live'))) throw new Error('the stream did not become live');
  world.server.requests.length = 0;
  return { ...world, stream };
}
