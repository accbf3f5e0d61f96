import { parseArgs } from 'node:util';
import pg from 'pg';
import { createStreambed } from '../client/http.ts';
import { api } from '../contract/api.ts';
import { printFigure, quantile } from './support/figures.ts';
import { eachOf, listen } from './support/listener.ts';
import { atRate, post, startMemoryApp } from './support/memory-load.ts';
import type { Posted } from './support/memory-load.ts';
import { createChance, messageAbout, sentenceAbout } from './support/memory-topics.ts';

/**
 * How far memory is behind of what is said, on the local runner: 50 messages a second over 20 streams. From the answer of a post until the
 * cursor of its stream is past it, as Postgres shows it every 20 ms; and from the answer of a message that comes back, in a fresh stream,
 * to what was talked of before, until another member's socket is told what it is related to. Beside it, how long posts take with memory in
 * these streams and without.
 */
const { values: given } = parseArgs({ options: { seconds: { type: 'string', default: '30' } } });
const seconds = Number(given.seconds);
const perSecond = 50;
const streams = 20;
const probesPerSecond = 2.5;
const probes = Math.ceil(probesPerSecond * seconds);
const remembered = 60;
const pollMs = 20;
const patienceMs = 20_000;
const bench = 'memory-lag';

const app = await startMemoryApp();
const { demo } = app;
const { baseUrl, workspaceId } = demo;
const tokens = demo.users.map(({ token }) => token);
const tokenOf = (n: number) => tokens[n % tokens.length] ?? '';
const workspace = createStreambed({ baseUrl, token: tokenOf(0) }).workspace(workspaceId);
const chance = createChance(11);

const makeStreams = (what: string, count: number): Promise<string[]> =>
  eachOf(Array.from({ length: count }), 4, async (_, n) => {
    const { id } = await workspace.streams.create({ streamType: 'channel', name: `${what} ${n}` });
    return id;
  });

/** Has each topic talked of once, its epoch closed, and waits until all of it is indexed. */
async function rememberTopics(): Promise<void> {
  const rooms = await makeStreams('Past', 10);
  await eachOf(rooms, 4, async (streamId, at) => {
    for (let topic = at; topic < remembered; topic += rooms.length) {
      for (let n = 0; n < 6; n++) await post(demo, tokenOf(n), streamId, sentenceAbout(topic, chance));
      await workspace.memory.setBarrier(streamId);
    }
  });
  const reader = createStreambed({ baseUrl, token: demo.apiKey });
  for (const until = performance.now() + 120_000; performance.now() < until;) {
    const status = await reader.call(api.epochs.readMemory, { params: { workspaceId } });
    if (status.streamsBehind === 0 && status.epochsWaiting === 0 && status.epochCount >= remembered) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('What was talked of before is not remembered after two minutes');
}

/** People who talk in a stream: of one thing for a while, then of another; one in three is one that was talked of before. */
function talkIn(streamIds: readonly string[]): (n: number) => Promise<Posted> {
  const topics = streamIds.map(() => ({ topic: 0, left: 0 }));
  return (n) => {
    const at = n % streamIds.length;
    const talk = topics[at] as { topic: number; left: number };
    if (talk.left-- <= 0) {
      talk.topic = Math.floor(chance() * (chance() < 1 / 3 ? remembered : 300));
      talk.left = 5 + Math.floor(chance() * 8);
    }
    return post(demo, tokenOf(n), streamIds[at] ?? '', messageAbout(talk.topic, chance));
  };
}

/** Looks how far the cursors are, until it is stopped and everything that it was given has been seen, or for as long as it has patience. */
function watchCursors(streamIds: readonly string[]) {
  const waiting: Posted[] = [];
  const lags: number[] = [];
  let stopsAt = Number.POSITIVE_INFINITY;
  const watch = async () => {
    const client = new pg.Client({ connectionString: app.databaseDsn });
    await client.connect();
    while (performance.now() < stopsAt && (waiting.length > 0 || stopsAt === Number.POSITIVE_INFINITY)) {
      const { rows } = await client.query<{ stream_id: string; seq: string }>(
        'select stream_id, seq from epoch_cursors where stream_id = any($1)',
        [streamIds],
      );
      const seenAt = performance.now();
      const cursors = new Map(rows.map((row) => [row.stream_id, Number(row.seq)]));
      for (const posted of waiting.splice(0)) {
        if ((cursors.get(posted.streamId) ?? 0) < posted.seq) waiting.push(posted);
        else lags.push(Math.max(0, seenAt - posted.answeredAt));
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    await client.end();
    return { lags, missing: waiting.length };
  };
  const watched = watch();
  return {
    add: (posted: Posted) => void waiting.push(posted),
    stop() {
      stopsAt = performance.now() + patienceMs;
      return watched;
    },
  };
}

/** Posts one message into each stream, in turn; gives the times from their answers until another member was told what they are related to. */
async function probe(streamIds: readonly string[]): Promise<{ lags: number[]; missing: number }> {
  const told = new Map<string, number>();
  const sockets = await eachOf(streamIds, 8, (streamId) =>
    listen({ baseUrl, token: tokenOf(1), workspaceId, streamId }, (frame) => {
      if (!told.has(streamId) && frame.includes('"op":"related"')) told.set(streamId, performance.now());
    }),
  );
  startLoad();
  const posted = await atRate(probesPerSecond, streamIds.length, (n) => {
    const topic = (n * 7) % remembered;
    return post(demo, tokenOf(0), streamIds[n] ?? '', `${sentenceAbout(topic, chance)}. ${sentenceAbout(topic, chance)}.`);
  });
  const until = performance.now() + patienceMs / 4;
  while (told.size < posted.length && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const socket of sockets) socket.close();
  const lags = posted.flatMap(({ streamId, answeredAt }) => {
    const at = told.get(streamId);
    return at === undefined ? [] : [Math.max(0, at - answeredAt)];
  });
  return { lags, missing: posted.length - lags.length };
}

await rememberTopics();
const rooms = await makeStreams('Load', streams);
const probeRooms = await makeStreams('Probe', probes);
for (const streamId of rooms) await workspace.memory.updateSettings(streamId, { enabled: false });
await atRate(perSecond, perSecond * 5, talkIn(rooms));
const processor = [await app.processorMs()];
const without = await atRate(perSecond, (perSecond * seconds) / 2, talkIn(rooms));
processor.push(await app.processorMs());
for (const streamId of rooms) await workspace.memory.updateSettings(streamId, { enabled: true });

let startLoad = () => undefined as void;
const loadStarts = new Promise<void>((resolve) => (startLoad = resolve));
const cursors = watchCursors(rooms);
const load = loadStarts.then(async () => {
  processor.push(await app.processorMs());
  const talk = talkIn(rooms);
  return atRate(perSecond, perSecond * seconds, async (n) => {
    const posted = await talk(n);
    cursors.add(posted);
    return posted;
  });
});
const probed = await probe(probeRooms);
const posted = await load;
const assigned = await cursors.stop();
processor.push(await app.processorMs());

const unit = 'ms';
printFigure({ bench, figure: 'message to epoch, p50', value: quantile(assigned.lags, 0.5), unit });
printFigure({ bench, figure: 'message to epoch, p99', value: quantile(assigned.lags, 0.99), unit, atMost: 1_000 });
printFigure({ bench, figure: `messages in no epoch, of ${posted.length}`, value: assigned.missing, unit: 'messages', atMost: 0 });
printFigure({ bench, figure: 'message to related frame, p50', value: quantile(probed.lags, 0.5), unit });
printFigure({ bench, figure: 'message to related frame, p99', value: quantile(probed.lags, 0.99), unit, atMost: 2_000 });
printFigure({ bench, figure: `probes that were told of nothing, of ${probes}`, value: probed.missing, unit: 'probes' });
const times = (some: readonly Posted[], share: number) => quantile(some.map(({ milliseconds }) => milliseconds), share); // prettier-ignore
for (const [name, share] of [
  ['p50', 0.5],
  ['p99', 0.99],
] as const)
  // prettier-ignore
  printFigure({ bench, figure: `post, ${name}, beside posts without memory`, value: times(posted, share), unit, peer: times(without, share) });
const [from = 0, to = 0, loadFrom = 0, loadTo = 0] = processor;
printFigure({
  bench,
  figure: 'processor time of the app a message, beside messages without memory',
  value: (loadTo - loadFrom) / (posted.length + probes),
  unit,
  peer: (to - from) / without.length,
});
await app.stop();
process.exit(0);
