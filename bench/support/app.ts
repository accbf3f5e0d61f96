import { fork } from 'node:child_process';
import type { Demo } from '../../local/demo.ts';

/** Starts the app on the local runner, with nothing kept. */
export async function startApp(): Promise<{ demo: Demo; stop(): Promise<void> }> {
  const child = fork(new URL('app-process.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const demo = await new Promise<Demo>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Demo));
    child.once('exit', (code) => reject(new Error(`The app ended with ${code} before it was ready`)));
  });
  return {
    demo,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}
