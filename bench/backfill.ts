import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { EpochsMessage } from '../functions/platform/memory-messages.ts';
import { startBenchServer } from './support/database.ts';
import { printFigure } from './support/figures.ts';
import { createBenchWorker } from './support/memory-worker.ts';
import { seedPast } from './support/memory-seeding.ts';
import { nthStream, theWorkspace } from './support/seeding.ts';

/**
 * A past of three years in 100 streams is cut into epochs, as the queue would deal it out to two workers, and the first epochs of it are
 * indexed; the index is the local Qdrant in a process of its own. What the workers hold in memory must not grow with what they have done:
 * the most of the first tenth is held against the most at all. The script bounds the heap, as the memory of a function does: without a bound
 * there is no telling garbage that nobody needed to collect yet from what is held.
 */
const { values: given } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    epochs: { type: 'string' },
  },
});
const messages = Number(given.messages);
const epochsToIndex = Number(given.epochs ?? (messages < 1_000_000 ? 1_000 : 5_000));
const streams = 100;
const workers = 2;
/** Until then a heap grows whatever is done with it. */
const batchesToFill = 60;
const bench = 'backfill';

const server = await startBenchServer();
const database = await server.create('backfill');
const owner = await database.connect();
const seededAt = performance.now();
await seedPast(owner, { streams, messages });
printFigure({ bench, figure: 'seeding', value: (performance.now() - seededAt) / 1_000, unit: 's' });

const qdrant = fork(new URL('support/memory-qdrant-process.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
const index = await new Promise<{ url: string }>((resolve) => qdrant.once('message', (message) => resolve(message as { url: string })));

const megabytes = (): number => process.memoryUsage.rss() / 1e6;

/** Deals out one nudge for each stream and what follows from it, until nothing does. */
async function cut(): Promise<{ seconds: number; early: number; late: number }> {
  const nudge = (i: number): EpochsMessage => ({ kind: 'stream', workspaceId: theWorkspace, streamId: nthStream(i + 1) });
  const queue = Array.from({ length: streams }, (_, i) => nudge(i));
  const peaks = { early: 0, late: 0 };
  // Each nudge stands for a batch; the last of each stream finds it at its end.
  let dealt = 0;
  const nudges = messages / 1_000 + streams;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const worker = createBenchWorker(database.open(), index, (sent) => queue.push(sent));
      for (let next = queue.shift(); next; next = queue.shift()) {
        await worker.assign(next);
        const part = ++dealt <= Math.max(nudges / 10, batchesToFill) ? 'early' : 'late';
        peaks[part] = Math.max(peaks[part], megabytes());
      }
    }),
  );
  return { seconds: (performance.now() - startedAt) / 1_000, ...peaks };
}

async function indexFirst(): Promise<{ indexed: number; seconds: number }> {
  const worker = createBenchWorker(database.open(), index, () => undefined);
  const startedAt = performance.now();
  let indexed = 0;
  for (let before = -1; indexed > before && indexed < epochsToIndex;) {
    before = indexed;
    await worker.work({ kind: 'waiting', workspaceId: theWorkspace, attempt: 0 });
    indexed = await count(`select count(*)::int as n from epochs where indexed_rev is not null`);
  }
  return { indexed, seconds: (performance.now() - startedAt) / 1_000 };
}

async function count(statement: string): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(statement);
  return rows[0]?.n ?? Number.NaN;
}

const { seconds, early, late } = await cut();
const epochs = await count('select count(*)::int as n from epochs');
const held = await count('select coalesce(sum(message_count), 0)::int as n from epochs');
printFigure({ bench, figure: `cut, of ${messages} messages`, value: messages / seconds, unit: 'messages/s' });
printFigure({ bench, figure: 'epochs', value: epochs, unit: 'epochs' });
printFigure({ bench, figure: 'messages that no epoch holds', value: messages - held, unit: 'messages', atMost: 0 });
printFigure({
  bench,
  figure: 'peak memory, beside the peak of the first tenth',
  value: Math.max(early, late),
  unit: 'MB',
  peer: early,
  atMost: 1.25,
});
const { indexed, seconds: indexSeconds } = await indexFirst();
printFigure({ bench, figure: `indexed, of ${indexed} epochs`, value: indexed / indexSeconds, unit: 'epochs/s' });
qdrant.disconnect();
await server.stop();
process.exit(0);
