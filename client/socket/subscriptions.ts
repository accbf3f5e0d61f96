import { maxRooms, parseRoom } from '../../contract/frames.ts';
import type { EphFrame, EpochsFrame, EvFrame, EvsFrame, Pointer, RelatedFrame, RoomState, ServerFrame } from '../../contract/frames.ts';
import type { DraftFrame } from '../../contract/draft.ts';
import type { PresenceFrame } from '../../contract/presence.ts';
import type { Problem } from '../../contract/errors.ts';
import { backoffMs, reconnectBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Connection, RoomFrame } from './connection.ts';
import { clientProblem, problemOf } from '../errors.ts';

/** A listener of a room. After each reconnect the socket subscribes again by itself, from `position()`. */
export interface RoomListener {
  /** Returns the position up to which the listener has the room's log, if it has any of it. */
  position(): { readonly gen?: string; readonly seq?: number };
  /** The subscription is written: the server sends everything after `state.from`. */
  joined(state: RoomState): void;
  /** The subscription has ended and is requested again. Until then no frames come. */
  left?(): void;
  /** The server refuses the room, and the socket has left it. */
  refused(problem: Problem): void;
  changes(frame: EvFrame | EvsFrame): void;
  /** The room went on to `head`, and no frame will bring what is missing. */
  behind(head: number): void;
  /** The listener's copy is of another log, is ahead of the log, or is too far behind to be replayed. */
  resync(room: { readonly gen: string; readonly head: number; readonly reason: 'unknown_gen' | 'position_ahead' | 'behind' }): void;
  /** The generation and head of the room, as the database has them. */
  stands(gen: string, head: number): void;
  /** A change came that this client cannot read. The room has come at least to `head`. */
  unreadable(gen: string, head: number): void;
  /** A signal came, such as typing; signals are sent at most once. */
  signal?(signal: EphFrame): void;
  /** Pointers came: the heads and counts of streams. */
  pointers?(pointers: readonly Pointer[]): void;
  /** Epochs of a stream have changed. */
  epochs?(frame: EpochsFrame): void;
  /** The related items of a stream's newest epoch have changed. */
  related?(frame: RelatedFrame): void;
  /** A draft of the member has changed on some device. */
  draft?(frame: DraftFrame): void;
  /** The presence of a member has changed. */
  presence?(frame: PresenceFrame): void;
}

/** The part of a listener that keeps no log of its room, and hears only frames without a position. */
export const withoutLog: Omit<RoomListener, 'joined'> = {
  position: () => ({}),
  refused: () => undefined,
  changes: () => undefined,
  behind: () => undefined,
  resync: () => undefined,
  stands: () => undefined,
  unreadable: () => undefined,
};

interface Room {
  readonly listeners: Set<RoomListener>;
  /** Number of the last join. A subscription that was requested before it does not serve it. */
  lastJoin: number;
}
/** One request: rooms to leave, or rooms to subscribe to. */
type SubscriptionChange =
  { readonly kind: 'leave'; readonly names: string[] } | { readonly kind: 'join'; readonly rooms: readonly [string, Room][] };
type SubscribeAnswer = Pick<Extract<ServerFrame, { op: 'ok' }>['d'], 'rooms' | 'refused'>;

/** The rooms with listeners, and the subscriptions of each connection. */
export class Subscriptions {
  readonly #clock: Clock;
  readonly #rooms = new Map<string, Room>();
  /** Rooms by connection, each with its last join at the time of the request. */
  readonly #joined = new WeakMap<Connection, Map<string, number>>();
  readonly #busy = new WeakSet<Connection>();
  /** Joins of all rooms: a room that was left and is joined again has no number twice. */
  #joins = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#rooms.size;
  }

  add(name: string, listener: RoomListener): void {
    if (parseRoom(name) === undefined) return listener.refused(clientProblem('not_found', `"${name}" is not the name of a room`));
    const room = this.#rooms.get(name) ?? { listeners: new Set(), lastJoin: 0 };
    this.#rooms.set(name, room);
    room.listeners.add(listener);
    room.lastJoin = ++this.#joins;
  }

  remove(name: string, listener: RoomListener): void {
    const room = this.#rooms.get(name);
    room?.listeners.delete(listener);
    if (room?.listeners.size === 0) this.#rooms.delete(name);
  }

  clear(): void {
    this.#rooms.clear();
  }

  /** Tells if the connection is subscribed to a room that has listeners. */
  isIn(connection: Connection, name: string): boolean {
    return this.#rooms.has(name) && this.#rooms.get(name)?.lastJoin === this.#joined.get(connection)?.get(name);
  }

  /** Returns the positions of the rooms, for `hello` and `ping`: of several listeners the lowest one. */
  positions(): { room: string; gen?: string; seq?: number }[] {
    return [...this.#rooms].slice(0, maxRooms).map(([name, room]) => ({ room: name, ...leastPosition(room) }));
  }

  /** Returns the rooms of a `hello` with their last joins, before later joins change them. */
  asked(): Map<string, number> {
    return new Map([...this.#rooms].map(([name, room]) => [name, room.lastJoin]));
  }

  /** Applies the server's answer for the requested rooms. */
  answered(connection: Connection, asked: ReadonlyMap<string, number>, answer: SubscribeAnswer): void {
    const joined = this.#of(connection);
    for (const state of answer.rooms ?? []) {
      joined.set(state.room, asked.get(state.room) ?? 0);
      this.#each(state.room, (listener) => listener.joined(state));
    }
    for (const { room, problem } of answer.refused ?? []) if (problem.retry === 'never') this.#refuse(room, problem);
  }

  /** Delivers a frame to the listeners of its rooms. */
  deliver(frame: RoomFrame): void {
    switch (frame.op) {
      case 'ev':
      case 'evs':
        return this.#each(frame.room, (listener) => listener.changes(frame));
      case 'unreadable':
        return this.#each(frame.room, (listener) => listener.unreadable(frame.gen, frame.head));
      case 'behind':
        for (const { room, head } of frame.rooms) this.#each(room, (listener) => listener.behind(head));
        return;
      case 'resync':
        for (const resync of frame.rooms) this.#each(resync.room, (listener) => listener.resync(resync));
        return;
      case 'eph':
        return this.#each(frame.room, (listener) => listener.signal?.(frame));
      case 'ptr':
        return this.#each(frame.room, (listener) => listener.pointers?.(frame.items));
      case 'epochs':
        return this.#each(frame.room, (listener) => listener.epochs?.(frame));
      case 'related':
        return this.#each(frame.room, (listener) => listener.related?.(frame));
      case 'draft':
        return this.#each(frame.room, (listener) => listener.draft?.(frame));
      case 'presence':
        return this.#each(frame.room, (listener) => listener.presence?.(frame));
      case 'revoked':
        return this.lost(frame.rooms);
    }
  }

  /**
   * Applies a `pong`. A room of the ping that is missing in it has become invisible to the reader: its listeners read to learn why. A room
   * whose subscription the server has lost is subscribed to again by the next reconciliation.
   */
  pong(asked: readonly { readonly room: string }[], { heads, unsubscribed = [] }: Extract<ServerFrame, { op: 'pong' }>['d']): void {
    const known = new Set(heads.map(({ room }) => room));
    this.lost(unsubscribed);
    for (const { room, gen, head } of heads) this.#each(room, (listener) => listener.stands(gen, head));
    for (const { room } of asked) if (!known.has(room)) this.#each(room, (listener) => listener.behind(0));
  }

  /**
   * Notes that subscriptions have ended. The next reconciliation requests them again, also where an answer is still under way. A reader who
   * has lost the room is refused then.
   */
  lost(names: readonly string[]): void {
    for (const name of names) {
      const room = this.#rooms.get(name);
      if (room === undefined) continue;
      room.lastJoin = ++this.#joins;
      this.#each(name, (listener) => listener.left?.());
    }
  }

  /** Makes the connection's subscriptions match the rooms, one request at a time: the server may handle two requests in any order. */
  async reconcile(connection: Connection): Promise<void> {
    if (this.#busy.has(connection)) return;
    this.#busy.add(connection);
    try {
      // Rooms that are joined and left in the same task cost one frame, or none.
      await Promise.resolve();
      for (let attempt = 0; connection.ended === undefined;) {
        const change = this.#changeFor(connection);
        // The check and the return are one step. With a promise between them, a room that is joined there would stay unsubscribed.
        if (change === undefined) return;
        if ((await this.#make(change, connection)) === 'progress') attempt = 0;
        else await this.#pause(backoffMs(reconnectBackoff, attempt++, this.#clock), connection.over);
      }
    } finally {
      this.#busy.delete(connection);
    }
  }

  /** Returns the next request that brings the connection closer to the rooms; undefined when none is needed. */
  #changeFor(connection: Connection): SubscriptionChange | undefined {
    const joined = this.#of(connection);
    const surplus = [...joined.keys()].filter((name) => !this.#rooms.has(name)).slice(0, maxRooms);
    if (surplus.length > 0) return { kind: 'leave', names: surplus };
    const missing = [...this.#rooms].filter(([name, room]) => joined.get(name) !== room.lastJoin).slice(0, maxRooms);
    return missing.length > 0 ? { kind: 'join', rooms: missing } : undefined;
  }

  async #make(change: SubscriptionChange, connection: Connection): Promise<'progress' | 'later'> {
    try {
      if (change.kind === 'join') return await this.#subscribe(connection, change.rooms);
      for (const name of change.names) this.#of(connection).delete(name);
      await connection.unsubscribe({ rooms: change.names });
      return 'progress';
    } catch (error) {
      const problem = problemOf(error);
      if (problem.retry !== 'never' || change.kind === 'leave') return 'later';
      for (const [name] of change.rooms) this.#refuse(name, problem);
      return 'progress';
    }
  }

  async #subscribe(connection: Connection, missing: readonly [string, Room][]): Promise<'progress' | 'later'> {
    const asked = new Map(missing.map(([name, room]) => [name, room.lastJoin]));
    const { d } = await connection.subscribe({ rooms: missing.map(([name, room]) => ({ room: name, ...leastPosition(room) })) });
    this.answered(connection, asked, d);
    const joined = this.#of(connection);
    return [...asked].every(([name, lastJoin]) => joined.get(name) === lastJoin || !this.#rooms.has(name)) ? 'progress' : 'later';
  }

  #refuse(name: string, problem: Problem): void {
    const room = this.#rooms.get(name);
    this.#rooms.delete(name);
    for (const listener of room?.listeners ?? []) listener.refused(problem);
  }

  #each(name: string, tell: (listener: RoomListener) => void): void {
    for (const listener of new Set(this.#rooms.get(name)?.listeners)) tell(listener);
  }

  #of(connection: Connection): Map<string, number> {
    const joined = this.#joined.get(connection) ?? new Map<string, number>();
    this.#joined.set(connection, joined);
    return joined;
  }

  async #pause(ms: number, over: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(ms, resolve);
    await Promise.race([promise, over]);
    this.#clock.cancel(timer);
  }
}

function leastPosition(room: Room): { gen?: string; seq?: number } {
  const positions = [...room.listeners].map((listener) => listener.position());
  return positions.filter((p) => p.seq !== undefined).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))[0] ?? {};
}
