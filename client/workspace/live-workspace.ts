import type { Bootstrap } from '../../contract/bootstrap.ts';
import type { Problem } from '../../contract/errors.ts';
import type { RoomItem } from '../../contract/frames.ts';
import type { Stream } from '../../contract/stream.ts';
import { backoffMs, spreadMs } from '../backoff.ts';
import type { BackoffBounds } from '../backoff.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { StreamRefresher } from './stream-refresher.ts';
import type { Page, Streambed, WorkspaceClient } from '../http/http.ts';
import { ObservableValue } from '../observable-value.ts';
import { ReadMarks } from './read-marks.ts';
import type { LiveState } from '../room/follow-state.ts';
import type { RealtimeSocket } from '../socket/socket.ts';
import { WorkspaceRooms } from './workspace-rooms.ts';
import { WorkspaceState } from './workspace-state.ts';
import { emptyView } from './workspace-view.ts';
import type { WorkspaceView } from './workspace-view.ts';

export interface WorkspaceSnapshot extends WorkspaceView {
  readonly state: LiveState;
  /** Nothing has been read yet. */
  readonly loading: boolean;
  /** There are more streams with older activity than were read so far. */
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** The reason why it ended for good, or why the last read failed. */
  readonly problem?: Problem;
  /** Start of the time without a connection (milliseconds since 1970). */
  readonly offlineSince?: number;
}

/** A change of the reader's notifications. */
export type NotificationChange = Extract<RoomItem, { type: 'notification:new' | 'notification:changed' }>;

/**
 * A workspace as one member sees it, kept live: the member, their streams with unread counts, people, notifications. `getSnapshot` and
 * `subscribe` fit React's useSyncExternalStore.
 */
export interface LiveWorkspace {
  /** The same object until something changed, and so are its parts. */
  getSnapshot(): WorkspaceSnapshot;
  subscribe(listener: () => void): () => void;
  /** Returns the stream with this id, where it is known. */
  find(streamId: string): Stream | undefined;
  /** Loads streams with older activity; does nothing when there are none or some are loading. Rejects with StreambedError. */
  loadMore(): Promise<void>;
  /**
   * Adds the streams of an answer, before a frame brings them, and returns the answer. Call it with the request when that is sent: an answer
   * that a loss of access overtakes adds nothing. Rejects as the request does.
   */
  put<Answer extends Stream | readonly Stream[]>(request: Promise<Answer>): Promise<Answer>;
  /**
   * Marks a stream as read, to its end or up to a position: shown at once, sent to the server soon. Does nothing when the reader is not a
   * member.
   */
  markRead(streamId: string, seq?: number): void;
  /** Marks an event and all events behind it as unread. Rejects with StreambedError. */
  markUnread(streamId: string, eventId: string): Promise<void>;
  /**
   * Calls back with each change of the notifications, for lists of them. After a gap some may be missing. Returns a function that
   * unsubscribes.
   */
  watchNotifications(listener: (change: NotificationChange) => void): () => void;
  close(): void;
}

export interface LiveWorkspaceOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly clock?: Clock;
}

/** Opens a workspace and keeps it live until it is closed. */
export function openLiveWorkspace(options: LiveWorkspaceOptions): LiveWorkspace {
  return new WorkspaceFollower(options);
}

/** The snapshot of all that is read at once. The positions of the rooms are as of its start; all else is at least as new. */
interface Everything extends Bootstrap {
  /** All pages, not only the first one. */
  readonly all: Stream[];
  /** The tick at which it was requested. */
  readonly since: number;
  /** The cursor behind the last page. */
  readonly cursor: string | null;
}

/** The part of the list of streams that was read. `cursor`: where the next page begins. */
type Listing = { readonly name: 'nothing' | 'whole' } | { readonly name: 'part'; readonly cursor: string };

/** Streams a page. */
const pageSize = 100;
/** Least time between two updates by pointers. */
const pointerRestMs = 100;
/** Random delay before the streams are read again after a gap, because many clients reconnect at the same moment. */
const afterSilence: BackoffBounds = { minMs: 0, maxMs: 1_000 };
const afterFailure: BackoffBounds = { minMs: 2_000, maxMs: 60_000 };

class WorkspaceFollower implements LiveWorkspace {
  readonly #workspace: WorkspaceClient;
  readonly #clock: Clock;
  readonly #known = new WorkspaceState();
  readonly #snapshot: ObservableValue<WorkspaceSnapshot>;
  readonly #rooms: WorkspaceRooms<Everything>;
  readonly #refresher: StreamRefresher;
  readonly #marks: ReadMarks;
  readonly #watchers = new Set<(change: NotificationChange) => void>();
  #listing: Listing = { name: 'nothing' };
  /** Number of snapshots shown. A page that was requested before the last one does not join on to it. */
  #version = 0;
  /** Timer of the next update, and the time of the last one. */
  #publishing: unknown;
  #publishedAt = Number.NEGATIVE_INFINITY;
  /** Timer of the next refresh of the streams. */
  #refresh: unknown;
  #loadingMore = false;
  #closed = false;

  constructor({ streambed, socket, workspaceId, clock = systemClock }: LiveWorkspaceOptions) {
    this.#workspace = streambed.workspace(workspaceId);
    this.#clock = clock;
    this.#snapshot = new ObservableValue({ ...emptyView, state: 'connecting', loading: true, hasMore: false, loadingMore: false });
    this.#refresher = new StreamRefresher({
      clock,
      read: (streamId, signal) => this.#workspace.streams.read(streamId, { signal }),
      isWanted: (streamId) => this.#known.wanted.has(streamId),
      take: (stream, since) => this.#change(() => this.#known.correct(stream, since)),
      gone: (streamId, since) => this.#change(() => this.#known.removeMissing(streamId, since)),
      tick: () => this.#known.tick,
    });
    this.#marks = new ReadMarks({
      clock,
      send: (streamId, seq) => this.#workspace.streams.markRead(streamId, seq),
      taken: (streamId, read) => this.#change(() => this.#known.takeRead(streamId, read)),
      refused: (streamId) => this.#change(() => this.#known.distrust(streamId)),
    });
    this.#rooms = new WorkspaceRooms<Everything>({
      socket,
      clock,
      read: (signal) => this.#read(signal),
      show: (everything) => this.#change(() => this.#show(everything)),
      apply: (items) => this.#change(() => this.#apply(items)),
      point: (pointers) => this.#change(() => this.#known.point(pointers), 'soon'),
      heard: () => this.#refreshIn(spreadMs(afterSilence, clock)),
      changed: () => this.#publish(),
    });
    this.#rooms.start();
  }

  getSnapshot(): WorkspaceSnapshot {
    return this.#snapshot.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshot.subscribe(listener);
  }

  find(streamId: string): Stream | undefined {
    return this.#known.find(streamId);
  }

  watchNotifications(listener: (change: NotificationChange) => void): () => void {
    const own = (change: NotificationChange): void => listener(change);
    this.#watchers.add(own);
    return () => this.#watchers.delete(own);
  }

  async loadMore(): Promise<void> {
    if (this.#loadingMore || this.#listing.name !== 'part' || this.#closed) return;
    this.#loadingMore = true;
    this.#publish();
    const version = this.#version;
    const since = this.#known.tick;
    try {
      const { items, nextCursor } = await this.#page(this.#listing.cursor);
      // Everything may have been read again meanwhile.
      if (version !== this.#version) return;
      this.#change(() => this.#known.take(items, since));
      this.#list(nextCursor);
    } finally {
      this.#loadingMore = false;
      this.#publish();
    }
  }

  async put<Answer extends Stream | readonly Stream[]>(request: Promise<Answer>): Promise<Answer> {
    const since = this.#known.tick;
    const answer = await request;
    const streams: readonly Stream[] = [answer].flat();
    this.#change(() => streams.forEach((stream) => this.#known.putAnswer(stream, since)));
    return answer;
  }

  markRead(streamId: string, seq?: number): void {
    const stream = this.#known.find(streamId);
    if (stream === undefined || !stream.isMember) return;
    if (seq !== undefined && seq <= stream.readSeq) return;
    this.#change(() => this.#known.markRead(streamId, seq ?? stream.lastSeq));
    this.#marks.mark(streamId, seq);
  }

  async markUnread(streamId: string, eventId: string): Promise<void> {
    try {
      const read = await this.#marks.between(streamId, () => this.#workspace.streams.markUnread(streamId, eventId));
      this.#change(() => this.#known.takeReadMoved(streamId, read));
    } catch (error) {
      // Marks that were not sent are dropped.
      this.#change(() => this.#known.distrust(streamId));
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#clock.cancel(this.#refresh);
    this.#clock.cancel(this.#publishing);
    this.#rooms.close();
    this.#refresher.close();
    this.#marks.close();
    this.#watchers.clear();
    this.#snapshot.close();
  }

  async #read(signal: AbortSignal): Promise<Everything> {
    // The snapshot covers all pointers that were missed before, so no refresh is due.
    this.#clock.cancel(this.#refresh);
    this.#refresh = undefined;
    const since = this.#known.tick;
    const bootstrap = await this.#workspace.bootstrap({ signal });
    return { ...bootstrap, since, ...(await this.#further(bootstrap.streams, signal)) };
  }

  /** Reads further pages until there are as many streams as are listed now, so that no listed stream is missing. */
  async #further(first: Page<Stream>, signal?: AbortSignal): Promise<Pick<Everything, 'all' | 'cursor'>> {
    const count = this.#known.view().streams.filter(({ status }) => status !== 'archived').length;
    const all = [...first.items];
    let cursor = first.nextCursor;
    while (cursor !== null && all.length < count) {
      const { items, nextCursor } = await this.#page(cursor, signal);
      all.push(...items);
      cursor = nextCursor;
    }
    return { all, cursor };
  }

  #refreshIn(ms: number, failures = 0): void {
    if (this.#refresh !== undefined || this.#closed) return;
    this.#refresh = this.#clock.after(ms, () => {
      this.#refresh = undefined;
      this.#refreshNow().catch(() => this.#refreshIn(backoffMs(afterFailure, failures, this.#clock), failures + 1));
    });
  }

  /** Reads the streams again, because pointers missed during a gap are not replayed. All other changes come by the rooms' logs. */
  async #refreshNow(): Promise<void> {
    const version = this.#version;
    const since = this.#known.tick;
    const { all } = await this.#further(await this.#page());
    if (version === this.#version) this.#change(() => this.#known.take(all, since));
    // A snapshot came meanwhile. It may have been requested before the missed pointers, so the refresh is repeated.
    else this.#refreshIn(0);
  }

  #page(cursor?: string, signal?: AbortSignal): Promise<Page<Stream>> {
    return this.#workspace.streams.list({ sort: 'activity', limit: pageSize, cursor }, { signal });
  }

  #show(everything: Everything): void {
    this.#version++;
    this.#known.replace(everything, everything.all, everything.since);
    this.#list(everything.cursor);
  }

  #list(cursor: string | null): void {
    this.#listing = cursor === null ? { name: 'whole' } : { name: 'part', cursor };
    this.#known.isWhole = this.#listing.name === 'whole';
  }

  #apply(items: readonly RoomItem[]): void {
    for (const item of items) {
      const before = this.#known.view().me?.role;
      this.#known.apply(item);
      if (item.type === 'notification:new' || item.type === 'notification:changed') for (const tell of new Set(this.#watchers)) tell(item);
      const role = this.#known.view().me?.role;
      // Guests follow other rooms than members.
      if (role !== before && (role === 'guest' || before === 'guest')) this.#rooms.renew();
    }
  }

  #change(change: () => void, publish: 'now' | 'soon' = 'now'): void {
    if (this.#closed) return;
    change();
    this.#refresher.ask(this.#known.wanted);
    if (publish === 'now') this.#publish();
    else this.#publishSoon();
  }

  /** Publishes pointers of many streams together: the first at once, later ones after a short rest. */
  #publishSoon(): void {
    if (this.#publishing !== undefined) return;
    const restMs = this.#publishedAt + pointerRestMs - this.#clock.now();
    if (restMs <= 0) return this.#publish();
    this.#publishing = this.#clock.after(restMs, () => this.#publish());
  }

  #publish(): void {
    if (this.#closed) return;
    this.#clock.cancel(this.#publishing);
    this.#publishing = undefined;
    this.#publishedAt = this.#clock.now();
    const { state, problem: ended, readProblem, offlineSince } = this.#rooms.view;
    const problem = ended ?? readProblem;
    this.#snapshot.set({
      ...this.#known.view(),
      state,
      loading: this.#listing.name === 'nothing',
      hasMore: this.#listing.name === 'part',
      loadingMore: this.#loadingMore,
      ...(problem && { problem }),
      ...(offlineSince !== undefined && { offlineSince }),
    });
  }
}
