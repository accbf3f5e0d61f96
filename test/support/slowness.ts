import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Milliseconds of the work on the reference machine of the tests' limits: 2 cores, idle. */
const referenceMs = 180;
const most = 8;

/** A fixed workload like that of the tests: objects, strings and JSON, with some garbage. Runs in a thread. */
const work = `
  const { parentPort } = require('node:worker_threads');
  const start = performance.now();
  let length = 0;
  for (let round = 0; round < 320; round++) {
    const rows = Array.from({ length: 400 }, (_, i) => ({ id: 'row' + ((i * 7919) % 400), text: 'what was said '.repeat(3), at: i }));
    const sorted = JSON.parse(JSON.stringify(rows)).sort((a, b) => (a.id < b.id ? -1 : 1));
    length += new Map(sorted.map((row) => [row.id, row])).size;
  }
  parentPort.postMessage(performance.now() - start);`;

/**
 * Measures how many times slower this machine currently is than the reference, at least 1 and at most 8. Takes about a fifth of a second
 * times the result. All cores work in parallel, as in a run, so that load from other programs counts.
 */
export async function measureSlowness(threads: number = Math.min(2, availableParallelism())): Promise<number> {
  const times = await Promise.all(Array.from({ length: threads }, timeOfWork));
  const factor = Math.max(...times) / referenceMs;
  return Math.round(Math.min(most, Math.max(1, factor)) * 10) / 10;
}

function timeOfWork(): Promise<number> {
  const worker = new Worker(work, { eval: true });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
}

/**
 * Scales a limit in milliseconds from the reference machine to this one. The factor is measured once per run, before jest starts, and
 * passed in TEST_SLOWNESS.
 */
export function limit(milliseconds: number): number {
  return Math.round(milliseconds * Number(process.env.TEST_SLOWNESS ?? 1));
}

/** Measures how many times slower the machine is now than at the start of the run, at least 1. Extends a limit that has passed. */
export async function slowerThanMeasured(): Promise<number> {
  return Math.max(1, (await measureSlowness()) / Number(process.env.TEST_SLOWNESS ?? 1));
}
