import type { Problem } from '../contract/errors.ts';
import type { EventPage, StreamEvent } from '../contract/event.ts';
import { room } from '../contract/frames.ts';
import type { RoomItem } from '../contract/frames.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { problemOf } from './errors.ts';
import { EventWindow } from './event-window.ts';
import type { EventsClient, Streambed } from './http.ts';
import { PendingSends } from './pending-sends.ts';
import type { PendingEvent } from './pending-sends.ts';
import { Published } from './published.ts';
import { RoomFollower } from './room-follower.ts';
import type { LiveState, Reading } from './room-follower.ts';
import { RoomLog } from './room-log.ts';
import type { RealtimeSocket } from './socket.ts';

export type { LiveState, PendingEvent };

export interface LiveSnapshot {
  readonly state: LiveState;
  /** Why it ended for good (no access, token expired); nothing more will come. */
  readonly problem?: Problem;
  /** Oldest first, contiguous back to the oldest loaded. */
  readonly events: readonly StreamEvent[];
  /** Ours that are on their way or failed, oldest first; show them after the events. */
  readonly pending: readonly PendingEvent[];
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** Up to which position of the log the events are complete. */
  readonly position: number;
  /** Since when there is no connection (milliseconds since 1970). */
  readonly offlineSince?: number;
}

/** A stream kept live. `getSnapshot` and `subscribe` fit React's useSyncExternalStore. */
export interface LiveStream {
  /** The same object until something changed. */
  getSnapshot(): LiveSnapshot;
  subscribe(listener: () => void): () => void;
  /** Loads the page before the oldest event; does nothing when there is none or one is loading. Rejects with StreambedError. */
  loadOlder(): Promise<void>;
  /** Shows the message at once as pending and sends it; repeated with the same clientEventId, so it has one effect. */
  send(text: string): void;
  /** Sends a failed message again. */
  retry(clientEventId: string): void;
  /** Forgets a pending message (if it was stored already, it will show as an event). */
  discard(clientEventId: string): void;
  /** Rejects with StreambedError, also when someone changed the event meanwhile (`precondition_failed`). */
  edit(eventId: string, text: string): Promise<void>;
  delete(eventId: string): Promise<void>;
  close(): void;
}

export interface LiveStreamOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly streamId: string;
  /** Events a page; 50 unless told. */
  readonly pageSize?: number;
  readonly clock?: Clock;
}

/** Opens a stream and keeps it live until it is closed. */
export function openLiveStream(options: LiveStreamOptions): LiveStream {
  return new FollowedStream(options);
}

interface EventChange {
  readonly seq: number;
  readonly data: StreamEvent;
}

/** Most changes a page of a pull may hold. */
const pullLimit = 200;

class FollowedStream implements LiveStream {
  readonly #events: EventsClient;
  readonly #pageSize: number;
  readonly #socket: RealtimeSocket;
  readonly #window = new EventWindow();
  readonly #log = new RoomLog<EventChange>({ appendedAt: (change) => change.data.seq });
  readonly #snapshot = new Published<LiveSnapshot>({
    state: 'connecting',
    events: [],
    pending: [],
    hasOlder: false,
    loadingOlder: false,
    position: 0,
  });
  readonly #pending: PendingSends;
  readonly #follower: RoomFollower<EventChange>;
  #loadingOlder = false;
  #closed = false;

  constructor({ streambed, socket, workspaceId, streamId, pageSize = 50, clock = systemClock }: LiveStreamOptions) {
    this.#events = streambed.workspace(workspaceId).events(streamId);
    this.#pageSize = pageSize;
    this.#socket = socket;
    this.#pending = new PendingSends({
      clock,
      post: async (body, signal) => {
        const gen = this.#log.gen;
        const { seq } = this.#takeAnswer(gen, await this.#events.post(body, { signal }));
        return { gen: gen ?? this.#log.gen, seq };
      },
      changed: () => this.#publish(),
    });
    this.#follower = new RoomFollower({
      room: room.stream(workspaceId, streamId),
      socket,
      clock,
      log: this.#log,
      keepsLog: true,
      read: (signal) => this.#read(signal),
      itemOf: changeOf,
      apply: (changes) => {
        for (const { data } of changes) this.#window.apply(data);
      },
      changed: () => this.#publish(),
    });
    this.#follower.start();
  }

  getSnapshot(): LiveSnapshot {
    return this.#snapshot.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshot.subscribe(listener);
  }

  async loadOlder(): Promise<void> {
    if (this.#loadingOlder || !this.#window.hasOlder || this.#closed) return;
    this.#loadingOlder = true;
    this.#publish();
    const { version } = this.#log;
    try {
      const page = await this.#events.list({ before: this.#window.startOlder(), limit: this.#pageSize });
      // Meanwhile everything may have been read anew: then the page joins on to nothing.
      if (version !== this.#log.version) return;
      if (page.gen === this.#log.gen) this.#window.prepend(page);
      else this.#follower.hurry();
    } finally {
      this.#window.endOlder();
      this.#loadingOlder = false;
      this.#publish();
    }
  }

  send(text: string): void {
    if (!this.#closed) this.#pending.add(text);
  }

  retry(clientEventId: string): void {
    this.#pending.retry(clientEventId);
  }

  discard(clientEventId: string): void {
    this.#pending.discard(clientEventId);
  }

  async edit(eventId: string, text: string): Promise<void> {
    await this.#change(eventId, (ifMatch) => this.#events.edit(eventId, { text }, { ifMatch }));
  }

  async delete(eventId: string): Promise<void> {
    await this.#change(eventId, (ifMatch) => this.#events.delete(eventId, { ifMatch }));
  }

  close(): void {
    this.#closed = true;
    this.#follower.close();
    this.#pending.close();
    this.#snapshot.close();
  }

  async #change(eventId: string, request: (ifMatch: number | undefined) => Promise<StreamEvent>): Promise<void> {
    const gen = this.#log.gen;
    try {
      this.#takeAnswer(gen, await request(this.#window.find(eventId)?.changedSeq));
    } catch (error) {
      // Someone was faster: see what they did.
      if (problemOf(error).status === 412) this.#follower.hurry();
      throw error;
    }
  }

  /** An answer names no generation: when the log is not the one any more that it was when we asked, its positions may mean nothing. */
  #takeAnswer(gen: string | undefined, event: StreamEvent): StreamEvent {
    if (gen !== undefined && gen === this.#log.gen) this.#follower.take({ seq: event.changedSeq, data: event });
    else this.#follower.hurry();
    return event;
  }

  async #read(signal: AbortSignal): Promise<Reading<EventChange>> {
    if (this.#log.gen === undefined) {
      const page = await this.#events.list({ limit: this.#pageSize }, { signal });
      return { kind: 'snapshot', gen: page.gen, position: endOf(page, page.head), show: () => this.#window.replace(page) };
    }
    const from = this.#log.position;
    const page = await this.#events.list({ changedAfter: from, limit: pullLimit }, { signal });
    const upTo = page.hasMore ? endOf(page, from) : endOf(page, page.head);
    const items = page.items.map((event) => ({ seq: event.changedSeq, data: event }));
    return { kind: 'changes', final: !page.hasMore, segment: { gen: page.gen, from, upTo, items } };
  }

  #publish(): void {
    if (this.#closed) return;
    const wasLive = this.#snapshot.get().state === 'live';
    const next = this.#takeSnapshot();
    this.#snapshot.set(next);
    if (next.state === 'live' && !wasLive) this.#pending.retryFailed();
  }

  #takeSnapshot(): LiveSnapshot {
    const { problem: stopped, offlineSince } = this.#socket.getState();
    const problem = this.#follower.problem ?? stopped;
    const { state } = this.#follower;
    const log = this.#log.gen === undefined || this.#log.indebted ? this.#heldBack() : this.#whole();
    return {
      ...log,
      state,
      pending: this.#pending.list(),
      loadingOlder: this.#loadingOlder,
      ...(problem && { problem }),
      ...(state === 'offline' && offlineSince !== undefined && { offlineSince }),
    };
  }

  /** Between two wholes the last one stays. */
  #heldBack(): Pick<LiveSnapshot, 'events' | 'hasOlder' | 'position'> {
    const { events, hasOlder, position } = this.#snapshot.get();
    return { events, hasOlder, position };
  }

  #whole(): Pick<LiveSnapshot, 'events' | 'hasOlder' | 'position'> {
    const { gen, position } = this.#log;
    this.#pending.settle(
      (id, stored) => this.#window.holds(id) || (stored !== undefined && ((stored.gen ?? gen) !== gen || stored.seq <= position)),
    );
    return { events: this.#window.list(), hasOlder: this.#window.hasOlder, position };
  }
}

/** Events may have been read a moment after the head was. */
const endOf = (page: EventPage, least: number): number => Math.max(least, ...page.items.map((event) => event.changedSeq));

function changeOf(item: RoomItem): EventChange | undefined {
  return 'eventId' in item ? item : undefined;
}
