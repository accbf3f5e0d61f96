import { Agent, request } from 'node:http';
import { Worker } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { createStreambed } from '../client/http.ts';
import { startPostgresServer } from '../local/postgres/server.ts';
import { startApp } from './support/app.ts';
import { printFigure, quantile } from './support/figures.ts';
import { eachOf, listen } from './support/listener.ts';

/**
 * From an HTTP post until its frame is at every other client of the room: 100 connections over 10 streams, one post after the other with
 * a short pause, on the local runner and on a bare server, in turns, so that both meet the same machine.
 */
const connections = 100;
const streams = 10;
const rounds = 6;
const postsARound = 50;
const pauseMilliseconds = 15;
const bench = 'post-to-seen';

/** Something that can be posted to, and heard from. */
interface Target {
  /** Posts a text to a room; resolves when it was answered. */
  post(room: number, text: string): Promise<void>;
  /** Called with each text that a listener of a room was shown. */
  onSeen: (text: string) => void;
  stop(): Promise<void>;
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

async function streambedTarget(): Promise<Target> {
  const app = await startApp();
  const { baseUrl, workspaceId } = app.demo;
  const tokens = app.demo.users.map(({ token }) => token);
  const api = createStreambed({ baseUrl, token: tokens[0] ?? '' }).workspace(workspaceId);
  const made = await eachOf(Array.from({ length: streams }), 4, (_, i) =>
    api.streams.create({ streamType: 'channel', name: `Bench ${i}` }),
  );
  const target: Target = {
    onSeen: () => undefined,
    post: (room, text) =>
      postJson(
        `${baseUrl}/v1/workspaces/${workspaceId}/streams/${made[room]?.id}/events`,
        { authorization: `Bearer ${tokens[0]}` },
        { text },
      ),
    stop: () => app.stop(),
  };
  const show = (frame: string) => {
    for (const [, text] of frame.matchAll(/"text":"([^"]*)"/g)) target.onSeen(text ?? '');
  };
  await eachOf(Array.from({ length: connections }), 8, (_, i) =>
    listen({ baseUrl, token: tokens[i % tokens.length] ?? '', workspaceId, streamId: made[i % streams]?.id ?? '' }, show),
  );
  return target;
}

async function bareTarget(): Promise<Target> {
  const postgres = await startPostgresServer({ log: () => undefined });
  const workerData = { postgres: { host: postgres.socketFolder, port: postgres.port, user: 'postgres', database: 'postgres' } };
  const worker = new Worker(new URL('support/bare-server.ts', import.meta.url), { workerData });
  const port = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const target: Target = {
    onSeen: () => undefined,
    post: (room, text) => postJson(`http://127.0.0.1:${port}/`, {}, { room: `r${room}`, text }),
    async stop() {
      worker.postMessage('stop');
      await new Promise((resolve) => worker.once('exit', resolve));
      await postgres.stop();
    },
  };
  await eachOf(Array.from({ length: connections }), 8, async (_, i) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?room=r${i % streams}`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('message', (data) => target.onSeen((JSON.parse((data as Buffer).toString()) as { text: string }).text));
  });
  return target;
}

/** Milliseconds from each post to each listener. */
async function measure(target: Target, label: string): Promise<number[]> {
  const times: number[] = [];
  const listeners = connections / streams;
  for (let i = 0; i < postsARound; i++) {
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
    await Promise.all([target.post(i % streams, text), everyone]);
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
  return times;
}

const targets = { streambed: await streambedTarget(), bare: await bareTarget() };
const times = { streambed: [] as number[], bare: [] as number[] };
await measure(targets.streambed, 'warm');
await measure(targets.bare, 'warm');
for (let round = 0; round < rounds; round++) {
  for (const name of ['streambed', 'bare'] as const) times[name].push(...(await measure(targets[name], `r${round}`)));
}
const p50 = { streambed: quantile(times.streambed, 0.5), bare: quantile(times.bare, 0.5) };
const p99 = { streambed: quantile(times.streambed, 0.99), bare: quantile(times.bare, 0.99) };
printFigure({ bench, figure: 'p50', value: p50.streambed, unit: 'ms', peer: p50.bare, atMost: 10 });
printFigure({ bench, figure: 'p99 beside own p50', value: p99.streambed, unit: 'ms', peer: p50.streambed, atMost: 5 });
printFigure({ bench, figure: 'p99', value: p99.streambed, unit: 'ms', peer: p99.bare });
agent.destroy();
await Promise.all([targets.streambed.stop(), targets.bare.stop()]);
process.exit(0);
