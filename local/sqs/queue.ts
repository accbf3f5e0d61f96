import { randomUUID } from 'node:crypto';
import type { QueueDefinition } from '../definitions.ts';
import { deduplication, type Deduplication } from './deduplication.ts';
import type { Draft, Message, Sent } from './message.ts';
import { fifoOrder, standardOrder, type Order } from './order.ts';

export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export interface ReceiveOptions {
  readonly max: number;
  readonly maxBytes?: number;
  readonly visibilitySeconds?: number;
}

/** Longest delay of a Node timer is 24.8 days; a queue's own limits are far below it. */
const maxTimer = 2_000_000_000;

/** Longest delay in seconds of a message that is due soon. */
const soonSeconds = 15;
/** Messages that wait, are in flight or are delayed. Times are real; nothing is stored on disk. */
export class Queue {
  readonly definition: QueueDefinition;
  readonly createdAt = Date.now();
  /** Called when a message becomes receivable. */
  onAvailable: () => void = () => {};
  /** Called when a message has left the queue. */
  onLeft: () => void = () => {};
  /** Queue for messages that were received too often. */
  deadLetters: Queue | undefined;

  readonly #messages = new Map<string, Message>();
  readonly #order: Order;
  readonly #inFlight = new Set<Message>();
  readonly #delayed = new Set<Message>();
  readonly #deduplication: Deduplication;
  #places = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;

  constructor(definition: QueueDefinition) {
    this.definition = definition;
    this.#order = definition.fifo ? fifoOrder() : standardOrder();
    this.#deduplication = deduplication(definition.deduplicationScope ?? 'queue');
  }

  get counts(): Counts {
    return { visible: this.#order.waiting, inFlight: this.#inFlight.size, delayed: this.#delayed.size };
  }

  get messages(): readonly Message[] {
    return [...this.#messages.values()];
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Number of messages without those that were delayed for long. */
  get dueSoon(): number {
    const late = [...this.#delayed].filter(({ delaySeconds = 0 }) => delaySeconds > soonSeconds);
    return this.#messages.size - late.length;
  }

  /** Stores a message. A duplicate within five minutes is dropped, and the first message's ids are returned. */
  send(draft: Draft): Sent {
    const known = this.definition.fifo ? this.#deduplication.find(draft) : undefined;
    if (known) return known;
    const place = ++this.#places;
    const message: Message = {
      ...draft,
      id: randomUUID(),
      place,
      sequenceNumber: this.definition.fifo ? sequenceNumber(place) : undefined,
      sentAt: Date.now(),
      receiveCount: 0,
    };
    if (this.definition.fifo) this.#deduplication.remember(draft, message);
    this.#store(message, message.delaySeconds ?? this.definition.delaySeconds ?? 0);
    return message;
  }

  /** Takes over a message that another queue gave up on. */
  adopt(message: Message, sourceArn: string): void {
    const place = ++this.#places;
    const own = { receiptHandle: undefined, hiddenUntil: undefined, deadLetterSourceArn: sourceArn };
    this.#store({ ...message, ...own, place, sequenceNumber: this.definition.fifo ? sequenceNumber(place) : undefined }, 0);
  }

  #store(message: Message, delaySeconds: number): void {
    this.#messages.set(message.id, message);
    if (delaySeconds > 0) return this.#hide(message, this.#delayed, delaySeconds);
    this.#order.add(message);
    this.onAvailable();
  }

  receive({ max, maxBytes = Infinity, visibilitySeconds = this.definition.visibilitySeconds }: ReceiveOptions): Message[] {
    const oldest = Date.now() - this.definition.retentionSeconds * 1000;
    const taken = this.#order.take(max, maxBytes);
    for (const message of taken) {
      if (message.sentAt < oldest) {
        this.#messages.delete(message.id);
        this.#order.release(message);
        this.onLeft();
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ??= Date.now();
      message.receiptHandle = Buffer.from(`${randomUUID()} ${message.id}`).toString('base64');
      this.#hide(message, this.#inFlight, visibilitySeconds);
    }
    return taken.filter((message) => message.sentAt >= oldest);
  }

  /** Finds the message of a receipt handle; `latest` is false when a later receive voided the handle. */
  find(receiptHandle: string): { message: Message; latest: boolean; inFlight: boolean } | undefined {
    const id = Buffer.from(receiptHandle, 'base64').toString().split(' ')[1];
    const message = this.#messages.get(id ?? '');
    if (!message) return undefined;
    return { message, latest: message.receiptHandle === receiptHandle, inFlight: this.#inFlight.has(message) };
  }

  /**
   * Deletes the message of a receipt handle, unless it was received again; false for a void handle. On a FIFO queue a handle is valid
   * only until the visibility timeout.
   */
  deleteReceived(receiptHandle: string): boolean {
    const found = this.find(receiptHandle);
    if (!found) return true;
    if (!found.latest || (this.definition.fifo && !found.inFlight)) return false;
    this.#forget(found.message);
    return true;
  }

  /** Sets a new visibility timeout, from now, for a message in flight. */
  changeVisibility(message: Message, seconds: number): void {
    if (seconds > 0) return this.#hide(message, this.#inFlight, seconds);
    this.#comeBack(message);
  }

  /** Ends all visibility timeouts and delays now. */
  expireVisibility(): void {
    for (const message of [...this.#inFlight, ...this.#delayed]) this.#comeBack(message);
  }

  purge(): void {
    for (const message of this.messages) this.#forget(message);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #hide(message: Message, where: Set<Message>, seconds: number): void {
    message.hiddenUntil = Date.now() + seconds * 1000;
    where.add(message);
    if (seconds === 0) setImmediate(() => this.#wakeUp());
    else this.#wakeAt(message.hiddenUntil);
  }

  #wakeAt(time: number): void {
    if (time >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = time;
    this.#timer = setTimeout(() => this.#wakeUp(), Math.min(time - Date.now(), maxTimer));
  }

  /** Sets the one timer to the earliest deadline ever set, so that it seldom fires while messages are deleted in time. */
  #wakeUp(): void {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    const now = Date.now();
    let next = Infinity;
    for (const message of [...this.#inFlight, ...this.#delayed]) {
      const until = message.hiddenUntil as number;
      if (until <= now) this.#comeBack(message);
      else next = Math.min(next, until);
    }
    if (next < Infinity) this.#wakeAt(next);
  }

  #comeBack(message: Message): void {
    message.hiddenUntil = undefined;
    if (this.#delayed.delete(message)) this.#order.add(message);
    else if (this.#inFlight.delete(message)) {
      const { redrive, arn } = this.definition;
      const spent = redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount;
      if (spent) this.#messages.delete(message.id);
      else this.#order.add(message);
      this.#order.release(message);
      if (spent) {
        this.deadLetters?.adopt(message, arn);
        this.onLeft();
      }
    }
    this.onAvailable();
  }

  #forget(message: Message): void {
    this.#messages.delete(message.id);
    if (this.#inFlight.delete(message)) this.#order.release(message);
    else if (!this.#delayed.delete(message)) this.#order.remove(message);
    this.onLeft();
    this.onAvailable();
  }
}

/** Sequence number of a FIFO queue: twenty ascending digits. */
const sequenceNumber = (place: number): string => (18_800_000_000_000_000_000n + BigInt(place) * 256n).toString();
