import { S3Client } from '@aws-sdk/client-s3';
import { createObjects } from '../../functions/files/objects.ts';
import type { Objects } from '../../functions/files/objects.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import { bucket, startBucket } from '../local/s3/bucket.ts';
import type { RunningBucket } from '../local/s3/bucket.ts';

/**
 * File contents in an S3 on loopback, whose signed addresses follow `clock`. Requests of the SDK itself are signed with the real time, so
 * `settle` needs a clock within 15 minutes of it.
 */
export async function createTestObjects(clock: Clock): Promise<RunningBucket & { readonly objects: Objects }> {
  const running = await startBucket({ now: () => clock.now() });
  return Object.assign(running, { objects: createObjects(running.client(), bucket.name, clock) });
}

/** Signs addresses that lead nowhere, for tests that never reach the content. */
export function createSignedObjects(clock: Clock): Objects {
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  return createObjects(new S3Client({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1', credentials, maxAttempts: 1 }), 'files', clock);
}
