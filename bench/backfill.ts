import type { EpochsMessage } from '../contract/messages/memory.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import type { BenchDatabase } from './support/database.ts';
import { createBenchWorker } from './support/memory/memory-worker.ts';
import { seedPast } from './support/memory/memory-seeding.ts';
import { nthStream, theWorkspace } from './support/seeding.ts';

/** `epochs` is the number of epochs to index. */
const full = { messages: 100_000, epochs: 1_000, streams: 100, workers: 2 };
const smoke = { messages: 400, epochs: 10, streams: 4, workers: 2 };
type Sizes = typeof full;

/** Batches after which the heap has reached its working size. */
const batchesToFill = 60;

/**
 * Back-fill of three years in 100 streams: two workers cut the messages into epochs, as the queue would distribute them, and index the
 * first epochs. The index is the local Qdrant in its own process. The workers' memory must stay flat: the maximum of the first tenth is
 * compared with the overall maximum. The plan of the benches bounds the heap to that of a function.
 */
export const bench: Bench<Sizes> = {
  full,
  smoke,
  async run(sizes, run) {
    const { messages, streams } = sizes;
    const database = await run.database('backfill');
    const owner = await database.connect();
    const count = async (statement: string): Promise<number> => {
      const { rows } = await owner.query<{ n: number }>(statement);
      return rows[0]?.n ?? Number.NaN;
    };
    const seededAt = performance.now();
    await run.until('the past to be seeded', seedPast(owner, { streams, messages }));
    run.report({ figure: 'seeding', value: (performance.now() - seededAt) / 1_000, unit: 's' });
    const { seconds, early, late } = await cut(sizes, run, database);
    const epochs = await count('select count(*)::int as n from epochs');
    const held = await count('select coalesce(sum(message_count), 0)::int as n from epochs');
    run.report({ figure: `cut, of ${messages} messages`, value: messages / seconds, unit: 'messages/s' });
    run.report({ figure: 'epochs', value: epochs, unit: 'epochs' });
    run.report({ figure: 'messages that no epoch holds', value: messages - held, unit: 'messages', atMost: 0 });
    const peak = Math.max(early, late);
    run.report({ figure: 'peak memory, beside the peak of the first tenth', value: peak, unit: 'MB', peer: early, atMost: 1.25 });
    const { indexed, seconds: indexSeconds } = await indexFirst(sizes, run, database, () =>
      count('select count(*)::int as n from epochs where indexed_rev is not null'),
    );
    run.report({ figure: `indexed, of ${indexed} epochs`, value: indexed / indexSeconds, unit: 'epochs/s' });
  },
};

const megabytes = (): number => process.memoryUsage.rss() / 1e6;

/** Sends one nudge for each stream, then those that the workers send, until none is left. */
async function cut({ messages, streams, workers }: Sizes, run: BenchRun, database: BenchDatabase) {
  const index = { url: await run.qdrant() };
  const nudge = (i: number): EpochsMessage => ({ kind: 'stream', workspaceId: theWorkspace, streamId: nthStream(i + 1) });
  const queue = Array.from({ length: streams }, (_, i) => nudge(i));
  const peaks = { early: 0, late: 0 };
  // Each nudge stands for a batch, and the last one of a stream finds nothing left to read.
  let dealt = 0;
  const nudges = messages / 1_000 + streams;
  const startedAt = performance.now();
  const lane = async () => {
    const worker = createBenchWorker(database.open(), index, (sent) => queue.push(sent));
    for (let next = queue.shift(); next; next = queue.shift()) {
      await worker.assign(next);
      const part = ++dealt <= Math.max(nudges / 10, batchesToFill) ? 'early' : 'late';
      peaks[part] = Math.max(peaks[part], megabytes());
    }
  };
  await run.until('all messages to be in epochs', Promise.all(Array.from({ length: workers }, lane)));
  return { seconds: (performance.now() - startedAt) / 1_000, ...peaks };
}

async function indexFirst({ epochs }: Sizes, run: BenchRun, database: BenchDatabase, countIndexed: () => Promise<number>) {
  const worker = createBenchWorker(database.open(), { url: await run.qdrant() }, () => undefined);
  const startedAt = performance.now();
  let indexed = 0;
  for (let before = -1; indexed > before && indexed < epochs;) {
    before = indexed;
    await run.until('epochs to be indexed', worker.work({ kind: 'waiting', workspaceId: theWorkspace, attempt: 0 }));
    indexed = await countIndexed();
  }
  return { indexed, seconds: (performance.now() - startedAt) / 1_000 };
}
