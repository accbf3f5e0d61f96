import { room } from '../../contract/frames.ts';
import { maxAsked } from '../../contract/presence.ts';
import type { Presence, PresenceStatus } from '../../contract/presence.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Streambed } from '../http/http.ts';
import type { RealtimeSocket } from '../socket/socket.ts';
import { withoutLog } from '../socket/subscriptions.ts';
import type { RoomListener } from '../socket/subscriptions.ts';

export interface LivePresenceOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly clock?: Clock;
}

/** The presence of the members that somebody looks at, kept live. */
export interface LivePresence {
  /** The status of a member; undefined until it was read. */
  statusOf(userId: string): PresenceStatus | undefined;
  /** Keeps the presence of a member live. Returns a function that ends that. */
  watch(userId: string): () => void;
  subscribe(listener: () => void): () => void;
  /** Reads nothing while nobody sees the page. */
  pause(isPaused: boolean): void;
  close(): void;
}

export function openLivePresence(options: LivePresenceOptions): LivePresence {
  return new PresenceFollower(options);
}

/** Members that come into view together are read together. */
const gatherMs = 100;
/** Least time between two reads of what may have ended, and the time that a lease's end is waited for. */
const restMs = 15_000;
const marginMs = 500;

class PresenceFollower implements LivePresence {
  readonly #read: (userIds: string) => Promise<readonly Presence[]>;
  readonly #clock: Clock;
  readonly #watched = new Map<string, number>();
  readonly #known = new Map<string, Presence>();
  readonly #listeners = new Set<() => void>();
  readonly #leave: () => void;
  #timer: unknown;
  #dueAt = Number.POSITIVE_INFINITY;
  #readAt = Number.NEGATIVE_INFINITY;
  #isPaused = false;
  #closed = false;

  constructor({ streambed, socket, workspaceId, clock = systemClock }: LivePresenceOptions) {
    this.#clock = clock;
    this.#read = async (userIds) => (await streambed.workspace(workspaceId).presence({ userIds })).items;
    this.#leave = socket.join(room.workspace(workspaceId), this.#listener());
  }

  statusOf(userId: string): PresenceStatus | undefined {
    return this.#known.get(userId)?.status;
  }

  watch(userId: string): () => void {
    this.#watched.set(userId, (this.#watched.get(userId) ?? 0) + 1);
    if (!this.#known.has(userId)) this.#lookIn(gatherMs);
    return () => {
      const left = (this.#watched.get(userId) ?? 1) - 1;
      if (left > 0) this.#watched.set(userId, left);
      else this.#watched.delete(userId);
    };
  }

  subscribe(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (isPaused) this.#stopTimer();
    else this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer();
    this.#leave();
    this.#listeners.clear();
  }

  #listener(): RoomListener {
    return {
      // A guest is refused the workspace's room: reads have to do.
      ...withoutLog,
      // Frames before the subscription were missed.
      joined: () => {
        for (const userId of this.#known.keys()) this.#known.set(userId, { ...this.#known.get(userId), until: longAgo } as Presence);
        this.#lookIn(gatherMs);
      },
      presence: ({ item }) => {
        if (!this.#watched.has(item.userId)) return;
        this.#take([item]);
        this.#schedule();
      },
    };
  }

  /** Members in view whose presence is not known, or may have ended. */
  #outdated(): string[] {
    const nowMs = this.#clock.now();
    return [...this.#watched.keys()].filter((userId) => {
      const known = this.#known.get(userId);
      return known === undefined || (known.until !== null && Date.parse(known.until) <= nowMs);
    });
  }

  /** Waits for the first lease to end. */
  #schedule(): void {
    if (this.#outdated().length > 0) return this.#lookIn(Math.max(gatherMs, this.#readAt + restMs - this.#clock.now()));
    const ends = [...this.#watched.keys()].flatMap((userId) => {
      const until = this.#known.get(userId)?.until;
      return until ? [Date.parse(until)] : [];
    });
    if (ends.length === 0) return;
    this.#lookIn(Math.max(Math.min(...ends) + marginMs, this.#readAt + restMs) - this.#clock.now());
  }

  #lookIn(ms: number): void {
    const at = this.#clock.now() + ms;
    if (this.#closed || this.#isPaused || this.#dueAt <= at) return;
    this.#stopTimer();
    this.#dueAt = at;
    this.#timer = this.#clock.after(ms, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      void this.#look();
    });
  }

  #stopTimer(): void {
    this.#clock.cancel(this.#timer);
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  async #look(): Promise<void> {
    const userIds = this.#outdated().slice(0, maxAsked);
    if (userIds.length === 0) return this.#schedule();
    this.#readAt = this.#clock.now();
    const items = await this.#read(userIds.join(',')).catch(() => undefined);
    if (this.#closed) return;
    if (items !== undefined) {
      const answered = new Set<string>(items.map(({ userId }) => userId));
      // Who is left out is nobody that the member knows.
      const unknown = userIds.filter((userId) => !answered.has(userId)).map((userId) => ({ ...nobody, userId }) as Presence);
      this.#take([...items, ...unknown]);
    }
    if (this.#outdated().length > 0 && items !== undefined) this.#lookIn(gatherMs);
    else this.#schedule();
  }

  #take(items: readonly Presence[]): void {
    const changed = items.filter((item) => this.#known.get(item.userId)?.status !== item.status);
    for (const item of items) this.#known.set(item.userId, item);
    if (changed.length > 0) for (const listener of new Set(this.#listeners)) listener();
  }
}

const nobody = { status: 'offline', lastSeenAt: null, until: null } as const;
/** The beginning of time: what was known until then is read again. */
const longAgo = new Date(0).toISOString();
