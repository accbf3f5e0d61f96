import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RetentionMessage } from '../../contract/messages/retention.ts';
import { createObjects } from '../../functions/files/objects.ts';
import type { Objects } from '../../functions/files/objects.ts';
import { handleRetentionMessage } from '../../functions/retention/retention-worker.ts';
import { sweepRetention } from '../../functions/retention/sweep-retention.ts';
import { bucket, startBucket } from '../local/s3/bucket.ts';
import type { RunningBucket } from '../local/s3/bucket.ts';
import type { TestApp } from './app.ts';
import type { MemoryWorker } from './memory-worker.ts';
import { mortalDatabase, mortalQueues } from './mortal.ts';

/** The worker of the retention queue, over a real database and a real bucket. */
export interface RetentionWorker {
  readonly objects: Objects;
  readonly s3: RunningBucket;
  /** Folder of the bucket. */
  readonly folder: string;
  work(message: RetentionMessage): Promise<void>;
  sweep(): Promise<{ sent: number }>;
  /** Makes the worker die at its n-th statement, message, object or note from now on; 0 turns that off. */
  dieAt(n: number): void;
  /** Handles waiting messages until none is left. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export async function createRetentionWorker(app: TestApp, memory: Pick<MemoryWorker, 'due'>): Promise<RetentionWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'retention-'));
  // The bucket follows the real clock, as the SDK does; addresses are to be signed near it.
  const s3 = await startBucket({ folder });
  const objects = createObjects(s3.client(), bucket.name, app.clock);
  let left = 0;
  const step = () => {
    if (left > 0 && --left === 0) throw new Error('The worker died');
  };
  const parts = {
    ...app,
    clock: app.clock,
    db: mortalDatabase(app.db, step),
    queues: mortalQueues(app, step),
    objects: {
      remove: async (key: string) => {
        step();
        await objects.remove(key);
        step();
      },
    },
    due: {
      note: async (workspaceId: string, at: Date) => {
        step();
        await memory.due.note(workspaceId, at);
      },
    },
  };
  const worker: RetentionWorker = {
    objects,
    s3,
    folder,
    work: (message) => handleRetentionMessage(parts, message),
    sweep: () => sweepRetention(app),
    dieAt: (n) => void (left = n),
    async settle() {
      for (let round = 0; app.retentionMessages.length > 0; round++) {
        if (round > 1_000) throw new Error(`Retention does not come to rest: ${JSON.stringify(app.retentionMessages)}`);
        for (const message of app.retentionMessages.splice(0)) await worker.work(RetentionMessage.parse(message));
      }
    },
    async stop() {
      await s3.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return worker;
}
