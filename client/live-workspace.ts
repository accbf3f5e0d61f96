import type { Problem } from '../contract/errors.ts';
import { room } from '../contract/frames.ts';
import type { RoomItem } from '../contract/frames.ts';
import type { Stream } from '../contract/stream.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { problemOf } from './errors.ts';
import type { Streambed, WorkspaceClient } from './http.ts';
import { Published } from './published.ts';
import { RoomFollower } from './room-follower.ts';
import type { LiveState, Reading } from './room-follower.ts';
import { RoomLog } from './room-log.ts';
import type { RealtimeSocket } from './socket.ts';

export interface WorkspaceSnapshot {
  readonly state: LiveState;
  /** By name, as the server lists them. */
  readonly streams: readonly Stream[];
  /** Nothing has been read yet. */
  readonly loading: boolean;
  /** Why it ended for good, or why the list could not be read so far. */
  readonly problem?: Problem;
  /** Since when there is no connection (milliseconds since 1970). */
  readonly offlineSince?: number;
}

/** The list of streams that the caller may see, kept live. `getSnapshot` and `subscribe` fit React's useSyncExternalStore. */
export interface LiveWorkspace {
  /** The same object until something changed. */
  getSnapshot(): WorkspaceSnapshot;
  subscribe(listener: () => void): () => void;
  /** Puts a stream into the list that was just created or read, before the socket tells of it. */
  put(stream: Stream): void;
  close(): void;
}

export interface LiveWorkspaceOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly clock?: Clock;
}

/** Opens the list of streams and keeps it live until it is closed. */
export function openLiveWorkspace(options: LiveWorkspaceOptions): LiveWorkspace {
  return new FollowedWorkspace(options);
}

interface StreamChange {
  readonly seq: number;
  readonly data: Stream;
}

class FollowedWorkspace implements LiveWorkspace {
  readonly #workspace: WorkspaceClient;
  readonly #socket: RealtimeSocket;
  readonly #log = new RoomLog<StreamChange>({ appendedAt: (change) => change.seq });
  readonly #snapshot = new Published<WorkspaceSnapshot>({ state: 'connecting', streams: [], loading: true });
  readonly #follower: RoomFollower<StreamChange>;
  #streams = new Map<string, Stream>();
  /** Put by hand since the list that is being read was asked for: it may not have them yet. */
  #put = new Map<string, Stream>();
  #readProblem: Problem | undefined;
  #closed = false;
  #loading = true;
  #sorted: readonly Stream[] = [];

  constructor({ streambed, socket, workspaceId, clock = systemClock }: LiveWorkspaceOptions) {
    this.#workspace = streambed.workspace(workspaceId);
    this.#socket = socket;
    this.#follower = new RoomFollower({
      room: room.workspace(workspaceId),
      socket,
      clock,
      log: this.#log,
      join: 'at once',
      read: (signal) => this.#read(signal),
      itemOf: changeOf,
      apply: (changes) => {
        for (const { data } of changes) if (!this.#streams.has(data.id)) this.#set(data);
      },
      changed: () => this.#publish(),
    });
    this.#follower.start();
  }

  getSnapshot(): WorkspaceSnapshot {
    return this.#snapshot.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshot.subscribe(listener);
  }

  put(stream: Stream): void {
    this.#set(stream);
    this.#publish();
  }

  close(): void {
    this.#closed = true;
    this.#follower.close();
    this.#snapshot.close();
  }

  #set(stream: Stream): void {
    this.#put.set(stream.id, stream);
    this.#show(new Map(this.#streams).set(stream.id, stream));
  }

  #show(streams: Map<string, Stream>): void {
    this.#streams = streams;
    this.#sorted = [...streams.values()].sort(byName);
  }

  /** The list says nothing of positions: it is at least as new as where the room stood when it was asked for. */
  async #read(signal: AbortSignal): Promise<Reading<StreamChange>> {
    for (;;) {
      const { gen, head } = this.#log.known ?? { gen: '', head: 0 };
      this.#put = new Map();
      const streams = await this.#readAll(signal);
      const show = (): void => {
        this.#loading = false;
        this.#show(new Map([...this.#put, ...streams]));
      };
      if ((this.#log.known?.gen ?? '') === gen) return { kind: 'snapshot', gen, position: head, show };
      // The socket told only now where the room stands. What was read can be shown; to know that nothing is missing, it is read again.
      show();
      this.#publish();
    }
  }

  async #readAll(signal: AbortSignal): Promise<Map<string, Stream>> {
    const streams = new Map<string, Stream>();
    try {
      for (let cursor: string | undefined; ;) {
        const page = await this.#workspace.streams.list({ limit: 200, cursor }, { signal });
        for (const stream of page.items) streams.set(stream.id, stream);
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      this.#readProblem = undefined;
    } catch (error) {
      signal.throwIfAborted();
      this.#readProblem = problemOf(error);
      this.#publish();
      throw error;
    }
    return streams;
  }

  #publish(): void {
    if (this.#closed) return;
    const { problem: stopped, offlineSince } = this.#socket.getState();
    const { state, problem: ended } = this.#follower;
    const problem = ended ?? stopped ?? this.#readProblem;
    this.#snapshot.set({
      state,
      streams: this.#sorted,
      loading: this.#loading,
      ...(problem && { problem }),
      ...(state === 'offline' && offlineSince !== undefined && { offlineSince }),
    });
  }
}

function changeOf(item: RoomItem): StreamChange | undefined {
  return item.type === 'stream:created' ? item : undefined;
}

/** The server's order: by the code points of the lower-case name. */
function byName(a: Stream, b: Stream): number {
  const [left, right] = [(a.name ?? '').toLowerCase(), (b.name ?? '').toLowerCase()];
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
