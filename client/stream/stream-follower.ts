import type { Problem } from '../../contract/errors.ts';
import type { EventPage, StreamEvent } from '../../contract/event.ts';
import { room } from '../../contract/frames.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { eventChangeOf, readEvents } from './event-log.ts';
import type { EventChange } from './event-log.ts';
import { EventWindow } from './event-window.ts';
import type { EventsClient, PostEventInput } from '../http/events-client.ts';
import type { Streambed } from '../http/http.ts';
import { OwnChanges } from './own-changes.ts';
import { PendingSends } from './pending-sends.ts';
import type { PendingEvent, Place } from './pending-sends.ts';
import { ObservableValue } from '../observable-value.ts';
import { RoomFollower } from '../room/room-follower.ts';
import type { LiveState } from '../room/follow-state.ts';
import { RoomLog } from '../room/room-log.ts';
import { SharedPreviews } from './shared-previews.ts';
import type { RealtimeSocket } from '../socket/socket.ts';
import { Typists } from './typists.ts';

export interface LiveSnapshot {
  readonly state: LiveState;
  /** The reason why it ended for good (no access, token expired); nothing more will come. */
  readonly problem?: Problem;
  /** Oldest first, without a gap back to the oldest loaded event. */
  readonly events: readonly StreamEvent[];
  /** Events of the reader that are under way or failed, oldest first. Show them after the events. */
  readonly pending: readonly PendingEvent[];
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** The ids of other members who are typing now. */
  readonly typists: readonly string[];
  /** Position of the log up to which the events are complete. */
  readonly position: number;
  /** Start of the time without a connection (milliseconds since 1970). */
  readonly offlineSince?: number;
}

export interface LiveStreamOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly streamId: string;
  /** The reader. With it, reactions show before the server has answered, and the reader's own typing is left out. */
  readonly userId?: string;
  /** Events a page; default 50. */
  readonly pageSize?: number;
  readonly clock?: Clock;
}

/** Least time between two typing signals; others show a signal for twice as long. */
const typingMs = 3_000;

/** Keeps one stream in step with its room, and sends the reader's changes. */
export class StreamFollower {
  readonly #events: EventsClient;
  readonly #pageSize: number;
  readonly #socket: RealtimeSocket;
  readonly #window = new EventWindow();
  readonly #log = new RoomLog<EventChange>({ appendedAt: (change) => change.data.seq });
  readonly #snapshot = new ObservableValue<LiveSnapshot>({
    state: 'connecting',
    events: [],
    pending: [],
    hasOlder: false,
    loadingOlder: false,
    typists: [],
    position: 0,
  });
  readonly #room: string;
  readonly #clock: Clock;
  readonly #changes: OwnChanges;
  readonly #previews: SharedPreviews;
  readonly #typists: Typists;
  readonly #pending: PendingSends;
  readonly #follower: RoomFollower<EventChange>;
  #loadingOlder = false;
  #typedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor({ streambed, socket, workspaceId, streamId, userId, pageSize = 50, clock = systemClock }: LiveStreamOptions) {
    this.#events = streambed.workspace(workspaceId).events(streamId);
    this.#room = room.stream(workspaceId, streamId);
    this.#pageSize = pageSize;
    this.#socket = socket;
    this.#clock = clock;
    const changed = (): void => this.#publish();
    this.#pending = new PendingSends({ clock, post: (body, signal) => this.#post(body, signal), changed });
    this.#typists = new Typists(clock, changed);
    this.#changes = new OwnChanges({
      events: this.#events,
      userId,
      find: (eventId) => this.#window.find(eventId),
      asking: () => this.#asking(),
      hurry: () => this.#follower.hurry(),
      changed,
    });
    this.#previews = new SharedPreviews({
      clock,
      read: (eventId, signal) => this.#events.read(eventId, { signal }),
      missing: () => this.#window.unseen(),
      take: (event) => {
        this.#window.see(event);
        this.#publish();
      },
    });
    this.#follower = new RoomFollower({
      room: this.#room,
      socket,
      clock,
      log: this.#log,
      keepsLog: true,
      read: (signal) => readEvents({ events: this.#events, log: this.#log, pageSize, signal, show: (page) => this.#show(page) }),
      itemOf: eventChangeOf,
      apply: (changes) => this.#apply(changes),
      changed,
      signal: ({ type, actor, ttl }) => {
        if (type === 'typing' && actor !== userId) this.#typists.heard(actor, ttl);
      },
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
      // Everything may have been read again meanwhile: then the page does not join on to the events.
      if (version !== this.#log.version) return;
      if (page.gen === this.#log.gen) this.#window.prepend(page);
      else this.#follower.hurry();
    } finally {
      this.#window.endOlder();
      this.#loadingOlder = false;
      this.#publish();
    }
  }

  send(what: string | PostEventInput): void {
    if (this.#closed) return;
    this.#typedAt = Number.NEGATIVE_INFINITY;
    this.#pending.add(typeof what === 'string' ? { text: what } : what);
  }

  retry(clientEventId: string): void {
    this.#pending.retry(clientEventId);
  }

  discard(clientEventId: string): void {
    this.#pending.discard(clientEventId);
  }

  edit(eventId: string, text: string): Promise<void> {
    return this.#changes.edit(eventId, text);
  }

  delete(eventId: string): Promise<void> {
    return this.#changes.delete(eventId);
  }

  react(eventId: string, emoji: string): Promise<void> {
    return this.#changes.react(eventId, emoji, true);
  }

  unreact(eventId: string, emoji: string): Promise<void> {
    return this.#changes.react(eventId, emoji, false);
  }

  vote(eventId: string, optionIds: readonly string[]): Promise<void> {
    return this.#changes.vote(eventId, optionIds);
  }

  pin(eventId: string): Promise<void> {
    return this.#changes.pin(eventId);
  }

  unpin(eventId: string): Promise<void> {
    return this.#changes.unpin(eventId);
  }

  typing(): void {
    if (this.#closed || this.#clock.now() - this.#typedAt < typingMs) return;
    if (this.#socket.signal(this.#room, 'typing')) this.#typedAt = this.#clock.now();
  }

  close(): void {
    this.#closed = true;
    this.#follower.close();
    this.#previews.close();
    this.#typists.close();
    this.#pending.close();
    this.#snapshot.close();
  }

  async #post(body: PostEventInput, signal: AbortSignal): Promise<Place> {
    const { gen } = this.#log;
    const take = this.#asking();
    const event = await this.#events.post(body, { signal });
    take(event);
    return { gen: gen ?? this.#log.gen, seq: event.seq };
  }

  /**
   * Returns a function that takes an answer. An answer names no generation: its position counts only while the log is the same as at the
   * request.
   */
  #asking(): (answer: StreamEvent) => boolean {
    const { gen } = this.#log;
    return (answer) => {
      const isOurs = gen !== undefined && gen === this.#log.gen;
      if (isOurs) this.#follower.take({ seq: answer.changedSeq, data: answer });
      else this.#follower.hurry();
      return isOurs;
    };
  }

  #apply(changes: readonly EventChange[]): void {
    for (const { data } of changes) {
      this.#window.apply(data);
      // The message that they were typing has come.
      if (data.seq === data.changedSeq) this.#typists.stopped(data.actorId);
    }
    this.#previews.look();
  }

  #show(page: EventPage): void {
    this.#window.replace(page);
    this.#changes.reset();
  }

  #publish(): void {
    if (this.#closed) return;
    const wasLive = this.#snapshot.get().state === 'live';
    const next = this.#takeSnapshot();
    this.#snapshot.set(next);
    if (next.state === 'live' && !wasLive) this.#pending.retryFailed();
  }

  #takeSnapshot(): LiveSnapshot {
    const { state, problem, offlineSince } = this.#follower.view;
    const log = this.#log.gen === undefined || this.#log.indebted ? this.#heldBack() : this.#whole();
    return {
      ...log,
      state,
      pending: this.#pending.list(),
      typists: this.#typists.list(),
      loadingOlder: this.#loadingOlder,
      ...(problem && { problem }),
      ...(offlineSince !== undefined && { offlineSince }),
    };
  }

  /** Returns the last complete snapshot, which stays until the log is complete again. */
  #heldBack(): Pick<LiveSnapshot, 'events' | 'hasOlder' | 'position'> {
    const { events, hasOlder, position } = this.#snapshot.get();
    return { events, hasOlder, position };
  }

  #whole(): Pick<LiveSnapshot, 'events' | 'hasOlder' | 'position'> {
    const { gen, position } = this.#log;
    this.#pending.settle(
      (id, stored) => this.#window.holds(id) || (stored !== undefined && ((stored.gen ?? gen) !== gen || stored.seq <= position)),
    );
    return { events: this.#changes.shownIn(this.#window.list()), hasOlder: this.#window.hasOlder, position };
  }
}
