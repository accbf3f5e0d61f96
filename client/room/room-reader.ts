import type { Problem } from '../../contract/errors.ts';
import { backoffMs, reconnectBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';
import { Pause } from '../pause.ts';
import type { Change, RoomLog, Segment } from './room-log.ts';

/** The answer to a read over HTTP: the room as it is, or its changes since a position. */
export type Reading<Item extends Change> =
  | { readonly kind: 'snapshot'; readonly gen: string; readonly position: number; show(): void }
  | { readonly kind: 'changes'; readonly final: boolean; readonly segment: Segment<Item> };

export interface RoomReaderOptions<Item extends Change> {
  readonly clock: Clock;
  readonly log: RoomLog<Item>;
  /** The changes since a position can be read; without this, every hole costs a snapshot. */
  readonly keepsLog: boolean;
  /** Reads a snapshot when the log has no generation, else the changes since its position. */
  read(signal: AbortSignal): Promise<Reading<Item>>;
  apply(items: readonly Item[]): void;
}

/** Calls of the reader to the follower that started it. */
export interface RoomReaderOwner {
  /** Reading goes on while this holds and something is due. */
  isReading(): boolean;
  /** A snapshot was shown: the room can be joined from there. */
  shown(): void;
  /** Something was read; there may be more. */
  progressed(): void;
  /** The read failed and is repeated after a pause. */
  failed(problem: Problem): void;
  /** The read failed and repeating it is of no use. */
  refused(problem: Problem): void;
}

/** Further behind than this many changes, a snapshot costs less than the changes. */
const farBehind = 2_000;

/** Reads over HTTP what a room's log is missing. */
export class RoomReader<Item extends Change> {
  readonly #options: RoomReaderOptions<Item>;
  readonly #owner: RoomReaderOwner;
  readonly #log: RoomLog<Item>;
  readonly #closing = new AbortController();
  readonly #pause: Pause;

  constructor(options: RoomReaderOptions<Item>, owner: RoomReaderOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#log = options.log;
    this.#pause = new Pause(options.clock);
  }

  isDue(): boolean {
    const dueAt = this.#log.dueAt();
    return dueAt !== undefined && dueAt <= this.#options.clock.now();
  }

  /** Reads until nothing is due, the follower has ended, or the reader is closed. Safe to repeat: a change that is read twice has one effect. */
  async run(): Promise<void> {
    for (let attempt = 0; this.#owner.isReading() && this.isDue();) {
      if (this.#log.gen !== undefined && this.#isBeyondRepair()) this.#log.reset();
      const { version, head } = this.#log;
      try {
        const reading = await this.#options.read(this.#closing.signal);
        if (this.#closing.signal.aborted) return;
        // An answer to a request from before the log was reset says nothing about the log as it is now.
        if (version !== this.#log.version) continue;
        if (this.#take(reading, head)) attempt = 0;
        else await this.#pause.wait(backoffMs(reconnectBackoff, attempt++, this.#options.clock));
        this.#owner.progressed();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        const problem = problemOf(error);
        if (problem.retry === 'never') this.#owner.refused(problem);
        else {
          this.#owner.failed(problem);
          await this.#pause.wait((problem.retryAfterSeconds ?? 0) * 1000 + backoffMs(reconnectBackoff, attempt++, this.#options.clock));
        }
      }
    }
  }

  /** Tries again at once, where the reader pauses after a failure. */
  retry(): void {
    this.#pause.end();
  }

  close(): void {
    this.#closing.abort();
    this.#pause.end();
  }

  #isBeyondRepair(): boolean {
    return !this.#options.keepsLog || this.#log.head - this.#log.position > farBehind;
  }

  /** Returns whether the log made progress. `knownHead`: the head that was known when the request was sent. */
  #take(reading: Reading<Item>, knownHead: number): boolean {
    const log = this.#log;
    const now = this.#options.clock.now();
    if (reading.kind === 'snapshot') {
      reading.show();
      this.#options.apply(log.adopt(reading.gen, reading.position, now));
      this.#owner.shown();
      return true;
    }
    const { gen, from, upTo } = reading.segment;
    if (gen !== log.gen || upTo < from) {
      // The log is another one, or was set back: nothing of the copy can be trusted.
      log.reset({ gen, head: upTo });
      return true;
    }
    const before = log.position;
    this.#options.apply(log.pulled(reading.segment, reading.final, now));
    // The known head is a position that the log does not have: some change in the copy is not of this log.
    if (reading.final && upTo < knownHead) log.reset({ gen, head: upTo });
    return log.position > before || log.dueAt() === undefined;
  }
}
