import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { Log } from './log.ts';
import type { AppMetrics } from './metrics.ts';
import type { Queues } from './queues.ts';
import type { Origin } from './keys/origin.ts';
import type { Signer } from './keys/signer.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Verifier } from './keys/verifier.ts';

/**
 * Everything outside the process, one field each. A use case takes `Pick<App, ...>`, which declares its dependencies. A deployed file opens
 * only the fields its use cases name, so its bundle holds nothing else.
 */
export interface App {
  readonly db: Database;
  readonly queues: Queues;
  /** Address of the queue that every frame for sockets goes through, in order per room. */
  readonly fanOutQueueUrl: string;
  /** Address of the queue for follow-up work on a published change: pointers, reply counts. */
  readonly followUpQueueUrl: string;
  /** Address of the queue of edited or deleted events whose shares are outdated. */
  readonly sharesQueueUrl: string;
  /** Address of the queue of streams with events to cut into epochs. */
  readonly epochsQueueUrl: string;
  /** Address of the queue for work that needs an embedding or the vector index. */
  readonly embeddingsQueueUrl: string;
  /** Address of the queue for work that takes stored data away: purges, expiry, erasures. */
  readonly retentionQueueUrl: string;
  /** Address of the queue of those who may have to be notified. */
  readonly notifyQueueUrl: string;
  /** Address of the queue of notifications and mails to be delivered. */
  readonly deliveriesQueueUrl: string;
  /** Ends subscriptions of members who lose access. */
  readonly subscriptions: Subscriptions;
  /** Signs user tokens; only the function that mints them has it. */
  readonly tokenSigner: Signer;
  readonly tokenVerifier: Verifier;
  /** Signs tickets for sockets; only the function that hands them out has it. */
  readonly ticketSigner: Signer;
  readonly ticketVerifier: Verifier;
  /** Refuses requests that call a gateway directly. */
  readonly origin: Origin;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: AppMetrics;
}
