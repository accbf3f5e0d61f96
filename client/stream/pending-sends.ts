import type { Problem } from '../../contract/errors.ts';
import { newClientEventId } from '../http/call.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';
import type { PostEventInput } from '../http/events-client.ts';

/** An event that this client posted and that is not in the log yet, as far as the client knows. */
export interface PendingEvent {
  readonly clientEventId: string;
  /** Type of the event; `message` by default. */
  readonly eventType: string;
  /** Text of the message, or question of the poll. */
  readonly text: string;
  /** The whole body that was posted. */
  readonly body: PostEventInput;
  readonly createdAt: string;
  readonly status: 'sending' | 'failed';
  /** The reason of the failure. */
  readonly problem?: Problem;
}

/** A position, and the generation of its log as far as that was known. */
export interface Place {
  readonly gen: string | undefined;
  readonly seq: number;
}

interface Entry {
  pending: PendingEvent;
  phase: 'waiting' | 'sending' | 'stored' | 'failed';
  /** Position that the server stored it at. It is shown as pending until the log has come so far. */
  stored?: Place;
  readonly abort: AbortController;
}

export interface PendingSendsOptions {
  readonly clock: Clock;
  /** Posts it, applies the answer where possible, and returns its position. */
  post(body: PostEventInput, signal: AbortSignal): Promise<Place>;
  changed(): void;
}

/**
 * Messages under way. They are sent one after the other, in the order they were written; all tries of a message have the same
 * clientEventId.
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

  /** Retries a failed message. */
  retry(clientEventId: string): void {
    this.#sendAgain((entry) => entry.pending.clientEventId === clientEventId);
  }

  /** Retries the messages that failed because there was no connection. */
  retryFailed(): void {
    this.#sendAgain((entry) => entry.pending.problem?.retry !== 'never');
  }

  discard(clientEventId: string): void {
    for (const entry of this.#entries) if (entry.pending.clientEventId === clientEventId) entry.abort.abort();
    if (this.#keep((entry) => entry.pending.clientEventId !== clientEventId)) this.#options.changed();
  }

  /**
   * Removes the messages that the log shows now. Their requests go on: the answers change nothing. Does not call `changed`, because the
   * caller is about to publish.
   */
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
