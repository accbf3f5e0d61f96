import type { StreamEvent } from '../../contract/event.ts';
import { backoffMs, spreadMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';

export interface SharedPreviewsOptions {
  readonly clock: Clock;
  read(eventId: string, signal: AbortSignal): Promise<StreamEvent>;
  /** Lists the shared events whose preview is missing or outdated, newest last. */
  missing(): readonly StreamEvent[];
  take(event: StreamEvent): void;
}

/** Most requests at the same time. */
const maxReading = 4;
/** Random delay: all readers of the stream receive a shared event at the same moment. */
const delay = { minMs: 0, maxMs: 250 };
const afterFailure = { minMs: 2_000, maxMs: 60_000 };

/** Reads the previews of shared events, newest first. Frames are the same for all readers, previews are not. */
export class SharedPreviews {
  readonly #options: SharedPreviewsOptions;
  readonly #closing = new AbortController();
  readonly #reading = new Set<string>();
  /** By event, the version whose preview cannot be read. */
  readonly #unreadable = new Map<string, number>();
  #timer: unknown;
  #failures = 0;

  constructor(options: SharedPreviewsOptions) {
    this.#options = options;
  }

  /** Looks for missing previews after a short delay. */
  look(): void {
    if (this.#timer !== undefined || this.#closing.signal.aborted || this.#next() === undefined) return;
    const { clock } = this.#options;
    const ms = this.#failures === 0 ? spreadMs(delay, clock) : backoffMs(afterFailure, this.#failures - 1, clock);
    this.#timer = clock.after(ms, () => {
      this.#timer = undefined;
      for (let event = this.#next(); event !== undefined; event = this.#next()) void this.#read(event);
    });
  }

  close(): void {
    this.#closing.abort();
    this.#options.clock.cancel(this.#timer);
  }

  #next(): StreamEvent | undefined {
    if (this.#reading.size >= maxReading) return undefined;
    const isOpen = ({ id, changedSeq }: StreamEvent): boolean => !this.#reading.has(id) && (this.#unreadable.get(id) ?? -1) < changedSeq;
    return this.#options.missing().findLast(isOpen);
  }

  async #read({ id, changedSeq }: StreamEvent): Promise<void> {
    this.#reading.add(id);
    try {
      const event = await this.#options.read(id, this.#closing.signal);
      this.#reading.delete(id);
      this.#failures = 0;
      if (!this.#closing.signal.aborted) this.#options.take(event);
    } catch (error) {
      this.#reading.delete(id);
      if (problemOf(error).retry === 'never') this.#unreadable.set(id, changedSeq);
      else this.#failures++;
    }
    this.look();
  }
}
