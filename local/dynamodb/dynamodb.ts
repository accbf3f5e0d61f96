import { Worker } from 'node:worker_threads';
import type { TableDefinition } from '../definitions.ts';
import type { Access, Account, Log } from '../types.ts';
import type { FromWorker, ToWorker, WorkerOptions } from './protocol.ts';

export interface DynamoDbOptions {
  readonly account: Account;
  readonly tables: readonly TableDefinition[];
  readonly access: Access;
  readonly log: Log;
  /** Folder of the items; in memory without it. */
  readonly path?: string;
  /** Another server for the items: DynamoDB Local, or any that does not verify signatures. */
  readonly endpoint?: string;
  /** Interval between two deletions of expired items. */
  readonly sweepMilliseconds?: number;
}

export interface DynamoDb {
  /** Value of `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Deletes expired items now; resolves with their number. */
  sweepExpired(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts DynamoDB in its own thread, so that its work does not block the gateways. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const { account, tables, access, log, path, endpoint, sweepMilliseconds = 30_000 } = options;
  // An empty setting counts as unset.
  const workerData: WorkerOptions = { account, tables, path, endpoint: endpoint || undefined, sweepMilliseconds };
  const env = { ...process.env, AWS_ACCOUNT_ID: account.accountId, AWS_REGION: account.region };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, env, execArgv: [] });
  const post = (message: ToWorker) => worker.postMessage(message);
  const sweeps = new Map<number, (count: number) => void>();
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    worker.on('error', (error) => {
      log('error', 'the emulated DynamoDB ended', { error: String((error as Error).stack ?? error) });
      reject(error);
    });
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ask') {
        const { accessKeyId, action, resource } = message.question;
        post({ kind: 'answer', id: message.id, decision: access.check(accessKeyId, action, resource) });
      } else if (message.kind === 'swept') sweeps.get(message.id)?.(message.count);
      else if (message.kind === 'log') log(message.level, message.message, message.fields);
      else if (message.kind === 'ready') resolve(message.url);
      else if (message.kind === 'failed') reject(new Error(`the emulated DynamoDB does not start: ${message.message}`));
    });
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return {
    url,
    sweepExpired: () =>
      new Promise((resolve) => {
        const id = sweeps.size;
        sweeps.set(id, resolve);
        post({ kind: 'sweep', id });
      }),
    stop: async () => {
      post({ kind: 'stop' });
      await exited;
    },
  };
}
