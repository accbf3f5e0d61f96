import { setTimeout } from 'node:timers/promises';
import type { App } from '../platform/app.ts';
import type { Connections } from './connections.ts';

/** Posts under way at once: each is one HTTPS request. */
export const postConcurrency = 64;

/** Connections that were told: each one up to `after`, in the order of the room's list, but for `missed`. */
export interface Reached {
  readonly after: string;
  readonly missed: readonly string[];
}

interface TellOptions {
  /** Goes on behind those who were reached before. */
  readonly resume?: Reached | undefined;
  /** Keeps who was reached: now and then in a large room, and when telling is given up. */
  readonly note?: (reached: Reached) => Promise<void>;
}

type TellApp = Pick<App, 'log'> & { readonly connections: Pick<Connections, 'listRoom'> };

/** Connections from one note to the next: a worker that dies costs those the frame twice, and a note costs one write. */
const noteEvery = 1_000;
/** A round that took longer than this is not followed by a second try of those that were missed. */
const secondTryWithinMs = 5_000;
/** With so many that could not be told it is not their fault: the others are left for later. */
const maxMissed = 50;
/** Waits between tries to read a page of the list, in milliseconds; the client of the table tries several times each. */
const pageWaitsMs = [100, 400];

/**
 * Tells everyone who hears a room, a page of connections at a time, and says how many they were. A connection that cannot be told holds up
 * nobody: it is tried once more when all others were told. Throws when one is left even then, or when the list cannot be read; what was
 * reached is noted before.
 */
export async function tellRoom(
  app: TellApp,
  room: string,
  tell: (connectionId: string) => Promise<void>,
  options: TellOptions = {},
): Promise<number> {
  const round = new Round(app, tell, options);
  try {
    for await (const connectionIds of pagesOf(app, room, options.resume?.after)) await round.tellPage(connectionIds);
    await round.tellMissed();
  } catch (error) {
    await round.noteEnd();
    throw error;
  }
  await round.noted;
  return round.readers;
}

/** A page that cannot be read is asked for again, behind the last connection that was listed. */
async function* pagesOf({ connections, log }: TellApp, room: string, after: string | undefined): AsyncGenerator<string[]> {
  let last = after;
  for (let failures = 0; ;) {
    try {
      for await (const connectionIds of connections.listRoom(room, last)) {
        // A page may be empty, where all of it has expired: then nothing was gained.
        if (connectionIds.length > 0) failures = 0;
        last = connectionIds.at(-1) ?? last;
        yield connectionIds;
      }
      return;
    } catch (error) {
      const waitMs = pageWaitsMs[failures++];
      if (waitMs === undefined) throw error;
      log.warn('The list of a room is asked for again', { room, after: last, error: error as Error });
      await setTimeout(waitMs);
    }
  }
}

/** One way through a room. */
class Round {
  readonly #app: TellApp;
  readonly #tell: (connectionId: string) => Promise<void>;
  readonly #note: TellOptions['note'];
  #after: string | undefined;
  /** Those that could not be told, and are not told yet. */
  readonly #missed: Set<string>;
  #sinceNote = 0;
  readonly #startedAt = performance.now();
  #failure: { error: unknown } | undefined;
  /** Settles when no note is under way. */
  noted: Promise<void> | undefined;
  readers = 0;

  constructor(app: TellApp, tell: (connectionId: string) => Promise<void>, { resume, note }: TellOptions) {
    this.#app = app;
    this.#tell = tell;
    this.#note = note;
    this.#after = resume?.after;
    this.#missed = new Set(resume?.missed);
  }

  async tellPage(connectionIds: readonly string[]): Promise<void> {
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

  /** Those that were missed, by this round or the one that it goes on with, have had time meanwhile. */
  async tellMissed(): Promise<void> {
    const before = this.#failure;
    // A post that hangs takes 20 s with its tries, and the worker has 30 s: the redelivery is the second try then.
    if (before && performance.now() - this.#startedAt > secondTryWithinMs) throw before.error;
    this.#failure = undefined;
    await eachWithin(postConcurrency, [...this.#missed], (connectionId) => this.#try(connectionId));
    const failure = this.#failure as { error: unknown } | undefined;
    if (failure) throw failure.error;
  }

  async noteEnd(): Promise<void> {
    await this.noted;
    this.#keep();
    await this.noted;
  }

  /** Throws only when too many were missed. */
  async #try(connectionId: string): Promise<void> {
    try {
      await this.#tell(connectionId);
      this.#missed.delete(connectionId);
    } catch (error) {
      this.#failure ??= { error };
      if (this.#missed.size >= maxMissed && !this.#missed.has(connectionId)) throw error;
      this.#missed.add(connectionId);
    }
  }

  #reach(connectionId: string, count: number): void {
    this.#after = connectionId;
    this.#sinceNote += count;
    if (this.#sinceNote >= noteEvery) this.#keep();
  }

  #keep(): void {
    if (this.noted || !this.#note || this.#after === undefined) return;
    this.#sinceNote = 0;
    const keeping = this.#note({ after: this.#after, missed: [...this.#missed] });
    this.noted = keeping
      .catch((error: unknown) => this.#app.log.warn('How far a room was told is not kept', { error: error as Error }))
      .finally(() => (this.noted = undefined));
  }
}

/** Runs `use` over the items, at most `limit` at a time; when one fails the others under way are waited for, and no more are begun. */
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
