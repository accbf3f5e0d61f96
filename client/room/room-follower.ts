import type { Problem } from '../../contract/errors.ts';
import type { EphFrame, EvFrame, EvsFrame, Pointer, RoomItem, RoomState } from '../../contract/frames.ts';
import type { BackoffBounds } from '../backoff.ts';
import { firstTransition, hasDeadline, isReading, linkEvent, transition, viewOf } from './follow-state.ts';
import type { FollowEffect, FollowEvent, FollowState, FollowView, LiveState } from './follow-state.ts';
import type { Change, RoomLog, Segment } from './room-log.ts';
import { RoomReader } from './room-reader.ts';
import type { RoomReaderOptions } from './room-reader.ts';
import type { RealtimeSocket } from '../socket/socket.ts';
import { StateDeadline } from './state-deadline.ts';
import type { RoomListener } from '../socket/subscriptions.ts';

export interface RoomFollowerOptions<Item extends Change> extends RoomReaderOptions<Item> {
  readonly room: string;
  readonly socket: RealtimeSocket;
  /** The part of a pushed item that the log keeps; undefined for an item of no use to it. */
  itemOf(item: RoomItem): Item | undefined;
  changed(): void;
  /** Takes a signal, which is sent at most once. */
  signal?(signal: EphFrame): void;
  pointers?(pointers: readonly Pointer[]): void;
  /** The room is subscribed to, for the first time or again: frames without positions may have been missed. */
  heard?(): void;
}

/** Time that a room may be connected and not live, before the follower subscribes and reads again. */
const overdue: BackoffBounds = { minMs: 20_000, maxMs: 120_000 };

/** Keeps a log in step with its room: frames as they come, and HTTP for every hole that they leave. Its states are in follow-state.ts. */
export class RoomFollower<Item extends Change> {
  readonly #options: RoomFollowerOptions<Item>;
  readonly #log: RoomLog<Item>;
  readonly #reader: RoomReader<Item>;
  readonly #deadline: StateDeadline;
  #follow: FollowState = firstTransition.state;
  #stopWatching: (() => void) | undefined;
  #leave: (() => void) | undefined;
  #timer: unknown;

  constructor(options: RoomFollowerOptions<Item>) {
    this.#options = options;
    this.#log = options.log;
    this.#reader = new RoomReader(options, {
      isReading: () => isReading(this.#follow),
      shown: () => (this.#leave ??= options.socket.join(options.room, this.#listener())),
      progressed: () => this.#changed(),
      failed: (problem) => this.#note({ name: 'failed', problem }),
      refused: (problem) => this.#on({ name: 'refused', problem }),
    });
    this.#deadline = new StateDeadline({
      clock: options.clock,
      bounds: overdue,
      isPassing: () => hasDeadline(this.#follow),
      overdue: (waitedMs, attempt) => this.#run(this.#note({ name: 'overdue', waitedMs, attempt })),
    });
  }

  start(): void {
    const { socket } = this.#options;
    this.#stopWatching = socket.subscribe(() => {
      this.noteLink();
      this.#options.changed();
    });
    if (socket.getState().status === 'idle') socket.connect();
    this.noteLink();
    this.#run(firstTransition.effects);
    this.#changed();
  }

  /** Takes the state of the socket without calling `changed`, for an owner that follows the socket itself. */
  noteLink(): void {
    this.#run(this.#note(linkEvent(this.#options.socket.getState())));
    this.#deadline.look();
  }

  get view(): FollowView {
    return viewOf(this.#follow);
  }

  get state(): LiveState {
    return this.view.state;
  }

  /** The reason why the follower ended for good. */
  get ended(): Problem | undefined {
    return this.#follow.name === 'ended' ? this.#follow.problem : undefined;
  }

  /** Takes a change from the answer to a request of this client. */
  take(item: Item): void {
    const { gen } = this.#log;
    if (gen !== undefined && this.#follow.name !== 'closed') this.#receive([{ gen, from: item.seq - 1, upTo: item.seq, items: [item] }]);
  }

  /** Reads at once: something shows that changes are missing. */
  hurry(): void {
    this.#log.hurry();
    this.#advance();
  }

  /** Gives up the copy and reads a snapshot. Changes wait until then. */
  restart(): void {
    this.#log.reset();
    this.#advance();
  }

  close(): void {
    this.#reader.close();
    this.#deadline.close();
    this.#stopWatching?.();
    this.#run(this.#note({ name: 'close' }));
  }

  /** Applies an event to the state. The caller runs the effects, at a time of its choice. */
  #note(event: FollowEvent): readonly FollowEffect[] {
    const { state, effects } = transition(this.#follow, event);
    this.#follow = state;
    return effects;
  }

  #run(effects: readonly FollowEffect[]): void {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: FollowEffect): void {
    switch (effect.name) {
      case 'read':
        return void this.#read();
      case 'retry':
        return this.#reader.retry();
      case 'hurry':
        return this.hurry();
      case 'rejoin':
        return this.#rejoin(effect.waitedMs, effect.attempt);
      case 'heard':
        return this.#options.heard?.();
      case 'leave':
        this.#options.clock.cancel(this.#timer);
        return this.#leave?.();
    }
  }

  #rejoin(waitedMs: number, attempt: number): void {
    const { socket, room } = this.#options;
    socket.rejoin(room, { state: this.state, waitedMs, attempt });
  }

  #changed(): void {
    this.#deadline.look();
    this.#options.changed();
  }

  #listener(): RoomListener {
    const log = this.#log;
    const now = (): number => this.#options.clock.now();
    return {
      position: () => (log.gen === undefined ? {} : { gen: log.gen, seq: log.position }),
      joined: (state) => this.#promised(state),
      left: () => this.#on({ name: 'unsubscribed' }),
      refused: (problem) => this.#on({ name: 'refused', problem }),
      changes: (frame) => this.#receive(this.#segmentsOf(frame)),
      behind: (head) => {
        if (log.gen !== undefined) log.noteHead(log.gen, head, now());
        this.hurry();
      },
      resync: ({ gen, head, reason }) => {
        if (reason === 'position_ahead' || gen !== log.known?.gen) log.reset({ gen, head });
        else if (log.position < head) log.hurry();
        this.#advance();
      },
      stands: (gen, head) => {
        this.#noteHead(gen, head);
        this.#advance();
      },
      unreadable: (gen, head) => {
        log.noteHead(gen, head, now());
        this.#advance();
      },
      signal: (signal) => this.#options.signal?.(signal),
      pointers: (pointers) => this.#options.pointers?.(pointers),
    };
  }

  #promised({ gen, from, head }: RoomState): void {
    if (this.#log.gen === gen && from > this.#log.position) this.#log.hurry();
    this.#noteHead(gen, head);
    // The copy first: a copy of another generation is given up, and must not be compared with the promise.
    this.#run([...this.#note(this.#logEvent()), ...this.#note({ name: 'promised', gen, seq: head })]);
    this.#advance();
  }

  #noteHead(gen: string, head: number): void {
    if (this.#log.gen !== undefined && this.#log.gen !== gen) this.#log.reset({ gen, head });
    else this.#log.noteHead(gen, head, this.#options.clock.now());
  }

  /**
   * Splits a frame into segments. A replay is one segment, however many positions it leaves out; each live change is a segment of its own.
   */
  #segmentsOf(frame: EvFrame | EvsFrame): Segment<Item>[] {
    const { gen } = frame;
    const all = frame.op === 'ev' ? [frame] : frame.items;
    const itemsOf = (some: readonly RoomItem[]): Item[] =>
      some.map((item) => this.#options.itemOf(item)).filter((item) => item !== undefined);
    if (frame.op === 'evs' && frame.from !== undefined && frame.upTo !== undefined) {
      return [{ gen, from: frame.from, upTo: frame.upTo, items: itemsOf(all) }];
    }
    return all.map((item) => ({ gen, from: item.seq - 1, upTo: item.seq, items: itemsOf([item]) }));
  }

  /** Moves the state before it applies the items: a snapshot that is taken meanwhile shows both. A read begins after them. */
  #receive(segments: readonly Segment<Item>[]): void {
    const effects: FollowEffect[] = [];
    for (const segment of segments) {
      const items = this.#log.receive(segment, this.#options.clock.now());
      effects.push(...this.#note(this.#logEvent()));
      this.#options.apply(items);
    }
    this.#run(effects);
    this.#advance();
  }

  #on(event: FollowEvent): void {
    this.#run(this.#note(event));
    this.#changed();
  }

  #advance(): void {
    this.#run(this.#note(this.#logEvent()));
    this.#schedule();
    this.#changed();
  }

  #logEvent(): FollowEvent {
    const { gen, position } = this.#log;
    return gen === undefined || this.#reader.isDue() ? { name: 'due' } : { name: 'moved', gen, seq: position };
  }

  /** Sets the timer for the next hole. A read that is under way checks for holes itself. */
  #schedule(): void {
    const { clock } = this.#options;
    clock.cancel(this.#timer);
    const dueAt = this.#log.dueAt();
    if (dueAt === undefined || isReading(this.#follow) || this.#isOver()) return;
    this.#timer = clock.after(dueAt - clock.now(), () => this.#advance());
  }

  #isOver(): boolean {
    return this.#follow.name === 'ended' || this.#follow.name === 'closed';
  }

  async #read(): Promise<void> {
    await this.#reader.run();
    const { gen, position } = this.#log;
    // A restart after the end of the read and before this line has emptied the log. Its own wish to read was ignored, as one was under way.
    if (gen === undefined && isReading(this.#follow)) return this.#read();
    if (gen !== undefined) this.#note({ name: 'read', gen, seq: position });
    if (this.#follow.name !== 'closed') this.#advance();
  }
}
