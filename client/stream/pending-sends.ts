import type { Problem } from '../../contract/errors.ts';
import { newClientEventId } from '../http/call.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';
import type { PostEventInput } from '../http/events-client.ts';

/** What we posted and is not in the log yet, as far as we know. */
export interface PendingEvent {
  readonly clientEventId: string;
  /** `message` unless it was posted as something else. */
  readonly eventType: string;
  /** The words of it; of a poll its question. */
  readonly text: string;
  /** All that was posted. */
  readonly body: PostEventInput;
  readonly createdAt: string;
  readonly status: 'sending' | 'failed';
  /** Why it failed. */
  readonly problem?: Problem;
}

/** A position, and the generation of the log (as far as it was known) that it is a position of. */
export interface Place {
  readonly gen: string | undefined;
  readonly seq: number;
}

interface Entry {
  pending: PendingEvent;
  phase: 'waiting' | 'sending' | 'stored' | 'failed';
  /** Where the server put it; shown as pending until the log has come so far. */
  stored?: Place;
  readonly abort: AbortController;
}

export interface PendingSendsOptions {
  readonly clock: Clock;
  /** Sends it, shows what it has become if it can, and says where it is. */
  post(body: PostEventInput, signal: AbortSignal): Promise<Place>;
  changed(): void;
}

/**
 * Messages on their way: sent one after the other, in the order they were written, each with the same clientEventId however often it is tried.
 */
export class PendingSends {
  readonly #options: PendingSendsOptions;
  #entries: Entry[] = [];
  #list: readonly PendingEvent[] = [];
  #sending = false;

  constructor(options: PendingSendsOptions) {
    this.#options = options;
  }

  /** The same array until something changed. */
  list(): readonly PendingEvent[] {
    return this.#list;
  }

  add(body: PostEventInput): void {
    const { clock } = this.#options;
    const createdAt = new Date(clock.now()).toISOString();
    const clientEventId = body.clientEventId ?? newClientEventId(clock.now());
    const { eventType = 'message' } = body;
    const text = 'question' in body ? body.question : (body.text ?? '');
    const pending: PendingEvent = { clientEventId, eventType, text, body: { ...body, clientEventId }, createdAt, status: 'sending' };
    this.#entries.push({ pending, phase: 'waiting', abort: new AbortController() });
    this.#changed();
    void this.#sendWaiting();
  }

  /** Tries a failed one again. */
  retry(clientEventId: string): void {
    this.#sendAgain((entry) => entry.pending.clientEventId === clientEventId);
  }

  /** The connection is back: tries those again that failed for want of it. */
  retryFailed(): void {
    this.#sendAgain((entry) => entry.pending.problem?.retry !== 'never');
  }

  discard(clientEventId: string): void {
    for (const entry of this.#entries) if (entry.pending.clientEventId === clientEventId) entry.abort.abort();
    if (this.#keep((entry) => entry.pending.clientEventId !== clientEventId)) this.#options.changed();
  }

  /** Lets go of those that the log shows now. Their requests go on: an answer can only say the same. Tells nobody: the caller is about to. */
  settle(isShown: (clientEventId: string, stored: Place | undefined) => boolean): void {
    this.#keep((entry) => !isShown(entry.pending.clientEventId, entry.stored));
  }

  close(): void {
    for (const entry of this.#entries) entry.abort.abort();
    this.#entries = [];
  }

  #sendAgain(which: (entry: Entry) => boolean): void {
    for (const entry of this.#entries) {
      if (entry.phase !== 'failed' || !which(entry)) continue;
      const { problem: _, ...pending } = entry.pending;
      entry.pending = { ...pending, status: 'sending' };
      entry.phase = 'waiting';
      this.#changed();
    }
    void this.#sendWaiting();
  }

  async #sendWaiting(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let entry = this.#nextWaiting(); entry !== undefined; entry = this.#nextWaiting()) await this.#send(entry);
    this.#sending = false;
  }

  #nextWaiting(): Entry | undefined {
    return this.#entries.find((entry) => entry.phase === 'waiting');
  }

  async #send(entry: Entry): Promise<void> {
    entry.phase = 'sending';
    try {
      entry.stored = await this.#options.post(entry.pending.body, entry.abort.signal);
      entry.phase = 'stored';
      this.#options.changed();
    } catch (error) {
      if (!this.#entries.includes(entry)) return;
      entry.phase = 'failed';
      entry.pending = { ...entry.pending, status: 'failed', problem: problemOf(error) };
      this.#changed();
    }
  }

  #keep(which: (entry: Entry) => boolean): boolean {
    const kept = this.#entries.filter(which);
    if (kept.length === this.#entries.length) return false;
    this.#entries = kept;
    this.#list = kept.map((entry) => entry.pending);
    return true;
  }

  #changed(): void {
    this.#list = this.#entries.map((entry) => entry.pending);
    this.#options.changed();
  }
}
