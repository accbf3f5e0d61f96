import type { Stream } from '../../contract/stream.ts';
import { backoffMs, spreadMs } from '../backoff.ts';
import type { BackoffBounds } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';

export interface StreamRefresherOptions {
  readonly clock: Clock;
  read(streamId: string, signal: AbortSignal): Promise<Stream>;
  /** Tells if the stream still has to be read: a later frame often settles the doubt. */
  isWanted(streamId: string): boolean;
  /** Takes the answer to a request that was sent at tick `since`. */
  take(stream: Stream, since: number): void;
  /** Takes a 404 to a request that was sent at tick `since`. */
  gone(streamId: string, since: number): void;
  /** The current tick. */
  tick(): number;
}

/** Random delay: a frame that puts a stream in doubt does so for all its readers at the same moment. */
const delay: BackoffBounds = { minMs: 500, maxMs: 2_000 };
const afterFailure: BackoffBounds = { minMs: 2_000, maxMs: 60_000 };
/** Most requests at the same time. */
const maxReading = 3;

/** Reads single streams whose counts are in doubt: after a delay, a few at a time, each once however often it is requested. */
export class StreamRefresher {
  readonly #options: StreamRefresherOptions;
  readonly #closing = new AbortController();
  readonly #timers = new Map<string, unknown>();
  readonly #waiting = new Set<string>();
  readonly #reading = new Set<string>();
  /** Failures in a row, by stream. */
  readonly #failures = new Map<string, number>();

  constructor(options: StreamRefresherOptions) {
    this.#options = options;
  }

  /** Schedules the streams that are wanted now. */
  ask(streamIds: Iterable<string>): void {
    for (const streamId of streamIds) {
      const isAsked = this.#timers.has(streamId) || this.#waiting.has(streamId) || this.#reading.has(streamId);
      if (!isAsked) this.#askLater(streamId, spreadMs(delay, this.#options.clock));
    }
  }

  close(): void {
    this.#closing.abort();
    for (const timer of this.#timers.values()) this.#options.clock.cancel(timer);
    this.#timers.clear();
    this.#waiting.clear();
  }

  #askLater(streamId: string, ms: number): void {
    const timer = this.#options.clock.after(ms, () => {
      this.#timers.delete(streamId);
      this.#waiting.add(streamId);
      this.#readNext();
    });
    this.#timers.set(streamId, timer);
  }

  #readNext(): void {
    for (const streamId of this.#waiting) {
      if (this.#reading.size >= maxReading) return;
      this.#waiting.delete(streamId);
      if (this.#options.isWanted(streamId)) void this.#readOne(streamId);
      else this.#failures.delete(streamId);
    }
  }

  async #readOne(streamId: string): Promise<void> {
    this.#reading.add(streamId);
    const againMs = await this.#read(streamId);
    this.#reading.delete(streamId);
    if (this.#closing.signal.aborted) return;
    if (againMs !== undefined) this.#askLater(streamId, againMs);
    this.#readNext();
  }

  /** Reads the stream. Returns the delay before the next read, or undefined when none is needed. */
  async #read(streamId: string): Promise<number | undefined> {
    const options = this.#options;
    const since = options.tick();
    const failures = this.#failures.get(streamId) ?? 0;
    this.#failures.delete(streamId);
    try {
      options.take(await options.read(streamId, this.#closing.signal), since);
      // A frame that came meanwhile may be newer than the answer.
      return options.isWanted(streamId) ? spreadMs(delay, options.clock) : undefined;
    } catch (error) {
      if (this.#closing.signal.aborted) return undefined;
      const { status, retry } = problemOf(error);
      if (status === 404) {
        options.gone(streamId, since);
        return options.isWanted(streamId) ? spreadMs(delay, options.clock) : undefined;
      }
      if (retry === 'never') return undefined;
      this.#failures.set(streamId, failures + 1);
      return backoffMs(afterFailure, failures, options.clock);
    }
  }
}
