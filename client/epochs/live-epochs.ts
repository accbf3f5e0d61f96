import type { Epoch, Related } from '../../contract/epoch.ts';
import type { Problem } from '../../contract/errors.ts';
import { room } from '../../contract/frames.ts';
import type { EpochsFrame } from '../../contract/frames.ts';
import { backoffMs, reconnectBackoff, spreadMs } from '../backoff.ts';
import type { BackoffBounds } from '../backoff.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { EpochList } from './epoch-list.ts';
import type { EpochListing } from './epoch-list.ts';
import { problemOf } from '../errors.ts';
import type { Streambed } from '../http/http.ts';
import type { MemoryClient } from '../http/memory-client.ts';
import { ObservableValue } from '../observable-value.ts';
import type { RealtimeSocket } from '../socket/socket.ts';
import type { RoomListener } from '../socket/subscriptions.ts';

export interface EpochsSnapshot {
  /** Newest first. The open epoch is as of the last listing or frame; it grows with each message. */
  readonly epochs: readonly Epoch[];
  readonly hasOlder: boolean;
  /** No listing has come yet. */
  readonly loading: boolean;
  readonly loadingOlder: boolean;
  /** The reason why listing failed. Where it may pass, listing is repeated. */
  readonly problem?: Problem;
  /** The last related items of the newest epoch that the room received; undefined: none since the subscription, read them. */
  readonly related?: { readonly epochId: string; readonly items: readonly Related[] };
}

export interface LiveEpochsOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly streamId: string;
  /** Epochs a page; default 50. */
  readonly pageSize?: number;
  readonly clock?: Clock;
}

/** The epochs of a stream, kept live. `getSnapshot` and `subscribe` fit React's useSyncExternalStore. */
export interface LiveEpochs {
  /** The same object until something changed. */
  getSnapshot(): EpochsSnapshot;
  subscribe(listener: () => void): () => void;
  /** Loads the page before the oldest epoch; does nothing when there is none or one is loading. Rejects with StreambedError. */
  loadOlder(): Promise<void>;
  /** Lists the epochs again, for changes without a frame, such as the growth of the open epoch. */
  refresh(): void;
  close(): void;
}

/** Opens the epochs of a stream and keeps them live until they are closed. */
export function openLiveEpochs(options: LiveEpochsOptions): LiveEpochs {
  return new EpochsFollower(options);
}

/** Frames of one change come together: a listing waits for all of them. */
const restMs = 50;
/** Random delay before a listing after a gap, because many clients reconnect at the same moment. */
const afterSilence: BackoffBounds = { minMs: 0, maxMs: 1_000 };
/** Most epochs that one request lists. */
const maxPage = 200;

class EpochsFollower implements LiveEpochs {
  readonly #memory: MemoryClient;
  readonly #streamId: string;
  readonly #pageSize: number;
  readonly #clock: Clock;
  readonly #list = new EpochList();
  readonly #snapshot = new ObservableValue<EpochsSnapshot>({ epochs: [], hasOlder: false, loading: true, loadingOlder: false });
  readonly #closing = new AbortController();
  readonly #leave: () => void;
  #timer: unknown;
  #listing = false;
  #loadingOlder = false;
  #failures = 0;
  #hasJoined = false;
  #problem: Problem | undefined;
  #related: EpochsSnapshot['related'];

  constructor({ streambed, socket, workspaceId, streamId, pageSize = 50, clock = systemClock }: LiveEpochsOptions) {
    this.#memory = streambed.workspace(workspaceId).memory;
    this.#streamId = streamId;
    this.#pageSize = pageSize;
    this.#clock = clock;
    this.#leave = socket.join(room.stream(workspaceId, streamId), this.#listener());
    this.#listIn(0);
  }

  getSnapshot(): EpochsSnapshot {
    return this.#snapshot.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshot.subscribe(listener);
  }

  async loadOlder(): Promise<void> {
    const { cursor } = this.#list;
    if (cursor === null || this.#loadingOlder || this.#closing.signal.aborted) return;
    this.#loadingOlder = true;
    this.#publish();
    try {
      const page = await this.#page(cursor, this.#pageSize);
      if (!this.#list.append(page, cursor)) this.refresh();
    } finally {
      this.#loadingOlder = false;
      this.#publish();
    }
  }

  refresh(): void {
    this.#list.doubt();
    this.#listIn(0);
  }

  close(): void {
    this.#closing.abort();
    this.#clock.cancel(this.#timer);
    this.#leave();
    this.#snapshot.close();
  }

  #listener(): RoomListener {
    // Another follower reads the room's own log. A gap in that log is a gap of the epochs' frames too.
    const silence = (): void => {
      this.#list.doubt();
      this.#listIn(spreadMs(afterSilence, this.#clock));
    };
    return {
      position: () => ({}),
      joined: () => {
        this.#related = undefined;
        // Frames before the subscription were missed.
        if (this.#hasJoined || this.#list.rev !== undefined) silence();
        this.#hasJoined = true;
        this.#publish();
      },
      refused: (problem) => this.#fail(problem),
      changes: () => undefined,
      behind: silence,
      resync: silence,
      // Comes with each ping: a listing repairs a frame that was lost on a live connection.
      stands: silence,
      unreadable: () => undefined,
      epochs: (frame) => this.#take(frame),
      related: ({ epochId, items }) => {
        this.#related = { epochId, items };
        this.#publish();
      },
    };
  }

  #take(frame: EpochsFrame): void {
    this.#list.take(frame);
    if (this.#list.isDue) this.#listIn(restMs);
    this.#publish();
  }

  /** Lists after a delay, unless a listing is scheduled or under way. */
  #listIn(ms: number): void {
    if (this.#timer !== undefined || this.#listing || this.#closing.signal.aborted) return;
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = undefined;
      if (this.#list.isDue) void this.#listNow();
    });
  }

  async #listNow(): Promise<void> {
    this.#listing = true;
    let againMs: number | undefined;
    try {
      const asked = this.#list.asking();
      const listed = await this.#read();
      if (this.#closing.signal.aborted) return;
      if (listed && this.#list.replace(listed, asked)) {
        this.#failures = 0;
        this.#problem = undefined;
      }
      if (this.#list.isDue) againMs = listed ? restMs : backoffMs(reconnectBackoff, this.#failures++, this.#clock);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      const problem = problemOf(error);
      if (problem.retry === 'never') return this.#fail(problem);
      this.#problem = problem;
      againMs = (problem.retryAfterSeconds ?? 0) * 1000 + backoffMs(reconnectBackoff, this.#failures++, this.#clock);
    } finally {
      this.#listing = false;
    }
    if (againMs !== undefined) this.#listIn(againMs);
    this.#publish();
  }

  /** Reads as many epochs as are loaded, at least a page. Returns undefined when they changed during the read. */
  async #read(): Promise<EpochListing | undefined> {
    const wanted = Math.max(this.#pageSize, this.#list.list().length);
    const epochs: Epoch[] = [];
    let page = await this.#page(undefined, Math.min(wanted, maxPage));
    const { rev } = page;
    epochs.push(...page.epochs);
    while (page.cursor !== null && epochs.length < wanted) {
      page = await this.#page(page.cursor, Math.min(wanted - epochs.length, maxPage));
      if (page.rev !== rev) return undefined;
      epochs.push(...page.epochs);
    }
    return { epochs, rev, cursor: page.cursor };
  }

  async #page(cursor: string | undefined, limit: number): Promise<EpochListing> {
    const page = await this.#memory.epochs(this.#streamId, { cursor, limit }, { signal: this.#closing.signal });
    return { epochs: page.items, rev: page.epochsRev, cursor: page.nextCursor };
  }

  #fail(problem: Problem): void {
    this.#problem = problem;
    this.#clock.cancel(this.#timer);
    this.#leave();
    this.#publish();
  }

  #publish(): void {
    if (this.#closing.signal.aborted) return;
    this.#snapshot.set({
      epochs: this.#list.list(),
      hasOlder: this.#list.cursor !== null,
      loading: this.#list.rev === undefined && this.#problem === undefined,
      loadingOlder: this.#loadingOlder,
      ...(this.#problem && { problem: this.#problem }),
      ...(this.#related && { related: this.#related }),
    });
  }
}
