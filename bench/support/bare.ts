import { Worker } from 'node:worker_threads';
import type pg from 'pg';

/** A running bare server (`bare-server.ts`). */
export interface BareServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startBareServer(postgres: pg.ClientConfig): Promise<BareServer> {
  const worker = new Worker(new URL('bare-server.ts', import.meta.url), { workerData: { postgres } });
  const port = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  return {
    port,
    // It holds nothing that has to be kept, so it need not be asked.
    stop: async () => void (await worker.terminate()),
  };
}
