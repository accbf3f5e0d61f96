import pg from 'pg';
import { createStreambed } from '../client/http/http.ts';
import { api } from '../contract/api.ts';
import type { App } from './support/app.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import { quantile } from './support/figures.ts';
import { eachOf, listen } from './support/listener.ts';
import { atRate, post } from './support/memory/memory-load.ts';
import type { Posted } from './support/memory/memory-load.ts';
import { createChance, messageAbout, sentenceAbout } from './support/memory/memory-topics.ts';

/** `subjects` is the number of subjects that return; `patience` is the timeout in seconds. */
const full = { seconds: 30, perSecond: 50, streams: 20, subjects: 60, patience: 20 };
const smoke = { seconds: 1, perSecond: 10, streams: 2, subjects: 4, patience: 40 };
type Sizes = typeof full;
const probesPerSecond = 2.5;
const pollMs = 20;

/**
 * Lag of memory behind posts on the local runner, at 50 messages a second over 20 streams. Three figures:
 * - from the answer of a post until the stream's cursor has passed it, polled in Postgres every 20 ms;
 * - from the answer of a message about an earlier subject, in a fresh stream, until another member's socket receives its related items;
 * - duration of posts in streams with memory and without.
 */
export const bench: Bench<Sizes> = {
  full,
  smoke,
  async run(sizes, run) {
    const app = await run.app();
    const talkers = createTalkers(sizes, app);
    await rememberSubjects(sizes, run, talkers);
    const rooms = await talkers.makeStreams('Load', sizes.streams);
    const without = await loadWithout(sizes, run, talkers, rooms);
    const { posted, assigned, probed, processorMs } = await loadWith(sizes, run, talkers, rooms);
    const unit = 'ms';
    run.report({ figure: 'message to epoch, p50', value: quantile(assigned.lags, 0.5), unit });
    run.report({ figure: 'message to epoch, p99', value: quantile(assigned.lags, 0.99), unit, atMost: 1_000 });
    run.report({ figure: `messages in no epoch, of ${posted.length}`, value: assigned.missing, unit: 'messages', atMost: 0 });
    run.report({ figure: 'message to related frame, p50', value: quantile(probed.lags, 0.5), unit });
    run.report({ figure: 'message to related frame, p99', value: quantile(probed.lags, 0.99), unit, atMost: 2_000 });
    run.report({ figure: `probes that were told of nothing, of ${probed.count}`, value: probed.missing, unit: 'probes' });
    const [ours, bare] = [posted, without.posted].map((all) => all.map(({ milliseconds }) => milliseconds)) as [number[], number[]];
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const)
      // prettier-ignore
      run.report({ figure: `post, ${name}, beside posts without memory`, value: quantile(ours, share), unit, peer: quantile(bare, share) });
    const figure = 'processor time of the app a message, beside messages without memory';
    run.report({ figure, value: processorMs / (posted.length + probed.count), unit, peer: without.processorMs / bare.length });
    const series = {
      'message to epoch': assigned.lags,
      'message to related frame': probed.lags,
      'post, with memory': ours,
      'post, without': bare,
    };
    run.distribution({ distribution: 'how far memory is behind', unit, series });
  },
};

type Talkers = ReturnType<typeof createTalkers>;

/** Members who post in streams of the demo workspace. */
function createTalkers({ subjects }: Sizes, app: App) {
  const { demo } = app;
  const { baseUrl, workspaceId } = demo;
  const tokens = demo.users.map(({ token }) => token);
  const tokenOf = (n: number) => tokens[n % tokens.length] ?? '';
  const workspace = createStreambed({ baseUrl, token: tokenOf(0) }).workspace(workspaceId);
  const chance = createChance(11);
  return {
    app,
    workspace,
    sentence: (topic: number) => sentenceAbout(topic, chance),
    say: (member: number, streamId: string, text: string) => post(demo, tokenOf(member), streamId, text),
    listenTo: (streamId: string, onFrame: (frame: string) => void) =>
      listen({ baseUrl, token: tokenOf(1), workspaceId, streamId }, onFrame),
    makeStreams: (what: string, count: number): Promise<string[]> =>
      eachOf(Array.from({ length: count }), 4, async (_, n) => {
        const { id } = await workspace.streams.create({ streamType: 'channel', name: `${what} ${n}` });
        return id;
      }),
    /** Posts runs of messages about one subject after the other; one subject in three is an earlier one. */
    talkIn(streamIds: readonly string[]): (n: number) => Promise<Posted> {
      const topics = streamIds.map(() => ({ topic: 0, left: 0 }));
      return (n) => {
        const at = n % streamIds.length;
        const talk = topics[at] as { topic: number; left: number };
        if (talk.left-- <= 0) {
          talk.topic = Math.floor(chance() * (chance() < 1 / 3 ? subjects : 300));
          talk.left = 5 + Math.floor(chance() * 8);
        }
        return post(demo, tokenOf(n), streamIds[at] ?? '', messageAbout(talk.topic, chance));
      };
    },
  };
}

/** Posts about each subject once, closes its epoch, and waits until all epochs are indexed. */
async function rememberSubjects(
  { subjects }: Sizes,
  run: BenchRun,
  { app, workspace, sentence, say, makeStreams }: Talkers,
): Promise<void> {
  const rooms = await makeStreams('Past', Math.min(10, subjects));
  await eachOf(rooms, 4, async (streamId, at) => {
    for (let topic = at; topic < subjects; topic += rooms.length) {
      for (let n = 0; n < 6; n++) await say(n, streamId, sentence(topic));
      await workspace.memory.setBarrier(streamId);
    }
  });
  const reader = createStreambed({ baseUrl: app.demo.baseUrl, token: app.demo.apiKey });
  const remembered = async () => {
    for (;;) {
      const status = await reader.call(api.epochs.readMemory, { params: { workspaceId: app.demo.workspaceId } });
      if (status.streamsBehind === 0 && status.epochsWaiting === 0 && status.epochCount >= subjects) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  await run.until('what was talked of before to be remembered', remembered());
}

/** Posts into streams without memory. */
async function loadWithout({ seconds, perSecond }: Sizes, run: BenchRun, { app, workspace, talkIn }: Talkers, rooms: readonly string[]) {
  for (const streamId of rooms) await workspace.memory.updateSettings(streamId, { enabled: false });
  await run.until('the load to warm up', atRate(perSecond, Math.ceil((perSecond * seconds) / 6), talkIn(rooms)));
  const before = await app.processorMs();
  const posted = await run.until('the load without memory', atRate(perSecond, (perSecond * seconds) / 2, talkIn(rooms)));
  const processorMs = (await app.processorMs()) - before;
  for (const streamId of rooms) await workspace.memory.updateSettings(streamId, { enabled: true });
  return { posted, processorMs };
}

/** Posts into the same streams with memory, and runs the probes at the same time. */
async function loadWith(sizes: Sizes, run: BenchRun, talkers: Talkers, rooms: readonly string[]) {
  const { seconds, perSecond, patience } = sizes;
  const { app, makeStreams, talkIn } = talkers;
  const probeRooms = await makeStreams('Probe', Math.ceil(probesPerSecond * seconds));
  const cursors = watchCursors(app.databaseDsn, rooms, patience);
  const talk = talkIn(rooms);
  let before = 0;
  const load = async () => {
    before = await app.processorMs();
    return atRate(perSecond, perSecond * seconds, async (n) => {
      const posted = await talk(n);
      cursors.add(posted);
      return posted;
    });
  };
  const { probed, loaded } = await run.until('the load with memory', probe(sizes, talkers, probeRooms, load));
  const assigned = await run.until('the cursors of memory', cursors.stop());
  return { posted: loaded, assigned, probed, processorMs: (await app.processorMs()) - before };
}

/** Polls the cursors until it is stopped and every given message has been passed, or until `patience` seconds are over. */
function watchCursors(databaseDsn: string, streamIds: readonly string[], patience: number) {
  const waiting: Posted[] = [];
  const lags: number[] = [];
  let stopsAt = Number.POSITIVE_INFINITY;
  const watch = async () => {
    const client = new pg.Client({ connectionString: databaseDsn });
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
      stopsAt = performance.now() + patience * 1_000;
      return watched;
    },
  };
}

/**
 * Posts one message into each stream in turn while `load` runs. Returns the times from each answer until another member received its
 * related items.
 */
async function probe(
  { subjects, patience }: Sizes,
  { sentence, say, listenTo }: Talkers,
  streamIds: readonly string[],
  load: () => Promise<Posted[]>,
) {
  const told = new Map<string, number>();
  const sockets = await eachOf(streamIds, 8, (streamId) =>
    listenTo(streamId, (frame) => {
      if (!told.has(streamId) && frame.includes('"op":"related"')) told.set(streamId, performance.now());
    }),
  );
  const loading = load();
  const posted = await atRate(probesPerSecond, streamIds.length, (n) => {
    const topic = (n * 7) % subjects;
    return say(0, streamIds[n] ?? '', `${sentence(topic)}. ${sentence(topic)}.`);
  });
  const until = performance.now() + patience * 250;
  while (told.size < posted.length && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const socket of sockets) socket.close();
  const lags = posted.flatMap(({ streamId, answeredAt }) => {
    const at = told.get(streamId);
    return at === undefined ? [] : [Math.max(0, at - answeredAt)];
  });
  return { probed: { lags, missing: posted.length - lags.length, count: posted.length }, loaded: await loading };
}
