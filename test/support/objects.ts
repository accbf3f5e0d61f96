import { createObjects } from '../../functions/files/objects.ts';
import type { Objects } from '../../functions/files/objects.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import { bucket, startBucket } from '../local/s3/bucket.ts';
import type { RunningBucket } from '../local/s3/bucket.ts';

/**
 * The content of files in an S3 on loopback, whose addresses work by `clock`. What the SDK sends itself is signed with the time that it is:
 * `settle` needs a clock within 15 minutes of it.
 */
export async function createTestObjects(clock: Clock): Promise<RunningBucket & { readonly objects: Objects }> {
  const running = await startBucket({ now: () => clock.now() });
  return Object.assign(running, { objects: createObjects(running.client(), bucket.name, clock) });
}
