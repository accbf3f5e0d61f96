import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createLogBook } from '../../local/runner/log.ts';
import { startLocal } from '../../local/run.ts';

/** Requests to the process of the app. */
export type Ask =
  | { readonly kind: 'processor' }
  /** Resolves when the fan-out has no message waiting or in progress. */
  | { readonly kind: 'fanned-out' }
  /** Gives the bare loop the connections of a room. */
  | { readonly kind: 'list'; readonly room: string; readonly concurrency: number }
  /** Makes the bare loop post a frame to each of its connections. */
  | { readonly kind: 'post'; readonly frame: string };

export interface Answers {
  readonly processor: NodeJS.CpuUsage;
  readonly 'fanned-out': null;
  readonly list: number;
  readonly post: number;
}

/** The app in its own process, so that the load generator does not share its event loop. The process ends with the channel. */
const logBook = createLogBook({ show: 'error', pretty: true, write: (text) => process.stderr.write(text) });
const local = await startLocal({ port: 0, ephemeral: true, logBook });
process.send?.({ id: 0, answer: { demo: local.demo, databaseDsn: local.postgres.superuserDsn() } });
process.once('disconnect', () => void local.stop().then(() => process.exit(0)));
process.on('message', ({ id, ask }: { id: number; ask: Ask }) => {
  void answerTo(ask).then((answer) => process.send?.({ id, answer }));
});

/** The bare loop runs as the fan-out function does: in a thread of this process, with that function's environment. */
let loop: Worker | undefined;

async function answerTo(ask: Ask): Promise<unknown> {
  switch (ask.kind) {
    case 'processor':
      return process.cpuUsage();
    case 'fanned-out': {
      const queue = local.nameOf('RealtimeFanOutQueueQueue');
      for (
        let counts = local.queues.counts(queue);
        counts.visible + counts.inFlight + counts.delayed > 0;
        counts = local.queues.counts(queue)
      )
        await setTimeout(10);
      return null;
    }
    case 'list': {
      const env = local.functions.list().find(({ constructId }) => constructId === 'RealtimeFanOut')?.env;
      loop = new Worker(new URL('bare-loop.ts', import.meta.url), { workerData: ask, env: { ...env } });
      loop.unref();
      return nextMessageOf(loop);
    }
    case 'post':
      if (!loop) throw new Error('The loop knows no connections yet');
      loop.postMessage(ask);
      return nextMessageOf(loop);
  }
}

function nextMessageOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}
