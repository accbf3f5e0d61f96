import { Worker } from 'node:worker_threads';
import { startLocal } from '../../local/run.ts';

/** The app in a process of its own, so that the load does not share its event loop. Ends with the channel. */
const local = await startLocal({ port: 0, ephemeral: true, quiet: true });
process.send?.(local.demo);
process.once('disconnect', () => void local.stop().then(() => process.exit(0)));

/** The bare loop runs where the fan-out function would: in a thread of this process, with that function's environment. */
let loop: Worker | undefined;
process.on('message', (message: { concurrency: number } | object) => {
  if (!('concurrency' in message)) return loop?.postMessage(message);
  const env = local.functions.list().find(({ constructId }) => constructId === 'RealtimeFanOut')?.env;
  loop = new Worker(new URL('bare-loop.ts', import.meta.url), { workerData: message, env: { ...env } });
  loop.on('message', (answer) => process.send?.(answer));
  loop.unref();
});
