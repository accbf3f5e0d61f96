import type { PostEventInput } from '../http/events-client.ts';
import { StreamFollower } from './stream-follower.ts';
import type { LiveSnapshot, LiveStreamOptions } from './stream-follower.ts';
import type { PendingEvent } from './pending-sends.ts';
import type { LiveState } from '../room/follow-state.ts';

export type { LiveSnapshot, LiveState, LiveStreamOptions, PendingEvent };

/** A stream kept live. `getSnapshot` and `subscribe` fit React's useSyncExternalStore. */
export interface LiveStream {
  /** The same object until something changed. */
  getSnapshot(): LiveSnapshot;
  subscribe(listener: () => void): () => void;
  /** Loads the page before the oldest event; does nothing when there is none or one is loading. Rejects with StreambedError. */
  loadOlder(): Promise<void>;
  /** Shows it at once as pending and sends it; repeated with the same clientEventId, so it has one effect. A text is a message. */
  send(what: string | PostEventInput): void;
  /** Sends a failed message again. */
  retry(clientEventId: string): void;
  /** Forgets a pending message (if it was stored already, it will show as an event). */
  discard(clientEventId: string): void;
  /** Rejects with StreambedError, also when someone changed the event meanwhile (`precondition_failed`). */
  edit(eventId: string, text: string): Promise<void>;
  delete(eventId: string): Promise<void>;
  /** Shown at once, and taken back when it fails. Rejects with StreambedError. */
  react(eventId: string, emoji: string): Promise<void>;
  unreact(eventId: string, emoji: string): Promise<void>;
  /** The whole choice; empty takes the vote back. */
  vote(eventId: string, optionIds: readonly string[]): Promise<void>;
  pin(eventId: string): Promise<void>;
  unpin(eventId: string): Promise<void>;
  /** Tells others that something is being written: to be called with each key, it is told now and then. */
  typing(): void;
  close(): void;
}

/** Opens a stream and keeps it live until it is closed. */
export function openLiveStream(options: LiveStreamOptions): LiveStream {
  return new StreamFollower(options);
}
