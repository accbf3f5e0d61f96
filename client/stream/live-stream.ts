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
  /** Shows a message at once as pending, and sends it. Retries use the same clientEventId, so it has one effect. A text is a message. */
  send(what: string | PostEventInput): void;
  /** Sends a failed message again. */
  retry(clientEventId: string): void;
  /** Removes a pending message. If the server has stored it already, it will show as an event. */
  discard(clientEventId: string): void;
  /** Rejects with StreambedError, also when another member changed the event meanwhile (`precondition_failed`). */
  edit(eventId: string, text: string): Promise<void>;
  delete(eventId: string): Promise<void>;
  /** Shows the reaction at once, and takes it back when the request fails. Rejects with StreambedError. */
  react(eventId: string, emoji: string): Promise<void>;
  unreact(eventId: string, emoji: string): Promise<void>;
  /** Replaces the reader's vote. An empty choice takes it back. */
  vote(eventId: string, optionIds: readonly string[]): Promise<void>;
  pin(eventId: string): Promise<void>;
  unpin(eventId: string): Promise<void>;
  /** Signals that the reader is typing. Call it with each key; it sends a signal every few seconds. */
  typing(): void;
  close(): void;
}

/** Opens a stream and keeps it live until it is closed. */
export function openLiveStream(options: LiveStreamOptions): LiveStream {
  return new StreamFollower(options);
}
