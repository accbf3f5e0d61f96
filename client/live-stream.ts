import type { Problem } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { Clock } from './clock.ts';
import type { Streambed } from './http.ts';
import type { RealtimeSocket } from './socket.ts';

/** `connecting`: nothing shown yet; `live`: everything is here, as it happens; `catching up`: connected, and fetching what was missed; `offline`: no connection. */
export type LiveState = 'connecting' | 'live' | 'catching up' | 'offline';

/** A message of ours that is not in the log yet, as far as we know. */
export interface PendingEvent {
  readonly clientEventId: string;
  readonly text: string;
  readonly createdAt: string;
  readonly status: 'sending' | 'failed';
  /** Why it failed. */
  readonly problem?: Problem;
}

export interface LiveSnapshot {
  readonly state: LiveState;
  /** Why it ended for good (no access, token expired); nothing more will come. */
  readonly problem?: Problem;
  /** Oldest first, contiguous back to the oldest loaded. */
  readonly events: readonly StreamEvent[];
  /** Ours that are on their way or failed, oldest first; show them after the events. */
  readonly pending: readonly PendingEvent[];
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** Up to which position of the log the events are complete. */
  readonly position: number;
  /** Since when there is no connection (milliseconds since 1970). */
  readonly offlineSince?: number;
}

/** A stream kept live. `getSnapshot` and `subscribe` fit React's useSyncExternalStore. */
export interface LiveStream {
  /** The same object until something changed. */
  getSnapshot(): LiveSnapshot;
  subscribe(listener: () => void): () => void;
  /** Loads the page before the oldest event; does nothing when there is none or one is loading. Rejects with StreambedError. */
  loadOlder(): Promise<void>;
  /** Shows the message at once as pending and sends it; repeated with the same clientEventId, so it has one effect. */
  send(text: string): void;
  /** Sends a failed message again. */
  retry(clientEventId: string): void;
  /** Forgets a pending message (if it was stored already, it will show as an event). */
  discard(clientEventId: string): void;
  /** Rejects with StreambedError, also when someone changed the event meanwhile (`precondition_failed`). */
  edit(eventId: string, text: string): Promise<void>;
  delete(eventId: string): Promise<void>;
  close(): void;
}

export interface LiveStreamOptions {
  readonly streambed: Streambed;
  readonly socket: RealtimeSocket;
  readonly workspaceId: string;
  readonly streamId: string;
  /** Events a page; 50 unless told. */
  readonly pageSize?: number;
  readonly clock?: Clock;
}

/** Opens a stream and keeps it live until it is closed. */
export function openLiveStream(options: LiveStreamOptions): LiveStream {
  throw new Error(`being written: ${options.streamId}`);
}
