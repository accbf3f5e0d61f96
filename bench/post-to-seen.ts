import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import { createStreambed } from '../client/http/http.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import { quantile } from './support/figures.ts';
import { eachOf, listen, listenInRoom, textsOf } from './support/listener.ts';

const full = { connections: 100, streams: 10, rounds: 6, posts: 50, pauseMs: 15 };
const smoke = { connections: 8, streams: 4, rounds: 1, posts: 4, pauseMs: 1 };
type Sizes = typeof full;

/**
 * Time from an HTTP post until its frame has reached every other client of the room: 100 connections over 10 streams, posts in sequence
 * with a short pause. Sockets, sockets of the React kit (`/ws/<cid>/`) and a bare server alternate, so that all see the same load on the
 * machine.
 */
export const bench: Bench<Sizes> = {
  full,
  smoke,
  async run(sizes, run) {
    run.atEnd(() => agent.destroy());
    const targets = {
      streambed: await streambedTarget(sizes, run, listen),
      kit: await streambedTarget(sizes, run, listenInRoom),
      bare: await bareTarget(sizes, run),
    };
    const names = ['streambed', 'kit', 'bare'] as const;
    const times = { streambed: [] as number[], kit: [] as number[], bare: [] as number[] };
    for (const name of names) await measure(sizes, run, targets[name], 'warm');
    for (let round = 0; round < sizes.rounds; round++) {
      for (const name of names) times[name].push(...(await measure(sizes, run, targets[name], `r${round}`)));
    }
    const p50 = { streambed: quantile(times.streambed, 0.5), kit: quantile(times.kit, 0.5), bare: quantile(times.bare, 0.5) };
    const p99 = { streambed: quantile(times.streambed, 0.99), bare: quantile(times.bare, 0.99) };
    run.report({ figure: 'p50', value: p50.streambed, unit: 'ms', peer: p50.bare, atMost: 10 });
    run.report({ figure: 'p99 beside own p50', value: p99.streambed, unit: 'ms', peer: p50.streambed, atMost: 5 });
    run.report({ figure: 'p50 of /ws/<cid>/ beside the plain socket', value: p50.kit, unit: 'ms', peer: p50.streambed, atMost: 1.1 });
    run.report({ figure: 'p99', value: p99.streambed, unit: 'ms', peer: p99.bare });
    run.distribution({
      distribution: 'from post to seen',
      unit: 'ms',
      series: { streambed: times.streambed, '/ws/<cid>/': times.kit, 'bare server': times.bare },
    });
  },
};

/** A server under test: posts go in, texts come out at its listeners. */
interface Target {
  /** Posts a text to a room; resolves with the answer. */
  post(room: number, text: string): Promise<void>;
  /** Called with each text that a listener of a room receives. */
  onSeen: (text: string) => void;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

function postJson(url: string, headers: Record<string, string>, body: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 201 ? resolve() : reject(new Error(`The post was answered ${response.statusCode}`)),
      );
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

async function streambedTarget({ connections, streams }: Sizes, run: BenchRun, open: typeof listen): Promise<Target> {
  const app = await run.app();
  const { baseUrl, workspaceId } = app.demo;
  const tokens = app.demo.users.map(({ token }) => token);
  const api = createStreambed({ baseUrl, token: tokens[0] ?? '' }).workspace(workspaceId);
  const made = await eachOf(Array.from({ length: streams }), 4, (_, i) =>
    api.streams.create({ streamType: 'channel', name: `${open.name} ${i}` }),
  );
  const target: Target = {
    onSeen: () => undefined,
    post: (room, text) =>
      postJson(
        `${baseUrl}/v1/workspaces/${workspaceId}/streams/${made[room]?.id}/events`,
        { authorization: `Bearer ${tokens[0]}` },
        { text },
      ),
  };
  const show = (frame: string) => {
    for (const text of textsOf(frame)) target.onSeen(text);
  };
  const opening = eachOf(Array.from({ length: connections }), 8, (_, i) =>
    open({ baseUrl, token: tokens[i % tokens.length] ?? '', workspaceId, streamId: made[i % streams]?.id ?? '' }, show),
  );
  const sockets = await run.until(`${connections} sockets to open`, opening);
  run.atEnd(() => sockets.forEach((socket) => socket.terminate()));
  return target;
}

async function bareTarget({ connections, streams }: Sizes, run: BenchRun): Promise<Target> {
  const { port } = await run.bareServer();
  const target: Target = {
    onSeen: () => undefined,
    post: (room, text) => postJson(`http://127.0.0.1:${port}/`, {}, { room: `r${room}`, text }),
  };
  const opening = eachOf(Array.from({ length: connections }), 8, async (_, i) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?room=r${i % streams}`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('message', (data) => target.onSeen((JSON.parse((data as Buffer).toString()) as { text: string }).text));
  });
  await run.until(`${connections} bare sockets to open`, opening);
  return target;
}

/** Milliseconds from each post to each listener. */
async function measure({ connections, streams, posts, pauseMs }: Sizes, run: BenchRun, target: Target, label: string): Promise<number[]> {
  const times: number[] = [];
  const listeners = connections / streams;
  for (let i = 0; i < posts; i++) {
    const text = `${label}-${i}`;
    const startedAt = performance.now();
    let seen = 0;
    const everyone = new Promise<void>((resolve) => {
      target.onSeen = (shown) => {
        if (shown !== text) return;
        times.push(performance.now() - startedAt);
        if (++seen === listeners) resolve();
      };
    });
    await run.until(`${listeners} listeners to show "${text}"`, Promise.all([target.post(i % streams, text), everyone]));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return times;
}
