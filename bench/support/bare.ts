import { fork } from 'node:child_process';
import type pg from 'pg';

/** A running bare server (`bare-server.ts`). */
export interface BareServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startBareServer(postgres: pg.ClientConfig): Promise<BareServer> {
  const script = new URL('bare-server.ts', import.meta.url);
  const child = fork(script, [JSON.stringify(postgres)], { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', (code) => reject(new Error(`The bare server ended with ${code}`)));
  });
  return {
    port,
    async stop() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
