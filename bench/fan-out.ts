import { WebSocket } from 'ws';
import { createStreambed } from '../client/http/http.ts';
import { room as roomName } from '../contract/frames.ts';
import { postConcurrency } from '../functions/realtime/room-delivery.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import { quantile } from './support/figures.ts';
import { eachOf, listen, textsOf } from './support/listener.ts';

const full = { sockets: 2_000, rounds: 5 };
const smoke = { sockets: 20, rounds: 1 };

/**
 * One message to 2,000 sockets of one room, from the HTTP post until each socket has it. The peer is a bare loop of the SDK's
 * PostToConnection against the same gateway and sockets with the same concurrency, in alternating rounds. The outer limit is a bare `ws`
 * broadcast.
 */
export const bench: Bench<typeof full> = {
  full,
  smoke,
  async run({ sockets, rounds }, run) {
    const broadcast = await measureBroadcast(run, sockets, rounds);
    const { ours, loop, twice } = await measureFanOut(run, sockets, rounds);
    const whole = { ours: middle(ours, slowest), loop: middle(loop, slowest), broadcast: middle(broadcast, slowest) };
    const unit = 'ms';
    run.report({ figure: `post until ${sockets} sockets have it`, value: whole.ours, unit, peer: whole.loop, atMost: 1 });
    run.report({ figure: 'slowest socket beside the median', value: whole.ours, unit, peer: middle(ours, median), atMost: 2 });
    run.report({ figure: 'sockets that got it twice', value: twice, unit: 'sockets', atMost: 0 });
    run.report({ figure: `bare ws broadcast to ${sockets} sockets`, value: whole.broadcast, unit });
    run.distribution({
      distribution: `post until a socket has it, of ${sockets}`,
      unit,
      series: { streambed: ours.flat(), 'loop of PostToConnection': loop.flat(), 'bare broadcast': broadcast.flat() },
    });
  },
};

/** Median of one figure over several rounds. */
const middle = (all: number[][], figure: (times: number[]) => number) => quantile(all.map(figure), 0.5);
const slowest = (all: number[]) => Math.max(...all);
const median = (all: number[]) => quantile(all, 0.5);

/** Arrival times and counts of a text, by socket. */
class Arrivals {
  readonly #size: number;
  readonly #texts = new Map<string, { counts: number[]; times: number[]; startedAt: number; done: (times: number[]) => void }>();

  constructor(size: number) {
    this.#size = size;
  }

  /** Starts the clock; resolves with the milliseconds until each socket received the text. */
  expect(text: string): Promise<number[]> {
    const { promise, resolve } = Promise.withResolvers<number[]>();
    this.#texts.set(text, { counts: Array.from({ length: this.#size }, () => 0), times: [], startedAt: performance.now(), done: resolve });
    return promise;
  }

  note(socket: number, text: string): void {
    const shown = this.#texts.get(text);
    if (!shown) return;
    shown.counts[socket] = (shown.counts[socket] ?? 0) + 1;
    if (shown.counts[socket] > 1) return;
    shown.times.push(performance.now() - shown.startedAt);
    if (shown.times.length === this.#size) shown.done(shown.times);
  }

  /** Number of sockets that received a text more than once. */
  twice(text: string): number {
    return this.#texts.get(text)?.counts.filter((count) => count > 1).length ?? 0;
  }
}

async function measureFanOut(run: BenchRun, size: number, rounds: number) {
  const app = await run.app();
  const { baseUrl, workspaceId, users } = app.demo;
  const tokens = users.map(({ token }) => token);
  const api = createStreambed({ baseUrl, token: tokens[0] ?? '' }).workspace(workspaceId);
  const stream = await run.until('the stream to be made', api.streams.create({ streamType: 'channel', name: 'Fan-out' }));
  const arrivals = new Arrivals(size);
  let sample = '';
  const opening = eachOf(Array.from({ length: size }), 16, (_, i) =>
    listen({ baseUrl, token: tokens[i % tokens.length] ?? '', workspaceId, streamId: stream.id }, (frame) => {
      for (const text of textsOf(frame)) {
        // Frames of memory arrive too. They carry no text and are not counted.
        sample = frame;
        arrivals.note(i, text);
      }
    }),
  );
  const sockets = await run.until(`${size} sockets to open`, opening);
  run.atEnd(() => sockets.forEach((socket) => socket.terminate()));

  const everyone = (text: string) => run.until(`${size} sockets to show "${text}"`, arrivals.expect(text));
  const streambed = async (text: string) => {
    const [times] = await Promise.all([everyone(text), api.events(stream.id).post({ text })]);
    await run.until('the fan-out queue to be empty', app.ask({ kind: 'fanned-out' }));
    return times;
  };
  const loop = async (text: string) => {
    const frame = sample.replace(/"text":"[^"]*"/, `"text":"${text}"`);
    const [times] = await Promise.all([everyone(text), app.ask({ kind: 'post', frame })]);
    return times;
  };

  await streambed('warm up');
  const room = roomName.stream(workspaceId, stream.id);
  await run.until('the loop to know the connections', app.ask({ kind: 'list', room, concurrency: postConcurrency }));
  await loop('warm up the loop');
  const times = { ours: [] as number[][], loop: [] as number[][] };
  let twice = 0;
  for (let round = 0; round < rounds; round++) {
    times.ours.push(await streambed(`streambed ${round}`));
    times.loop.push(await loop(`loop ${round}`));
    twice += arrivals.twice(`streambed ${round}`);
  }
  return { ...times, twice };
}

async function measureBroadcast(run: BenchRun, size: number, rounds: number): Promise<number[][]> {
  const { port } = await run.bareServer();
  const arrivals = new Arrivals(size);
  const opening = eachOf(Array.from({ length: size }), 16, async (_, i) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?room=all`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('message', (data) => arrivals.note(i, (JSON.parse((data as Buffer).toString()) as { text: string }).text));
    return socket;
  });
  const sockets = await run.until(`${size} bare sockets to open`, opening);
  const all: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const text = `broadcast ${round}`;
    const everyone = arrivals.expect(text);
    const posted = fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify({ room: 'all', text }) });
    const [times] = await run.until(`${size} bare sockets to show "${text}"`, Promise.all([everyone, posted]));
    all.push(times);
  }
  for (const socket of sockets) socket.terminate();
  return all;
}
