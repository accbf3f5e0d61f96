import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Time of the work, in milliseconds, on the machine that the limits of the tests were written on: 2 cores, nothing else running. */
const referenceMs = 180;
const most = 8;

/** A fixed piece of work of the kind that the tests do: objects, strings and JSON, with some garbage. Runs in a thread of its own. */
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
 * Measures how many times slower this machine is now than the one that the limits were written on, at least 1 and at most 8. Takes
 * about a fifth of a second times the result. All cores work at once, as in a run, so that other programs that keep them busy count.
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
 * A limit for this machine, in milliseconds, from what is enough on one that is not slow. The factor is measured once per run, before jest
 * starts, and stands in TEST_SLOWNESS.
 */
export function limit(milliseconds: number): number {
  return Math.round(milliseconds * Number(process.env.TEST_SLOWNESS ?? 1));
}

/** Measures how many times slower the machine is now than when the run began, at least 1: what a limit that has passed is to be multiplied by. */
export async function slowerThanMeasured(): Promise<number> {
  return Math.max(1, (await measureSlowness()) / Number(process.env.TEST_SLOWNESS ?? 1));
}
