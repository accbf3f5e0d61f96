import { Worker } from 'node:worker_threads';
import type { Bench } from '../../../bench/support/bench.ts';

/** `mark`: what all processes that it starts have in their environment as TEST_PROCESS_MARK. */
const sizes = { mark: '', app: false, blocks: false };

/** Has running what a bench may have, and then waits for what never comes: in its event loop, or in the way of it. */
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
