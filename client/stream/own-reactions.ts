import type { Reaction, StreamEvent } from '../../contract/event.ts';

/** A reaction of the reader, added or removed, that the log does not show yet. */
export interface OwnReaction {
  readonly eventId: string;
  readonly emoji: string;
  readonly isOn: boolean;
  /** Version of the event that contains it. The reaction is shown from here until that version has come. */
  shownFrom: number | undefined;
}

/** Reactions that are shown before the server has answered. No I/O. */
export class OwnReactions {
  readonly #userId: string;
  #entries: readonly OwnReaction[] = [];
  #shown:
    { readonly of: readonly StreamEvent[]; readonly entries: readonly OwnReaction[]; readonly as: readonly StreamEvent[] } | undefined;

  constructor(userId: string) {
    this.#userId = userId;
  }

  add(eventId: string, emoji: string, isOn: boolean): OwnReaction {
    const entry: OwnReaction = { eventId, emoji, isOn, shownFrom: undefined };
    this.#entries = [...this.#entries, entry];
    return entry;
  }

  remove(entry: OwnReaction): void {
    this.#entries = this.#entries.filter((each) => each !== entry);
  }

  /** Drops confirmed reactions, because positions belong to another log from now on. Reactions under way stay. */
  reset(): void {
    this.#entries = this.#entries.filter(({ shownFrom }) => shownFrom === undefined);
  }

  /** Returns the events with the reader's reactions. The same array for the same events until something changed. */
  shownIn(events: readonly StreamEvent[]): readonly StreamEvent[] {
    if (this.#entries.length === 0) return events;
    this.#entries = dropShown(this.#entries, events);
    if (this.#entries.length === 0) return events;
    if (this.#shown?.of !== events || this.#shown.entries !== this.#entries) {
      this.#shown = { of: events, entries: this.#entries, as: events.map((event) => this.#shownIn(event)) };
    }
    return this.#shown.as;
  }

  #shownIn(event: StreamEvent): StreamEvent {
    if (event.deletedAt !== null) return event;
    let { reactions } = event;
    for (const { eventId, emoji, isOn } of this.#entries) {
      if (eventId === event.id)
        reactions = isOn ? withReaction(reactions, emoji, this.#userId) : withoutReaction(reactions, emoji, this.#userId);
    }
    return reactions === event.reactions ? event : { ...event, reactions };
  }
}

function dropShown(entries: readonly OwnReaction[], events: readonly StreamEvent[]): readonly OwnReaction[] {
  const versions = new Map<string, number>(events.map(({ id, changedSeq }) => [id, changedSeq]));
  const left = entries.filter(({ eventId, shownFrom }) => shownFrom === undefined || shownFrom > (versions.get(eventId) ?? Infinity));
  return left.length === entries.length ? entries : left;
}

const has = (reaction: Reaction, userId: string): boolean => reaction.userIds.some((id) => id === userId);

function withReaction(reactions: Reaction[], emoji: string, userId: string): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  const own = userId as Reaction['userIds'][number];
  if (known === undefined) return [...reactions, { emoji, count: 1, userIds: [own] }];
  if (has(known, userId)) return reactions;
  return reactions.map((each) => (each === known ? { ...each, count: each.count + 1, userIds: [...each.userIds, own] } : each));
}

function withoutReaction(reactions: Reaction[], emoji: string, userId: string): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (known === undefined || !has(known, userId)) return reactions;
  const left = { ...known, count: known.count - 1, userIds: known.userIds.filter((id) => id !== userId) };
  return reactions.map((each) => (each === known ? left : each)).filter(({ count }) => count > 0);
}
