import type { Problem } from '../contract/errors.ts';
import type { EvFrame, EvsFrame, RoomState } from '../contract/frames.ts';
import type { Clock } from './clock.ts';
import type { Ticket } from './http.ts';

/** What the client needs of a WebSocket; the browser's, Node's and `ws`'s all fit. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}
/** Opens a socket. */
export type Transport = (url: string, protocols: string[]) => SocketLike;

/** `idle`: nobody asked yet; `connecting`: the first try; `offline`: lost or refused, trying again; `stopped`: ended for a reason (`problem`); `closed`: by us. */
export type SocketStatus = 'idle' | 'connecting' | 'open' | 'offline' | 'stopped' | 'closed';
export interface SocketState {
  readonly status: SocketStatus;
  /** Why it stopped. */
  readonly problem?: Problem;
  /** Since when there is no connection (milliseconds since 1970). */
  readonly offlineSince?: number;
  /** When the next try is due (milliseconds since 1970). */
  readonly retryAt?: number;
}

/** Who listens to a room. The socket subscribes again by itself after each reconnect, from `position()`. */
export interface RoomListener {
  /** Up to where the listener has the room's log, if it has any of it. */
  position(): { readonly gen?: string; readonly seq?: number };
  /** A subscription is being asked for. */
  joining?(): void;
  /** The server has promised everything after `state.from`. */
  joined(state: RoomState): void;
  /** The server will not let us in; the room is left. */
  refused(problem: Problem): void;
  changes(frame: EvFrame | EvsFrame): void;
  behind(head: number): void;
  resync(gen: string, head: number): void;
  /** Where the room stands, from a `pong` or a frame that could not be read. */
  head(gen: string, head: number): void;
}

export interface RealtimeSocketOptions {
  /** Gets a ticket: `() => streambed.workspace(id).ticket()`. */
  readonly ticket: () => Promise<Ticket>;
  readonly transport?: Transport;
  readonly clock?: Clock;
  /** Names this device in the server's logs. */
  readonly device?: string;
}

/** One socket of one workspace, kept open: it connects by itself with the first room. */
export class RealtimeSocket {
  constructor(options: RealtimeSocketOptions) {
    throw new Error(`being written: ${options.device ?? ''}`);
  }
  /** The same object until something changed. */
  getState(): SocketState {
    throw new Error('being written');
  }
  /** Calls the listener after each change of state; returns how to stop. */
  subscribe(_listener: () => void): () => void {
    throw new Error('being written');
  }
  /** Listens to a room; returns how to leave it. */
  join(_room: string, _listener: RoomListener): () => void {
    throw new Error('being written');
  }
  /** Opens the socket now; also after it stopped or was closed. */
  connect(): void {
    throw new Error('being written');
  }
  /** The page is visible again, or the network is back: asks at once whether the connection lives, or tries at once to have one. */
  wake(): void {
    throw new Error('being written');
  }
  /** Leaves all rooms for good and closes the socket. */
  close(): void {
    throw new Error('being written');
  }
}
