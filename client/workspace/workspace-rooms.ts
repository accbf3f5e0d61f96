import type { Bootstrap } from '../../contract/bootstrap.ts';
import type { Problem } from '../../contract/errors.ts';
import type { Pointer, RoomItem } from '../../contract/frames.ts';
import { backoffMs, reconnectBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';
import { RoomFollower } from '../room/room-follower.ts';
import type { LiveState, Reading } from '../room/room-follower.ts';
import { RoomLog } from '../room/room-log.ts';
import type { RealtimeSocket } from '../socket/socket.ts';

export interface WorkspaceRoomsOptions<Snapshot extends Pick<Bootstrap, 'rooms'>> {
  readonly socket: RealtimeSocket;
  readonly clock: Clock;
  /** Reads everything, with the rooms to follow from there. */
  read(signal: AbortSignal): Promise<Snapshot>;
  /** Starts anew from what was read. */
  show(snapshot: Snapshot): void;
  apply(items: readonly RoomItem[]): void;
  point(pointers: readonly Pointer[]): void;
  /** A room is heard again, or for the first time: pointers may have been missed. */
  heard(): void;
  changed(): void;
}

/** One snapshot for all rooms, each of which goes on from it once. */
interface SharedReading<Snapshot> {
  readonly answer: Promise<Snapshot>;
  readonly used: Set<string>;
  isShown: boolean;
}

/**
 * Follows the rooms that a snapshot names, from the positions that it names. These rooms keep no log to be read: a hole in one of them costs
 * a new snapshot, which then holds for all of them.
 */
export class WorkspaceRooms<Snapshot extends Pick<Bootstrap, 'rooms'>> {
  /** Why it ended for good. */
  problem: Problem | undefined;
  /** Why nothing could be read so far; it is tried again. */
  readProblem: Problem | undefined;
  readonly #options: WorkspaceRoomsOptions<Snapshot>;
  readonly #rooms = new Map<string, RoomFollower<RoomItem>>();
  readonly #closing = new AbortController();
  #reading: SharedReading<Snapshot> | undefined;
  #stopWatching: (() => void) | undefined;
  #nudge: () => void = () => undefined;
  #opening = false;
  #wasLive = false;

  constructor(options: WorkspaceRoomsOptions<Snapshot>) {
    this.#options = options;
  }

  start(): void {
    const { socket } = this.#options;
    this.#stopWatching = socket.subscribe(() => {
      if (socket.getState().status === 'open') this.#nudge();
      this.#options.changed();
    });
    if (socket.getState().status === 'idle') socket.connect();
    void this.#open();
  }

  get state(): LiveState {
    const { status } = this.#options.socket.getState();
    if (this.problem !== undefined || status === 'offline' || status === 'stopped' || status === 'closed') return 'offline';
    const states = [...this.#rooms.values()].map((follower) => follower.state);
    if (states.length > 0 && states.every((state) => state === 'live')) {
      this.#wasLive = true;
      return 'live';
    }
    return this.#wasLive ? 'catching up' : 'connecting';
  }

  /** Reads everything anew, also which rooms there are. */
  renew(): void {
    this.#reading = undefined;
    void this.#open();
  }

  close(): void {
    this.#closing.abort();
    this.#stopWatching?.();
    for (const follower of this.#rooms.values()) follower.close();
    this.#rooms.clear();
    this.#nudge();
  }

  /** Reads until there is an answer. */
  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    for (let attempt = 0; !this.#closing.signal.aborted && this.problem === undefined; attempt++) {
      const reading = this.#read('');
      try {
        this.#show(reading, await reading.answer);
        // Superseded while it was on its way.
        if (this.#reading === reading) break;
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        const { retry, retryAfterSeconds = 0 } = problemOf(error);
        if (retry !== 'never') await this.#pause(retryAfterSeconds * 1000 + backoffMs(reconnectBackoff, attempt, this.#options.clock));
      }
    }
    this.#opening = false;
  }

  /** The reading that this room can go on from: the one under way, or one that it has not used yet, or a new one. */
  #read(room: string): SharedReading<Snapshot> {
    if (this.#reading === undefined || this.#reading.used.has(room)) this.#reading = this.#startReading(room);
    this.#reading.used.add(room);
    return this.#reading;
  }

  #startReading(asking: string): SharedReading<Snapshot> {
    const reading = { answer: this.#options.read(this.#closing.signal), used: new Set<string>(), isShown: false };
    this.#reading = reading;
    // Whoever went on handing out changes meanwhile would see the snapshot take them back; and an older one is of no use any more.
    for (const [room, follower] of this.#rooms) if (room !== asking) follower.restart();
    reading.answer.then(
      () => (this.readProblem = undefined),
      (error: unknown) => this.#failed(reading, problemOf(error)),
    );
    return reading;
  }

  #failed(reading: SharedReading<Snapshot>, problem: Problem): void {
    if (this.#closing.signal.aborted) return;
    if (this.#reading === reading) this.#reading = undefined;
    this.readProblem = problem;
    if (problem.retry === 'never') this.#end(problem);
    else this.#options.changed();
  }

  #end(problem: Problem): void {
    this.problem = problem;
    for (const follower of this.#rooms.values()) follower.close();
    this.#rooms.clear();
    this.#options.changed();
  }

  #show(reading: SharedReading<Snapshot>, snapshot: Snapshot): void {
    if (reading.isShown || reading !== this.#reading || this.#closing.signal.aborted) return;
    reading.isShown = true;
    this.#options.show(snapshot);
    const names = new Set(snapshot.rooms.map(({ room }) => room));
    for (const [name, follower] of this.#rooms) {
      // A room that is named and yet refused is a contradiction that no reading will solve.
      if (names.has(name) && follower.problem !== undefined) return this.#end(follower.problem);
      if (names.has(name)) continue;
      this.#rooms.delete(name);
      follower.close();
    }
    for (const name of names) if (!this.#rooms.has(name)) this.#follow(name);
    this.#options.changed();
  }

  #follow(room: string): void {
    const { socket, clock } = this.#options;
    const follower: RoomFollower<RoomItem> = new RoomFollower<RoomItem>({
      room,
      socket,
      clock,
      log: new RoomLog<RoomItem>({ appendedAt: (item) => item.seq }),
      keepsLog: false,
      read: () => this.#readFor(room),
      itemOf: (item) => item,
      apply: (items) => {
        if (items.length > 0) this.#options.apply(items);
      },
      pointers: (pointers) => this.#options.point(pointers),
      heard: () => this.#options.heard(),
      changed: () => {
        // Not ours any more, or not yet: which rooms are ours is to be read anew.
        if (follower.problem !== undefined && !this.#opening && this.#rooms.has(room)) this.renew();
        this.#options.changed();
      },
    });
    this.#rooms.set(room, follower);
    follower.start();
  }

  async #readFor(room: string): Promise<Reading<RoomItem>> {
    const reading = this.#read(room);
    const snapshot = await reading.answer;
    const place = snapshot.rooms.find((each) => each.room === room);
    const show = (): void => this.#show(reading, snapshot);
    if (place !== undefined) return { kind: 'snapshot', gen: place.gen, position: place.head, show };
    // It is ours no more: showing the snapshot closes whoever asked.
    show();
    return { kind: 'snapshot', gen: '', position: 0, show };
  }

  #pause(ms: number): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const timer = clock.after(ms, resolve);
      this.#nudge = () => {
        clock.cancel(timer);
        resolve();
      };
    });
  }
}
