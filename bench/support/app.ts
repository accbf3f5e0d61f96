import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Demo } from '../../local/demo.ts';

export interface App {
  readonly demo: Demo;
  /** Tells the process something; resolves with its answer. */
  ask(message: object): Promise<object>;
  tell(message: object): void;
  stop(): Promise<void>;
}

/** Starts the app on the local runner, with nothing kept. */
export async function startApp(): Promise<App> {
  const child = fork(new URL('app-process.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const demo = (await answerOf(child)) as Demo;
  return {
    demo,
    ask(message) {
      const answer = answerOf(child);
      child.send(message);
      return answer;
    },
    tell: (message) => void child.send(message),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}

function answerOf(child: ChildProcess): Promise<object> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`The app ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as object);
    });
  });
}
