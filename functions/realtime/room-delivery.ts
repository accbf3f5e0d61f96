import { setTimeout } from 'node:timers/promises';
import type { App } from '../platform/app.ts';
import type { Connections } from './connections.ts';
import type { Subscriber } from './ended-accesses.ts';

/** Concurrent posts; each is one HTTPS request. */
export const postConcurrency = 64;

/** Connections that have the frames: all up to `after`, in the order of `listRoom`, except `missed`. */
export interface DeliveryCursor {
  readonly after: string;
  readonly missed: readonly string[];
}

interface DeliveryOptions {
  /** Resumes behind the connections of an earlier attempt. */
  readonly resume?: DeliveryCursor | undefined;
  /** Stores the cursor: every 1,000 connections, and when the delivery fails. */
  readonly storeCursor?: (cursor: DeliveryCursor) => Promise<void>;
  /** Removes a subscription whose access has ended; nothing was posted to it. Called after the posts. */
  readonly endSubscription?: (subscriber: Subscriber) => Promise<void>;
}

type DeliveryApp = Pick<App, 'log'> & { readonly connections: Pick<Connections, 'listRoom'> };

/** Connections between two stored cursors. A dead worker costs these the frame twice; storing a cursor costs one write. */
const storeEvery = 1_000;
/** After a first pass longer than this, missed connections get no second try. */
const secondTryWithinMs = 5_000;
/** More failures than this are not the fault of single connections: the rest waits for the redelivery. */
const maxMissed = 50;
/** Waits between tries to read a page, in milliseconds; the table's client retries several times within each. */
const pageWaitsMs = [100, 400];

/**
 * Posts to every connection of a room, page by page; returns their number. A failed connection delays no other: it is retried after all
 * others. Throws if one still fails, or if the list cannot be read. Stores the cursor before throwing.
 */
export async function deliverToRoom(
  app: DeliveryApp,
  room: string,
  post: (connectionId: string) => Promise<void>,
  options: DeliveryOptions = {},
): Promise<number> {
  const delivery = new RoomDelivery(app, post, options);
  const ended = new Map<string, Subscriber>();
  try {
    const pages = pagesOf(app, room, options.resume?.after, (subscriber) => ended.set(subscriber.connectionId, subscriber));
    for await (const connectionIds of pages) await delivery.postPage(connectionIds);
    await delivery.retryMissed();
  } catch (error) {
    await delivery.storeLastCursor();
    throw error;
  }
  await delivery.storing;
  if (options.endSubscription) await eachWithin(postConcurrency, [...ended.values()], options.endSubscription);
  return delivery.readers;
}

/** Lists the connections in pages. Retries a failed page behind the last connection read. */
async function* pagesOf(
  { connections, log }: DeliveryApp,
  room: string,
  after: string | undefined,
  onEnded: (subscriber: Subscriber) => void,
): AsyncGenerator<string[]> {
  let last = after;
  for (let failures = 0; ;) {
    try {
      for await (const connectionIds of connections.listRoom(room, last, onEnded)) {
        // A page is empty when all of its entries have expired: that is no progress.
        if (connectionIds.length > 0) failures = 0;
        last = connectionIds.at(-1) ?? last;
        yield connectionIds;
      }
      return;
    } catch (error) {
      const waitMs = pageWaitsMs[failures++];
      if (waitMs === undefined) throw error;
      log.warn('The list of a room is read again', { room, after: last, error: error as Error });
      await setTimeout(waitMs);
    }
  }
}

/** One delivery to all connections of a room. */
class RoomDelivery {
  readonly #app: DeliveryApp;
  readonly #post: (connectionId: string) => Promise<void>;
  readonly #storeCursor: DeliveryOptions['storeCursor'];
  #after: string | undefined;
  /** Connections whose post failed and was not repaired yet. */
  readonly #missed: Set<string>;
  #sinceStored = 0;
  readonly #startedAt = performance.now();
  #failure: { error: unknown } | undefined;
  /** Settles when no cursor is being stored. */
  storing: Promise<void> | undefined;
  readers = 0;

  constructor(app: DeliveryApp, post: (connectionId: string) => Promise<void>, { resume, storeCursor }: DeliveryOptions) {
    this.#app = app;
    this.#post = post;
    this.#storeCursor = storeCursor;
    this.#after = resume?.after;
    this.#missed = new Set(resume?.missed);
  }

  async postPage(connectionIds: readonly string[]): Promise<void> {
    this.readers += connectionIds.length;
    const isDone = connectionIds.map(() => false);
    let reached = 0;
    await eachWithin(postConcurrency, [...connectionIds.entries()], async ([at, connectionId]) => {
      await this.#try(connectionId);
      isDone[at] = true;
      const before = reached;
      while (isDone[reached]) reached++;
      if (reached > before) this.#reach(connectionIds[reached - 1] as string, reached - before);
    });
  }

  /** Retries missed connections, of this delivery or the one that it resumes; they have had time to recover. */
  async retryMissed(): Promise<void> {
    const before = this.#failure;
    // A hanging post takes 20 s with its tries, and the worker has 30 s: then the redelivery is the second try.
    if (before && performance.now() - this.#startedAt > secondTryWithinMs) throw before.error;
    this.#failure = undefined;
    await eachWithin(postConcurrency, [...this.#missed], (connectionId) => this.#try(connectionId));
    const failure = this.#failure as { error: unknown } | undefined;
    if (failure) throw failure.error;
  }

  async storeLastCursor(): Promise<void> {
    await this.storing;
    this.#store();
    await this.storing;
  }

  /** Throws only after too many failures. */
  async #try(connectionId: string): Promise<void> {
    try {
      await this.#post(connectionId);
      this.#missed.delete(connectionId);
    } catch (error) {
      this.#failure ??= { error };
      if (this.#missed.size >= maxMissed && !this.#missed.has(connectionId)) throw error;
      this.#missed.add(connectionId);
    }
  }

  #reach(connectionId: string, count: number): void {
    this.#after = connectionId;
    this.#sinceStored += count;
    if (this.#sinceStored >= storeEvery) this.#store();
  }

  #store(): void {
    if (this.storing || !this.#storeCursor || this.#after === undefined) return;
    this.#sinceStored = 0;
    const stored = this.#storeCursor({ after: this.#after, missed: [...this.#missed] });
    this.storing = stored
      .catch((error: unknown) => this.#app.log.warn('The delivery progress could not be stored', { error: error as Error }))
      .finally(() => (this.storing = undefined));
  }
}

/** Runs `use` over the items, at most `limit` at a time. After a failure it starts no more and waits for those under way. */
export async function eachWithin<Item>(limit: number, items: readonly Item[], use: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    for (const item of queue) {
      if (failure) return;
      await use(item).catch((error: unknown) => (failure ??= { error }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failure) throw failure.error;
}
