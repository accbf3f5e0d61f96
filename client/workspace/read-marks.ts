import type { ReadState } from '../../contract/stream.ts';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';

export interface ReadMarksOptions {
  readonly clock: Clock;
  /** Sends the mark to the server. Without a position: to the end. */
  send(streamId: string, seq: number | undefined): Promise<ReadState>;
  taken(streamId: string, read: ReadState): void;
  /** The server refused the mark: the shown state is wrong. */
  refused(streamId: string): void;
}

/** Least time between two requests of a stream. */
const restMs = 2_000;
const afterFailure = { minMs: 2_000, maxMs: 60_000 };

interface Marking {
  /** Position to send next; the end is Infinity. */
  next: number | undefined;
  sending: Promise<void> | undefined;
  timer: unknown;
  failures: number;
  /** Number of stops. A request that was sent before a stop is not repeated after it. */
  stops: number;
  /** Number of other requests that move the pointer now. Marks wait for them. */
  holds: number;
}

/** Marks streams as read: the first mark at once, then at a limited rate. The last position is always sent. */
export class ReadMarks {
  readonly #options: ReadMarksOptions;
  readonly #streams = new Map<string, Marking>();
  #closed = false;

  constructor(options: ReadMarksOptions) {
    this.#options = options;
  }

  /** Marks up to a position, or to the end. */
  mark(streamId: string, seq = Number.POSITIVE_INFINITY): void {
    if (this.#closed) return;
    const marking = this.#of(streamId);
    marking.next = Math.max(seq, marking.next ?? 0);
    if (marking.sending === undefined && marking.timer === undefined) this.#send(streamId, marking);
  }

  /**
   * Runs `work`, which moves the read pointer itself. Earlier marks are dropped, also one whose request fails meanwhile. Marks made while
   * it runs are sent after it, so that requests keep the order of the reader's actions.
   */
  async between<Result>(streamId: string, work: () => Promise<Result>): Promise<Result> {
    const marking = this.#of(streamId);
    marking.next = undefined;
    marking.stops++;
    marking.holds++;
    try {
      await marking.sending;
      return await work();
    } finally {
      marking.holds--;
      if (marking.timer === undefined && marking.sending === undefined && !this.#closed) this.#send(streamId, marking);
    }
  }

  #of(streamId: string): Marking {
    const known = this.#streams.get(streamId);
    if (known !== undefined) return known;
    const marking = { next: undefined, sending: undefined, timer: undefined, failures: 0, stops: 0, holds: 0 };
    this.#streams.set(streamId, marking);
    return marking;
  }

  /** Sends a waiting mark at once. */
  close(): void {
    this.#closed = true;
    for (const [streamId, marking] of this.#streams) {
      this.#options.clock.cancel(marking.timer);
      if (marking.next !== undefined) void this.#tell(streamId, marking.next).catch(() => undefined);
    }
    this.#streams.clear();
  }

  #send(streamId: string, marking: Marking): void {
    const { next } = marking;
    if (marking.holds > 0) return;
    if (next === undefined) return void this.#streams.delete(streamId);
    marking.next = undefined;
    const { stops } = marking;
    const options = this.#options;
    this.#rest(streamId, marking, restMs);
    marking.sending = this.#tell(streamId, next).then(
      (read) => {
        marking.failures = 0;
        if (!this.#closed) options.taken(streamId, read);
      },
      (error: unknown) => {
        if (this.#closed) return;
        if (problemOf(error).retry === 'never') return options.refused(streamId);
        if (marking.stops === stops) marking.next = Math.max(next, marking.next ?? 0);
        this.#rest(streamId, marking, backoffMs(afterFailure, marking.failures++, options.clock));
      },
    );
    void marking.sending.finally(() => {
      marking.sending = undefined;
      if (marking.timer === undefined && !this.#closed) this.#send(streamId, marking);
    });
  }

  #tell(streamId: string, seq: number): Promise<ReadState> {
    return this.#options.send(streamId, Number.isFinite(seq) ? seq : undefined);
  }

  #rest(streamId: string, marking: Marking, ms: number): void {
    const { clock } = this.#options;
    clock.cancel(marking.timer);
    marking.timer = clock.after(ms, () => {
      marking.timer = undefined;
      if (marking.sending === undefined) this.#send(streamId, marking);
    });
  }
}
