import type { Problem } from '../../contract/errors.ts';
import type { ClientFrameInput } from '../../contract/frames.ts';
import type { DeviceState } from '../../contract/presence.ts';
import { backoffMs, reconnectBackoff } from '../backoff.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { Connection } from './connection.ts';
import type { ConnectionEnd, Transport } from './connection.ts';
import { Patience, within } from '../deadline.ts';
import type { DebugLog } from '../debug-log.ts';
import { problemOf } from '../errors.ts';
import type { Ticket } from '../http/http.ts';
import { ObservableValue } from '../observable-value.ts';
import { OwnPresence } from './own-presence.ts';
import { Subscriptions } from './subscriptions.ts';
import type { RoomListener } from './subscriptions.ts';

/**
 * `idle`: not connected yet, because no room was joined; `connecting`: the first try; `offline`: lost or not reachable, and trying again;
 * `stopped`: ended for good, by `problem`; `closed`: closed by its owner.
 */
export type SocketStatus = 'idle' | 'connecting' | 'open' | 'offline' | 'stopped' | 'closed';
export interface SocketState {
  readonly status: SocketStatus;
  /** The reason why it stopped. */
  readonly problem?: Problem;
  /** Start of the time without a connection (milliseconds since 1970). */
  readonly offlineSince?: number;
  /** Time of the next try (milliseconds since 1970). */
  readonly retryAt?: number;
}

export interface RealtimeSocketOptions {
  /** Gets a ticket: `() => streambed.workspace(id).ticket()`. */
  readonly ticket: () => Promise<Ticket>;
  readonly transport?: Transport;
  readonly clock?: Clock;
  /** Names this device to the server. */
  readonly device?: string;
  /** Deadline in milliseconds for opening a socket and for each answer: default 10 s, and up to four times that where answers were late. */
  readonly timeoutMs?: number;
  /** Log of failures that were repaired. */
  readonly debugLog?: DebugLog;
}

type Signal = Extract<ClientFrameInput, { op: 'signal' }>['d'];
/** `typing`: the sender writes; `editing.state`: the position of the sender's cursor; `presence`: the sender is there. */
export type SignalType = Signal['type'];
/** Data of the program, at most 1,024 characters of JSON. */
export type SignalData = Signal['data'];

/** Deadline for the answer to a ping on a connection that may be dead. */
const wakeDeadlineMs = 5_000;
/** Deadline for a ticket. The HTTP client gives up long before. */
const ticketDeadlineMs = 300_000;
/** Shortest life of a good connection. The next failure after it counts as the first. */
const goodAfterMs = 10_000;
/** Part of the greatest age after which a socket is replaced: 110 of 120 minutes. */
const renewAt = 110 / 120;

/**
 * The socket of one workspace, kept open. It connects with the first room and reconnects with the positions of its rooms. It replaces its
 * connection before the platform ends it, so that listeners notice nothing.
 */
export class RealtimeSocket {
  readonly #options: RealtimeSocketOptions;
  readonly #clock: Clock;
  readonly #state = new ObservableValue<SocketState>({ status: 'idle' });
  readonly #rooms: Subscriptions;
  readonly #patience: Patience;
  #current: Connection | undefined;
  /** The connection that is being opened. */
  #next: Connection | undefined;
  /** The try to connect that is under way; a symbol, so that an abandoned try can tell. */
  #trying: symbol | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  /** Number of failures in a row. `#refreshed`: one of them was answered with a new ticket at once. */
  #attempt = 0;
  #refreshed = false;
  #retry: unknown;
  readonly #presence: OwnPresence;
  #ping: unknown;
  #renew: unknown;

  constructor(options: RealtimeSocketOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#rooms = new Subscriptions(this.#clock);
    this.#patience = new Patience(options.timeoutMs ?? 10_000);
    this.#presence = new OwnPresence(this.#clock, (presence) => this.#current?.present(presence));
  }

  /** The same object until something changed. */
  getState(): SocketState {
    return this.#state.get();
  }

  /** Calls the listener after each change of state. Returns a function that unsubscribes it. */
  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener);
  }

  /** Listens to a room. Returns a function that leaves it. */
  join(room: string, listener: RoomListener): () => void {
    this.#rooms.add(room, listener);
    if (this.#state.get().status === 'idle') this.connect();
    this.#reconcile();
    return () => {
      this.#rooms.remove(room, listener);
      this.#reconcile();
    };
  }

  /** Subscribes again to a room that is overdue. `waitedMs`: the time since it was expected to be live. */
  rejoin(room: string, overdue: { readonly state: string; readonly waitedMs: number; readonly attempt: number }): void {
    this.#options.debugLog?.note('room-overdue', { room, ...overdue });
    this.#rooms.lost([room]);
    this.#reconcile();
  }

  /**
   * Sends a signal to all subscribers of a room, at most once. Returns false when there is no connection that is subscribed to the room.
   */
  signal(room: string, type: SignalType, data?: SignalData): boolean {
    const connection = this.#current;
    if (connection === undefined || !this.#rooms.isIn(connection, room)) return false;
    connection.signal({ room, type, ...(data && { data }) }).catch(() => undefined);
    return true;
  }

  /** Keeps this device present while a connection is open, in this state. `gone` ends that. */
  present(device: string, state: DeviceState): void {
    this.#presence.become({ device, state });
  }

  /** Opens the socket now, also after it stopped or was closed. */
  connect(): void {
    if (this.#current !== undefined || this.#trying !== undefined) return;
    this.#clock.cancel(this.#retry);
    const { status, offlineSince } = this.#state.get();
    this.#state.set(status === 'offline' ? { status, offlineSince } : { status: 'connecting' });
    void this.#try();
  }

  /** Reacts to a page that is visible again, or a network that is back: pings the connection, or connects at once. */
  wake(): void {
    if (this.#current !== undefined) void this.#sendPing(this.#current, wakeDeadlineMs);
    else if (this.#state.get().status === 'offline' && this.#clock.now() - this.#triedAt >= reconnectBackoff.minMs) this.connect();
  }

  /** Leaves all rooms and closes the socket. */
  close(): void {
    this.#rooms.clear();
    this.#stop({ status: 'closed' });
  }

  #reconcile(): void {
    if (this.#current !== undefined) void this.#rooms.reconcile(this.#current);
  }

  /** Gets a ticket, opens the next connection and says hello on it. An old connection serves until then. */
  async #try(): Promise<void> {
    const trying = Symbol('try');
    this.#trying = trying;
    this.#triedAt = this.#clock.now();
    let next: Connection | undefined;
    try {
      const ticket = await within(this.#clock, ticketDeadlineMs, 'a ticket', this.#options.ticket());
      if (this.#trying !== trying) return;
      next = this.#next = this.#open(ticket);
      await next.opened;
      const asked = this.#rooms.asked();
      const { d } = await next.hello(this.#hello());
      if (this.#trying !== trying) return;
      this.#trying = undefined;
      this.#next = undefined;
      if (d.resumed) this.#rooms.answered(next, asked, d.resumed);
      this.#switchTo(next, d);
    } catch (error) {
      if (this.#trying !== trying) return;
      this.#trying = undefined;
      this.#next = undefined;
      const end = next?.ended;
      next?.close();
      this.#failed(end, problemOf(error));
    }
  }

  #hello(): { v: number; device?: string; resume?: { rooms: { room: string; gen?: string; seq?: number }[] } } {
    const rooms = this.#rooms.positions();
    const { device } = this.#options;
    return { v: 1, ...(device && { device }), ...(rooms.some(({ seq }) => seq !== undefined) && { resume: { rooms } }) };
  }

  #open({ url, ticket, protocol }: Ticket): Connection {
    const transport = this.#options.transport ?? ((to, protocols) => new WebSocket(to, protocols));
    const address = new URL(url);
    address.searchParams.set('ticket', ticket);
    const connection: Connection = new Connection({
      clock: this.#clock,
      socket: transport(address.href, [protocol]),
      patience: this.#patience,
      frame: (frame) => {
        this.#rooms.deliver(frame);
        if (frame.op === 'revoked') this.#reconcile();
      },
      ended: (end) => this.#ended(connection, end),
    });
    return connection;
  }

  #switchTo(next: Connection, welcome: { readonly pingSeconds: number; readonly maxAgeSeconds: number }): void {
    const old = this.#current;
    this.#current = next;
    this.#state.set({ status: 'open' });
    this.#schedulePing(next, welcome.pingSeconds * 1000);
    this.#presence.renew();
    this.#clock.cancel(this.#renew);
    // A random part earlier for each client, so that clients that connected together do not reconnect together.
    const renewMs = welcome.maxAgeSeconds * 1000 * (renewAt - 0.04 * this.#clock.random());
    this.#renew = this.#clock.after(renewMs, () => this.#renewNow());
    void this.#rooms.reconcile(next).finally(() => old?.close());
  }

  #renewNow(): void {
    if (this.#current !== undefined && this.#trying === undefined) void this.#try();
  }

  #ended(connection: Connection, end: ConnectionEnd): void {
    if (connection !== this.#current) return;
    this.#current = undefined;
    this.#clock.cancel(this.#ping);
    this.#clock.cancel(this.#renew);
    this.#presence.rest();
    this.#noteLost(end.reason || `closed with ${end.code}`);
    if (this.#clock.now() - connection.openedAt >= goodAfterMs) {
      this.#attempt = 0;
      this.#refreshed = false;
    }
    if (end.next === 'stop') return this.#stop({ status: 'stopped', problem: end.problem });
    this.#goOffline();
    if (this.#trying === undefined) this.#retryAfter(this.#delay(end));
  }

  /** Handles a failed try. While the old connection lives, the retry happens behind it. */
  #failed(end: ConnectionEnd | undefined, problem: Problem): void {
    if (end?.next === 'stop' || problem.retry === 'never') {
      return this.#stop({ status: 'stopped', problem: end?.problem ?? problem });
    }
    this.#noteLost(end?.reason || (problem.detail ?? problem.title));
    const askedMs = (problem.retryAfterSeconds ?? 0) * 1000;
    const delay = askedMs + this.#delay(end);
    if (this.#current === undefined) {
      this.#goOffline();
      this.#retryAfter(delay);
    } else this.#renew = this.#clock.after(delay, () => this.#renewNow());
  }

  #delay(end: ConnectionEnd | undefined): number {
    if (end?.next === 'refresh' && !this.#refreshed) {
      this.#refreshed = true;
      return 0;
    }
    return (end?.afterMs ?? 0) + backoffMs(reconnectBackoff, this.#attempt++, this.#clock);
  }

  #noteLost(reason: string): void {
    this.#options.debugLog?.note('connection-lost', { attempt: this.#attempt, reason });
  }

  #goOffline(): void {
    this.#state.set({ status: 'offline', offlineSince: this.#state.get().offlineSince ?? this.#clock.now() });
  }

  #retryAfter(delayMs: number): void {
    this.#clock.cancel(this.#retry);
    this.#state.set({ ...this.#state.get(), retryAt: this.#clock.now() + delayMs });
    this.#retry = this.#clock.after(delayMs, () => this.connect());
  }

  #stop(state: SocketState): void {
    const connections = [this.#current, this.#next];
    this.#current = undefined;
    this.#next = undefined;
    this.#trying = undefined;
    this.#attempt = 0;
    this.#refreshed = false;
    for (const timer of [this.#retry, this.#ping, this.#renew]) this.#clock.cancel(timer);
    this.#presence.rest();
    for (const connection of connections) connection?.close();
    this.#state.set({ ...state, offlineSince: this.#state.get().offlineSince ?? this.#clock.now() });
  }

  #schedulePing(connection: Connection, everyMs: number): void {
    this.#clock.cancel(this.#ping);
    this.#ping = this.#clock.after(everyMs * (0.9 + 0.2 * this.#clock.random()), () => {
      this.#schedulePing(connection, everyMs);
      void this.#sendPing(connection);
    });
  }

  /**
   * Sends a ping, which keeps the connection open and repairs lost frames at the end of a quiet room. Without an answer the connection
   * ends.
   */
  async #sendPing(connection: Connection, deadlineMs?: number): Promise<void> {
    const pos = this.#rooms.positions();
    // A ping may overtake the request that subscribes to a room.
    const joined = new Set(pos.map(({ room }) => room).filter((room) => this.#rooms.isIn(connection, room)));
    try {
      const { d } = await connection.ping({ pos }, deadlineMs);
      const unsubscribed = (d.unsubscribed ?? []).filter((room) => joined.has(room));
      this.#rooms.pong(pos, { ...d, unsubscribed });
      if (unsubscribed.length === 0) return;
      this.#options.debugLog?.note('subscriptions-lost', { rooms: unsubscribed });
      if (connection === this.#current) this.#reconcile();
    } catch {
      // A refused ping changes nothing. A ping without an answer has ended the connection, which reports that itself.
    }
  }
}
