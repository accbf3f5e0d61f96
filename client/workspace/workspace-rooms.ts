import type { Bootstrap } from '../../contract/bootstrap.ts';
import type { Problem } from '../../contract/errors.ts';
import type { Pointer, RoomItem } from '../../contract/frames.ts';
import { backoffMs, reconnectBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';
import { Pause } from '../pause.ts';
import { firstTransition, isReading, linkEvent, transition, viewOf } from '../room/follow-state.ts';
import type { FollowEffect, FollowEvent, FollowState, FollowView } from '../room/follow-state.ts';
import { RoomFollower } from '../room/room-follower.ts';
import { RoomLog } from '../room/room-log.ts';
import type { Reading } from '../room/room-reader.ts';
import type { RealtimeSocket } from '../socket/socket.ts';

export interface WorkspaceRoomsOptions<Snapshot extends Pick<Bootstrap, 'rooms'>> {
  readonly socket: RealtimeSocket;
  readonly clock: Clock;
  /** Reads the workspace, with the rooms to follow and their positions. */
  read(signal: AbortSignal): Promise<Snapshot>;
  /** Replaces all that is shown by the snapshot. */
  show(snapshot: Snapshot): void;
  apply(items: readonly RoomItem[]): void;
  point(pointers: readonly Pointer[]): void;
  /** A room is subscribed to, for the first time or again: pointers may have been missed. */
  heard(): void;
  changed(): void;
}

/** One snapshot for all rooms; each room uses it once. */
interface SharedReading<Snapshot> {
  readonly answer: Promise<Snapshot>;
  readonly used: Set<string>;
  /** Rooms that had refused the reader before this was read. */
  readonly refused: ReadonlySet<string>;
  isShown: boolean;
}

/** The generation of the workspace's own state, which counts rooms. */
const gen = 'rooms';

/**
 * Follows the rooms that a snapshot names, from the positions that it names. These rooms keep no log that can be read: a hole in one of
 * them costs a new snapshot, which then serves all of them. The workspace is live when all its rooms are: see follow-state.ts.
 */
export class WorkspaceRooms<Snapshot extends Pick<Bootstrap, 'rooms'>> {
  readonly #options: WorkspaceRoomsOptions<Snapshot>;
  readonly #rooms = new Map<string, RoomFollower<RoomItem>>();
  readonly #closing = new AbortController();
  readonly #pause: Pause;
  #follow: FollowState = firstTransition.state;
  #reading: SharedReading<Snapshot> | undefined;
  /** The last loop that reads; a symbol, so that an earlier loop can tell that it is over. */
  #loop: symbol | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(options: WorkspaceRoomsOptions<Snapshot>) {
    this.#options = options;
    this.#pause = new Pause(options.clock);
  }

  start(): void {
    const { socket } = this.#options;
    this.#stopWatching = socket.subscribe(() => this.#linkChanged());
    if (socket.getState().status === 'idle') socket.connect();
    this.#on(linkEvent(socket.getState()));
    this.#run(firstTransition.effects);
  }

  get view(): FollowView {
    return viewOf(this.#follow);
  }

  /** Reads the workspace again, with the list of its rooms. */
  renew(): void {
    this.#reading = undefined;
    this.#on({ name: 'due' });
  }

  close(): void {
    this.#closing.abort();
    this.#stopWatching?.();
    this.#on({ name: 'close' });
    this.#pause.end();
  }

  #on(event: FollowEvent): void {
    const { state, effects } = transition(this.#follow, event);
    this.#follow = state;
    this.#run(effects);
  }

  #run(effects: readonly FollowEffect[]): void {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: FollowEffect): void {
    switch (effect.name) {
      case 'read':
        return void this.#readOn();
      case 'retry':
        return this.#pause.end();
      case 'leave':
        for (const follower of this.#rooms.values()) follower.close();
        return this.#rooms.clear();
      case 'hurry':
      case 'rejoin':
      case 'heard':
        // Each room does that itself.
        return;
    }
  }

  /** Applies the socket's state to all rooms before it publishes: the connection changes for all of them at once. */
  #linkChanged(): void {
    this.#on(linkEvent(this.#options.socket.getState()));
    for (const follower of this.#rooms.values()) follower.noteLink();
    this.#changed();
  }

  #changed(): void {
    this.#countLive();
    this.#options.changed();
  }

  #countLive(): void {
    const { size } = this.#rooms;
    if (size === 0) return;
    this.#on({ name: 'promised', gen, seq: size });
    this.#on({ name: 'moved', gen, seq: this.#live() });
  }

  #live(): number {
    return [...this.#rooms.values()].filter(({ state }) => state === 'live').length;
  }

  /** Reads until a snapshot was shown. A later call takes over. */
  async #readOn(): Promise<void> {
    const loop = Symbol('read');
    this.#loop = loop;
    for (let attempt = 0; isReading(this.#follow) && this.#loop === loop; attempt++) {
      const reading = this.#read('');
      try {
        this.#show(reading, await reading.answer);
      } catch (error) {
        const { retry, retryAfterSeconds = 0 } = problemOf(error);
        if (retry === 'never' || this.#closing.signal.aborted) return;
        await this.#pause.wait(retryAfterSeconds * 1000 + backoffMs(reconnectBackoff, attempt, this.#options.clock));
      }
    }
  }

  /** Returns the reading that this room can go on from: the current one if the room has not used it yet, or a new one. */
  #read(room: string): SharedReading<Snapshot> {
    if (this.#reading === undefined || this.#reading.used.has(room)) this.#reading = this.#startReading(room);
    this.#reading.used.add(room);
    return this.#reading;
  }

  #startReading(asking: string): SharedReading<Snapshot> {
    const refused = new Set([...this.#rooms].filter(([, { ended }]) => ended !== undefined).map(([room]) => room));
    const reading = { answer: this.#options.read(this.#closing.signal), used: new Set<string>(), refused, isShown: false };
    this.#reading = reading;
    this.#on({ name: 'due' });
    // A room that handed out changes meanwhile would see the snapshot take them back. An older snapshot is outdated.
    for (const [room, follower] of this.#rooms) if (room !== asking) follower.restart();
    reading.answer.catch((error: unknown) => this.#failed(reading, problemOf(error)));
    return reading;
  }

  #failed(reading: SharedReading<Snapshot>, problem: Problem): void {
    if (this.#reading === reading) this.#reading = undefined;
    this.#on({ name: problem.retry === 'never' ? 'refused' : 'failed', problem });
    this.#options.changed();
  }

  #show(reading: SharedReading<Snapshot>, snapshot: Snapshot): void {
    if (reading.isShown || reading !== this.#reading || this.#closing.signal.aborted) return;
    reading.isShown = true;
    this.#options.show(snapshot);
    const names = new Set(snapshot.rooms.map(({ room }) => room));
    for (const [name, follower] of this.#rooms) {
      // A room that is named and yet refused is a contradiction that another reading does not solve.
      if (names.has(name) && follower.ended !== undefined) return this.#end(follower.ended);
      if (names.has(name)) continue;
      this.#rooms.delete(name);
      follower.close();
    }
    for (const name of names) if (!this.#rooms.has(name)) this.#followRoom(name);
    this.#on({ name: 'read', gen, seq: this.#live() });
    this.#pause.end();
    this.#changed();
  }

  #end(problem: Problem): void {
    this.#on({ name: 'refused', problem });
    this.#options.changed();
  }

  /**
   * Renews when a room refuses the reader: the room has left the list, or is not in it yet. A reading from before the refusal proves
   * nothing.
   */
  #roomChanged(room: string, { ended }: RoomFollower<RoomItem>): void {
    if (ended !== undefined && this.#rooms.has(room) && this.#reading?.refused.has(room) !== true) this.renew();
    this.#changed();
  }

  #followRoom(room: string): void {
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
      changed: () => this.#roomChanged(room, follower),
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
    // The room is not in the list any more: showing the snapshot closes its follower.
    show();
    return { kind: 'snapshot', gen: '', position: 0, show };
  }
}
