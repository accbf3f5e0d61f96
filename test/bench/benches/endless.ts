import { Worker } from 'node:worker_threads';
import type { Bench } from '../../../bench/support/bench.ts';

/** `mark` is the value of TEST_PROCESS_MARK in the environment of all started processes. */
const sizes = { mark: '', app: false, blocks: false };

/** Starts what a bench may start, then waits forever, with an idle or with a blocked event loop. */
export const bench: Bench<typeof sizes> = {
  full: sizes,
  smoke: sizes,
  async run({ mark, app, blocks }, run) {
    process.env['TEST_PROCESS_MARK'] = mark;
    await Promise.all([app ? run.app() : undefined, run.database('endless'), run.qdrant(), run.bareServer()]);
    const worker = new Worker('setInterval(() => undefined, 1000)', { eval: true });
    worker.once('error', (error) => console.error(error));
    run.report({ figure: 'process of the bench', value: process.pid, unit: '' });
    if (blocks) for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    await run.until('a text that is never sent', new Promise(() => undefined));
  },
};
