import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { Log } from './log.ts';
import type { AppMetrics } from './metrics.ts';
import type { Queues } from './queues.ts';
import type { Keys } from './keys.ts';

/**
 * Everything outside the process, one field each. A use case takes `Pick<App, ...>`, which says what it touches; a deployed file opens
 * what its use cases name, so a bundle holds nothing else.
 */
export interface App {
  readonly db: Database;
  readonly queues: Queues;
  /** Address of the queue that every frame for sockets goes through, in order per room. */
  readonly fanOutQueueUrl: string;
  /** Address of the queue of what is looked after when a change has been told. */
  readonly followUpQueueUrl: string;
  /** Address of the queue of streams that are to be cut into epochs. */
  readonly epochsQueueUrl: string;
  /** Address of the queue of what takes an embedding or the index. */
  readonly embeddingsQueueUrl: string;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: AppMetrics;
}
