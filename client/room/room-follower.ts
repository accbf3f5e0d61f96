import type { Problem } from '../../contract/errors.ts';
import type { EphFrame, EvFrame, EvsFrame, Pointer, RoomItem, RoomState } from '../../contract/frames.ts';
import { backoffMs, reconnectBackoff } from '../backoff.ts';
import type { BackoffBounds } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { problemOf } from '../errors.ts';
import type { Change, RoomLog, Segment } from './room-log.ts';
import type { RealtimeSocket } from '../socket/socket.ts';
import { StateDeadline } from './state-deadline.ts';
import type { RoomListener } from '../socket/subscriptions.ts';

/** `connecting`: not there yet; `live`: everything is here, as it happens; `catching up`: connected, and fetching what was missed; `offline`: no connection. */
export type LiveState = 'connecting' | 'live' | 'catching up' | 'offline';

/** What was read over HTTP: the room as it is, or what changed since a position. */
export type Reading<Item extends Change> =
  | { readonly kind: 'snapshot'; readonly gen: string; readonly position: number; show(): void }
  | { readonly kind: 'changes'; readonly final: boolean; readonly segment: Segment<Item> };

export interface RoomFollowerOptions<Item extends Change> {
  readonly room: string;
  readonly socket: RealtimeSocket;
  readonly clock: Clock;
  readonly log: RoomLog<Item>;
  /** Whether what changed since a position can be read; if not, every hole costs a snapshot. */
  readonly keepsLog: boolean;
  /** Reads a snapshot when the log has no generation, else the changes since its position. */
  read(signal: AbortSignal): Promise<Reading<Item>>;
  /** The part of a pushed item that the log keeps; undefined for what does not belong here. */
  itemOf(item: RoomItem): Item | undefined;
  apply(items: readonly Item[]): void;
  changed(): void;
  /** What is told at most once, if it is of use. */
  signal?(signal: EphFrame): void;
  pointers?(pointers: readonly Pointer[]): void;
  /** The room is heard again, or for the first time: what is told at most once may have been missed. */
  heard?(): void;
}

/** Further behind than this many changes, reading the room anew costs less than reading what happened. */
const farBehind = 2_000;
/** Time that a room may be connected and not live, before the follower subscribes and reads again. */
const overdue: BackoffBounds = { minMs: 20_000, maxMs: 120_000 };

/** Keeps a log in step with its room: frames as they come, and HTTP for every hole that they leave. */
export class RoomFollower<Item extends Change> {
  /** Why it ended for good. */
  problem: Problem | undefined;
  readonly #options: RoomFollowerOptions<Item>;
  readonly #log: RoomLog<Item>;
  readonly #closing = new AbortController();
  #stopWatching: (() => void) | undefined;
  #leave: (() => void) | undefined;
  #joined = false;
  /** How far the room had come when it was joined: what is before that comes as a replay. */
  #replayed: { readonly gen: string; readonly head: number } | undefined;
  #wasLive = false;
  #fetching = false;
  #timer: unknown;
  #nudge: () => void = () => undefined;
  readonly #deadline: StateDeadline;

  constructor(options: RoomFollowerOptions<Item>) {
    this.#options = options;
    this.#log = options.log;
    this.#deadline = new StateDeadline({
      clock: options.clock,
      bounds: overdue,
      isPassing: () => this.problem === undefined && options.socket.getState().status === 'open' && this.state !== 'live',
      overdue: (waitedMs, attempt) => this.#askAgain(waitedMs, attempt),
    });
  }

  start(): void {
    this.#stopWatching = this.#options.socket.subscribe(() => this.#socketChanged());
    if (this.#options.socket.getState().status === 'idle') this.#options.socket.connect();
    this.#advance();
  }

  get state(): LiveState {
    const { status } = this.#options.socket.getState();
    if (this.problem !== undefined || status === 'offline' || status === 'stopped' || status === 'closed') return 'offline';
    if (status === 'open' && this.#joined && this.#isHere()) {
      this.#wasLive = true;
      return 'live';
    }
    return this.#wasLive ? 'catching up' : 'connecting';
  }

  /** Frames that only change places are no reason to call ourselves behind: that begins when they are fetched. */
  #isHere(): boolean {
    const { gen, position, indebted } = this.#log;
    return gen !== undefined && !this.#fetching && !indebted && (this.#replayed?.gen !== gen || position >= this.#replayed.head);
  }

  /** A change that came as the answer to a request of our own. */
  take(item: Item): void {
    const { gen } = this.#log;
    if (gen !== undefined && !this.#closing.signal.aborted) this.#receive({ gen, from: item.seq - 1, upTo: item.seq, items: [item] });
  }

  /** Something hints that we miss something: asks at once. */
  hurry(): void {
    this.#log.hurry();
    this.#advance();
  }

  /** Lets go of what it has, and reads a snapshot: until then changes wait. */
  restart(): void {
    this.#log.reset();
    this.#advance();
  }

  close(): void {
    this.#closing.abort();
    this.#options.clock.cancel(this.#timer);
    this.#deadline.close();
    this.#stopWatching?.();
    this.#leave?.();
    this.#nudge();
  }

  #socketChanged(): void {
    const { status } = this.#options.socket.getState();
    if (status === 'open') this.#nudge();
    else if (status !== 'connecting') this.#joined = false;
    this.#changed();
  }

  #changed(): void {
    this.#deadline.look();
    this.#options.changed();
  }

  /** Subscribes and reads again: one of the two was lost. A read that is under way has a deadline of its own. */
  #askAgain(waitedMs: number, attempt: number): void {
    const { socket, room } = this.#options;
    socket.rejoin(room, { state: this.state, waitedMs, attempt });
    if (!this.#fetching) this.hurry();
  }

  #join(): void {
    this.#leave ??= this.#options.socket.join(this.#options.room, this.#listener());
  }

  #listener(): RoomListener {
    const log = this.#log;
    const now = (): number => this.#options.clock.now();
    return {
      position: () => (log.gen === undefined ? {} : { gen: log.gen, seq: log.position }),
      joined: (state) => this.#promised(state),
      left: () => {
        this.#joined = false;
        this.#changed();
      },
      refused: (problem) => this.#fail(problem),
      changes: (frame) => {
        for (const segment of this.#segmentsOf(frame)) this.#options.apply(log.receive(segment, now()));
        this.#advance();
      },
      behind: (head) => {
        if (log.gen !== undefined) log.noteHead(log.gen, head, now());
        this.hurry();
      },
      resync: ({ gen, head, reason }) => {
        if (reason === 'position_ahead' || gen !== log.known?.gen) log.reset({ gen, head });
        else if (log.position < head) log.hurry();
        this.#advance();
      },
      stands: (gen, head) => this.#stands(gen, head),
      unreadable: (gen, head) => {
        log.noteHead(gen, head, now());
        this.#advance();
      },
      signal: (signal) => this.#options.signal?.(signal),
      pointers: (pointers) => this.#options.pointers?.(pointers),
    };
  }

  #promised({ gen, from, head }: RoomState): void {
    if (!this.#joined) this.#options.heard?.();
    this.#joined = true;
    this.#replayed = { gen, head };
    if (this.#log.gen === gen && from > this.#log.position) this.#log.hurry();
    this.#stands(gen, head);
  }

  #stands(gen: string, head: number): void {
    if (this.#log.gen !== undefined && this.#log.gen !== gen) this.#log.reset({ gen, head });
    else this.#log.noteHead(gen, head, this.#options.clock.now());
    this.#advance();
  }

  /** A replay is one piece, however many positions it leaves out; live changes are pieces as far as they are without a gap. */
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

  #receive(segment: Segment<Item>): void {
    this.#options.apply(this.#log.receive(segment, this.#options.clock.now()));
    this.#advance();
  }

  #advance(): void {
    this.#schedule();
    this.#changed();
  }

  #isDue(): boolean {
    const dueAt = this.#log.dueAt();
    return dueAt !== undefined && dueAt <= this.#options.clock.now();
  }

  #schedule(): void {
    const { clock } = this.#options;
    clock.cancel(this.#timer);
    const dueAt = this.#log.dueAt();
    if (dueAt === undefined || this.#fetching || this.#closing.signal.aborted || this.problem !== undefined) return;
    if (this.#isDue()) void this.#fetch();
    else this.#timer = clock.after(dueAt - clock.now(), () => this.#advance());
  }

  /** Reads until nothing is due. Safe to repeat: what is read twice changes nothing. */
  async #fetch(): Promise<void> {
    this.#fetching = true;
    for (let attempt = 0; !this.#closing.signal.aborted && this.problem === undefined && this.#isDue();) {
      if (this.#log.gen !== undefined && this.#isBeyondRepair()) this.#log.reset();
      const { version, head } = this.#log;
      try {
        const reading = await this.#options.read(this.#closing.signal);
        if (this.#closing.signal.aborted) break;
        // What was asked before the log was given up is no answer to what is asked now.
        if (version !== this.#log.version) continue;
        if (this.#takeReading(reading, head)) attempt = 0;
        else await this.#pause(backoffMs(reconnectBackoff, attempt++, this.#options.clock));
        this.#changed();
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        const problem = problemOf(error);
        if (problem.retry === 'never') this.#fail(problem);
        else await this.#pause((problem.retryAfterSeconds ?? 0) * 1000 + backoffMs(reconnectBackoff, attempt++, this.#options.clock));
      }
    }
    this.#fetching = false;
    if (!this.#closing.signal.aborted) this.#advance();
  }

  #isBeyondRepair(): boolean {
    return !this.#options.keepsLog || this.#log.head - this.#log.position > farBehind;
  }

  /** Returns whether it brought us on. `knownHead` is how far the room was known to go when it was read. */
  #takeReading(reading: Reading<Item>, knownHead: number): boolean {
    const log = this.#log;
    const now = this.#options.clock.now();
    if (reading.kind === 'snapshot') {
      reading.show();
      this.#options.apply(log.adopt(reading.gen, reading.position, now));
      this.#join();
      return true;
    }
    const { gen, from, upTo } = reading.segment;
    if (gen !== log.gen || upTo < from) {
      // Another log, or one that was set back: nothing that we have can be trusted.
      log.reset({ gen, head: upTo });
      return true;
    }
    const before = log.position;
    this.#options.apply(log.pulled(reading.segment, reading.final, now));
    // We were told of positions that the log does not have: something that we hold is not of this log.
    if (reading.final && upTo < knownHead) log.reset({ gen, head: upTo });
    return log.position > before || log.dueAt() === undefined;
  }

  #fail(problem: Problem): void {
    this.problem = problem;
    this.#leave?.();
    this.#changed();
  }

  /** Waits, but not longer than until there is a connection again. */
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
