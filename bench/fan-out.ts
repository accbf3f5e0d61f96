import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { createStreambed } from '../client/http.ts';
import { room as roomName } from '../contract/frames.ts';
import { postConcurrency } from '../functions/realtime/fan-out.ts';
import { startPostgresServer } from '../local/postgres/server.ts';
import { startApp } from './support/app.ts';
import { printFigure, quantile } from './support/figures.ts';
import { eachOf, listen } from './support/listener.ts';

/**
 * One message to 2,000 sockets of one room: from the HTTP post until each socket has it, beside a bare loop of the SDK's PostToConnection
 * against the same gateway and sockets at the same concurrency, in turns; and, as the outer limit, a bare `ws` broadcast.
 */
const { values } = parseArgs({ options: { sockets: { type: 'string', default: '2000' }, rounds: { type: 'string', default: '5' } } });
const size = Number(values.sockets);
const rounds = Number(values.rounds);
const bench = 'fan-out';

/** Collects when each socket was shown a text. */
class Arrivals {
  #text = '';
  #startedAt = 0;
  #times: number[] = [];
  #done: (times: number[]) => void = () => undefined;

  expect(text: string): Promise<number[]> {
    this.#text = text;
    this.#times = [];
    this.#startedAt = performance.now();
    return new Promise((resolve) => (this.#done = resolve));
  }

  note(frame: string): void {
    if (!frame.includes(this.#text)) return;
    this.#times.push(performance.now() - this.#startedAt);
    if (this.#times.length === size) this.#done(this.#times);
  }
}

const app = await startApp();
const { baseUrl, workspaceId, users } = app.demo;
const tokens = users.map(({ token }) => token);
const api = createStreambed({ baseUrl, token: tokens[0] ?? '' }).workspace(workspaceId);
const stream = await api.streams.create({ streamType: 'channel', name: 'Fan-out' });
const arrivals = new Arrivals();
let sample = '';
const sockets = await eachOf(Array.from({ length: size }), 16, (_, i) =>
  listen({ baseUrl, token: tokens[i % tokens.length] ?? '', workspaceId, streamId: stream.id }, (frame) => {
    sample = frame;
    arrivals.note(frame);
  }),
);

const streambed = async (text: string) => {
  const everyone = arrivals.expect(text);
  await api.events(stream.id).post({ text });
  return everyone;
};
const loop = async (text: string) => {
  const everyone = arrivals.expect(text);
  const done = app.ask({ frame: sample.replace(/"text":"[^"]*"/, `"text":"${text}"`) });
  const times = await everyone;
  await done;
  return times;
};

app.tell({ concurrency: postConcurrency });
await streambed('warm up');
await app.ask({ room: roomName.stream(workspaceId, stream.id) });
await loop('warm up the loop');
const times = { streambed: [] as number[][], loop: [] as number[][] };
for (let round = 0; round < rounds; round++) {
  times.streambed.push(await streambed(`streambed ${round}`));
  times.loop.push(await loop(`loop ${round}`));
}
for (const socket of sockets) socket.terminate();
await app.stop();
const broadcast = await bareBroadcast();

/** The middle round of several, by a figure of each. */
const middle = (all: number[][], figure: (times: number[]) => number) => quantile(all.map(figure), 0.5);
const slowest = (all: number[]) => Math.max(...all);
const median = (all: number[]) => quantile(all, 0.5);
const whole = { streambed: middle(times.streambed, slowest), loop: middle(times.loop, slowest), broadcast: middle(broadcast, slowest) };
printFigure({ bench, figure: `post until ${size} sockets have it`, value: whole.streambed, unit: 'ms', peer: whole.loop, atMost: 1.3 });
printFigure({
  bench,
  figure: 'slowest socket beside the median',
  value: whole.streambed,
  unit: 'ms',
  peer: middle(times.streambed, median),
  atMost: 2,
});
printFigure({ bench, figure: `bare ws broadcast to ${size} sockets`, value: whole.broadcast, unit: 'ms' });
process.exit(0);

async function bareBroadcast(): Promise<number[][]> {
  const postgres = await startPostgresServer({ log: () => undefined });
  const workerData = { postgres: { host: postgres.socketFolder, port: postgres.port, user: 'postgres', database: 'postgres' } };
  const worker = new Worker(new URL('support/bare-server.ts', import.meta.url), { workerData });
  const port = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await eachOf(Array.from({ length: size }), 16, async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?room=all`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('message', (data) => arrivals.note((data as Buffer).toString()));
  });
  const all: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const everyone = arrivals.expect(`broadcast ${round}`);
    await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify({ room: 'all', text: `broadcast ${round}` }) });
    all.push(await everyone);
  }
  worker.postMessage('stop');
  await postgres.stop();
  return all;
}
