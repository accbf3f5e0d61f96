import type { EventPage, SharedRef, StreamEvent } from '../../contract/event.ts';

/** The parts of an event that depend on its reader. Frames do not have them. */
interface KnownPreview {
  readonly changedSeq: number;
  readonly preview: SharedRef['preview'];
  readonly thread: StreamEvent['thread'];
  readonly replyCount: number;
}

const previewIn = ({ changedSeq, sharedRef, thread, replyCount }: StreamEvent): KnownPreview => ({
  changedSeq,
  preview: sharedRef?.preview,
  thread,
  replyCount,
});

/** Tells if a part of the event depends on its reader. */
const isPersonal = ({ sharedRef, isBranchedOff }: StreamEvent): boolean => sharedRef !== null || isBranchedOff === true;

/**
 * The part of a stream that is loaded: every event from the oldest loaded one on. Of two versions of an event the one with the higher
 * `changedSeq` stays, whichever comes first. No I/O.
 */
export class EventWindow {
  /** There are events before the oldest loaded one. */
  hasOlder = false;
  #events: StreamEvent[] = [];
  #shared = false;
  #clientEventIds = new Set<string>();
  /** Events below this position are not loaded. */
  #floor = 0;
  /** Changes of events below the floor while the page with those events is under way: the page may be older than the changes. */
  #below: Map<string, StreamEvent> | undefined;
  /** Previews of shared events, by event and the version that they were read with. Frames do not have them. */
  #previews = new Map<string, KnownPreview>();
  /** Shared events whose preview is missing or outdated. */
  readonly #unseen = new Set<string>();

  /** Oldest first. The same array until something changed. */
  list(): readonly StreamEvent[] {
    this.#shared = true;
    return this.#events;
  }

  find(eventId: string): StreamEvent | undefined {
    return this.#events.findLast((event) => event.id === eventId);
  }

  /** Tells if the event with this client event id is loaded. */
  holds(clientEventId: string): boolean {
    return this.#clientEventIds.has(clientEventId);
  }

  /** Returns the shared events whose preview is to be read, oldest first. */
  unseen(): readonly StreamEvent[] {
    if (this.#unseen.size === 0) return [];
    return this.#events.filter((event) => this.#unseen.has(event.id));
  }

  /** Takes the preview of a shared event that was read alone. The log brings the rest of the event. */
  see(read: StreamEvent): void {
    this.#notePreview(read.id, previewIn(read));
    const index = this.#events.findLastIndex((event) => event.id === read.id);
    const known = this.#events[index];
    if (known === undefined) return;
    this.#own();
    this.#events[index] = this.#withPreview(withoutPersonal(known));
  }

  /** Replaces all events by the newest page. */
  replace(page: Pick<EventPage, 'items' | 'hasMore'>): void {
    this.#previews.clear();
    this.#unseen.clear();
    for (const event of page.items) if (isPersonal(event)) this.#notePreview(event.id, previewIn(event));
    this.#events = [...page.items].sort((a, b) => a.seq - b.seq);
    this.#shared = false;
    this.#clientEventIds = new Set(page.items.map((event) => event.clientEventId));
    this.#setFloor(page);
    this.#below = undefined;
  }

  /** Applies one change. */
  apply(event: StreamEvent): void {
    if (event.seq < this.#floor) this.#keepBelow(event);
    else this.#put(event);
  }

  /** Begins to load a page of older events. Returns the position to read before. */
  startOlder(): number {
    this.#below = new Map();
    return this.#floor;
  }

  /** Adds the page that was requested. */
  prepend(page: Pick<EventPage, 'items' | 'hasMore'>): void {
    const below = this.#below ?? new Map<string, StreamEvent>();
    this.#below = undefined;
    const asked = this.#floor;
    this.#setFloor(page);
    for (const event of page.items) if (event.seq < asked) this.#put(event);
    for (const event of below.values()) this.apply(event);
  }

  /** Ends loading: the page has come, or has failed. */
  endOlder(): void {
    this.#below = undefined;
  }

  #setFloor(page: Pick<EventPage, 'items' | 'hasMore'>): void {
    const oldest = Math.min(...page.items.map((event) => event.seq));
    this.hasOlder = page.hasMore && page.items.length > 0;
    this.#floor = this.hasOlder ? oldest : 0;
  }

  #keepBelow(event: StreamEvent): void {
    const known = this.#below?.get(event.id);
    if (known === undefined || known.changedSeq < event.changedSeq) this.#below?.set(event.id, event);
  }

  #put(event: StreamEvent): void {
    const index = this.#indexOf(event.seq);
    const known = this.#events[index];
    if (known?.seq === event.seq && known.changedSeq >= event.changedSeq) return;
    this.#own();
    this.#events.splice(index, known?.seq === event.seq ? 1 : 0, this.#withPreview(event));
    this.#clientEventIds.add(event.clientEventId);
  }

  /** Copies before a change, because a reader may hold the array. */
  #own(): void {
    if (this.#shared) this.#events = [...this.#events];
    this.#shared = false;
  }

  #notePreview(eventId: string, known: KnownPreview): void {
    if ((this.#previews.get(eventId)?.changedSeq ?? -1) <= known.changedSeq) this.#previews.set(eventId, known);
  }

  /** Returns the event with its last preview, which stays until the new one was read. */
  #withPreview(event: StreamEvent): StreamEvent {
    const { id, changedSeq, sharedRef } = event;
    this.#unseen.delete(id);
    if (!isPersonal(event)) return event;
    const isRead = (sharedRef === null || sharedRef.preview !== undefined) && event.thread !== undefined;
    if (isRead) {
      this.#notePreview(id, previewIn(event));
      return event;
    }
    const known = this.#previews.get(id);
    if (known === undefined || known.changedSeq < changedSeq) this.#unseen.add(id);
    if (known === undefined) return event;
    return {
      ...event,
      ...(sharedRef && known.preview && { sharedRef: { ...sharedRef, preview: known.preview } }),
      ...(event.thread === undefined && { thread: known.thread, replyCount: known.replyCount }),
    };
  }

  /** Returns the index of the event at this position, or the index to insert it at. */
  #indexOf(seq: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle] as StreamEvent).seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Returns the event as a frame has it. */
function withoutPersonal({ thread, ...event }: StreamEvent): StreamEvent {
  const shared = event.sharedRef && { ...event.sharedRef, preview: undefined };
  return { ...event, sharedRef: shared, ...(event.isBranchedOff !== true && { thread }) };
}
