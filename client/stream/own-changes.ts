import type { StreamEvent } from '../../contract/event.ts';
import { problemOf } from '../errors.ts';
import type { EventsClient } from '../http/events-client.ts';
import { OwnReactions } from './own-reactions.ts';

export interface OwnChangesOptions {
  readonly events: EventsClient;
  /** The reader. Without it, reactions show only after the server has answered. */
  readonly userId: string | undefined;
  find(eventId: string): StreamEvent | undefined;
  /** Called before a request. Returns a function that takes the answer, and returns false for an answer that is outdated. */
  asking(): (answer: StreamEvent) => boolean;
  /** Called when the server contradicts the copy. */
  hurry(): void;
  changed(): void;
}

/** Number of tries of one change, each from the newest version of the event. */
const maxTries = 4;

/** Changes that the reader makes to events of a stream. Each answer is applied like a frame; each failure is thrown as StreambedError. */
export class OwnChanges {
  readonly #options: OwnChangesOptions;
  readonly #reactions: OwnReactions | undefined;
  /**
   * The last request about a reaction, by event and emoji. The next one waits for it, so that requests keep the order of the reader's
   * choices.
   */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(options: OwnChangesOptions) {
    this.#options = options;
    this.#reactions = options.userId === undefined ? undefined : new OwnReactions(options.userId);
  }

  /** Returns the events with the reactions that are under way. */
  shownIn(events: readonly StreamEvent[]): readonly StreamEvent[] {
    return this.#reactions?.shownIn(events) ?? events;
  }

  /** Drops reactions that refer to the events before a snapshot. */
  reset(): void {
    this.#reactions?.reset();
  }

  async edit(eventId: string, text: string): Promise<void> {
    await this.#changeWords(eventId, (ifMatch) => this.#options.events.edit(eventId, { text }, { ifMatch }));
  }

  async delete(eventId: string): Promise<void> {
    await this.#changeWords(eventId, (ifMatch) => this.#options.events.delete(eventId, { ifMatch }));
  }

  async vote(eventId: string, optionIds: readonly string[]): Promise<void> {
    await this.#change(() => this.#options.events.vote(eventId, optionIds));
  }

  async pin(eventId: string): Promise<void> {
    await this.#change(() => this.#options.events.pin(eventId));
  }

  async unpin(eventId: string): Promise<void> {
    await this.#change(() => this.#options.events.unpin(eventId));
  }

  /** Shows the reaction at once, and takes it back when the server refuses it. */
  async react(eventId: string, emoji: string, isOn: boolean): Promise<void> {
    const { events } = this.#options;
    const entry = this.#reactions?.add(eventId, emoji, isOn);
    this.#options.changed();
    const key = `${eventId} ${emoji}`;
    const before = this.#queues.get(key) ?? Promise.resolve();
    const request = before
      .catch(() => undefined)
      .then(() => this.#change(() => (isOn ? events.react(eventId, emoji) : events.unreact(eventId, emoji))));
    this.#queues.set(key, request);
    try {
      const { answer, isTaken } = await request;
      if (entry !== undefined && isTaken) entry.shownFrom = answer.changedSeq;
      else if (entry !== undefined) this.#reactions?.remove(entry);
    } catch (error) {
      if (entry !== undefined) this.#reactions?.remove(entry);
      throw error;
    } finally {
      if (this.#queues.get(key) === request) this.#queues.delete(key);
      this.#options.changed();
    }
  }

  /**
   * Edits or deletes an event, unless another member changed its content meanwhile. Reactions, votes and replies move the position too;
   * then the change is retried from the new position.
   */
  async #changeWords(eventId: string, request: (ifMatch: number | undefined) => Promise<StreamEvent>): Promise<void> {
    const known = this.#options.find(eventId);
    let ifMatch = known?.changedSeq;
    for (let tries = 1; ; tries++) {
      const from = ifMatch;
      try {
        await this.#change(() => request(from));
        return;
      } catch (error) {
        if (problemOf(error).status !== 412 || !known || tries === maxTries) throw error;
        const now = await this.#options.events.read(eventId).catch(() => undefined);
        if (now?.editedAt !== known.editedAt || now.deletedAt !== known.deletedAt) throw error;
        ifMatch = now.changedSeq;
      }
    }
  }

  async #change(request: () => Promise<StreamEvent>): Promise<{ answer: StreamEvent; isTaken: boolean }> {
    const take = this.#options.asking();
    try {
      const answer = await request();
      return { answer, isTaken: take(answer) };
    } catch (error) {
      // Another change came first: pull it.
      if (problemOf(error).status === 412) this.#options.hurry();
      throw error;
    }
  }
}
