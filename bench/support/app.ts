import { fork } from 'node:child_process';
import type { Demo } from '../../local/demo/demo.ts';
import type { Answers, Ask } from './app-process.ts';

/** The app on the local runner, with temporary data. */
export interface App {
  readonly demo: Demo;
  /** Connection string of a role that bypasses row-level security. */
  readonly databaseDsn: string;
  /** Sends a request to the process of the app; rejects when the process ends first. */
  ask<Kind extends keyof Answers>(ask: Extract<Ask, { kind: Kind }>): Promise<Answers[Kind]>;
  /** Milliseconds of processor time of the app so far, without the database. */
  processorMs(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the app in its own process. */
export async function startApp(): Promise<App> {
  // Flags of this process, such as its heap limit, must not apply to the app.
  const child = fork(new URL('app-process.ts', import.meta.url), { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] });
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  const start = Promise.withResolvers<unknown>();
  pending.set(0, start);
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    pending.get(id)?.resolve(answer);
    pending.delete(id);
  });
  child.once('exit', (code) => {
    for (const { reject } of pending.values()) reject(new Error(`The app ended with ${code}`));
  });
  const { demo, databaseDsn } = (await start.promise) as { demo: Demo; databaseDsn: string };
  let asked = 0;
  const ask: App['ask'] = async (question) => {
    const answer = Promise.withResolvers<unknown>();
    pending.set(++asked, answer);
    child.send({ id: asked, ask: question });
    return (await answer.promise) as Answers[(typeof question)['kind']];
  };
  return {
    demo,
    databaseDsn,
    ask,
    async processorMs() {
      const { user, system } = await ask({ kind: 'processor' });
      return (user + system) / 1_000;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}
