import type { StreamEvent } from '../../../contract/event.ts';

/**
 * Actions that any part of the page can start; they open a panel or a dialog, or run at once. They never fail: problems show as notices.
 */
export interface PageActions {
  /** Opens the thread of an event beside its stream. The first reply creates a missing thread. */
  openThread(event: StreamEvent): void;
  /** Opens the dialog that turns a thread into a channel or an incident. */
  promote(streamId: string, name?: string, type?: 'channel' | 'incident'): void;
  /** Opens the dialog that shares an event. */
  share(event: StreamEvent): void;
  /** Opens the dialog that adds members to a stream; `userIds` are chosen already. */
  invite(streamId: string, userIds?: readonly string[]): void;
  showMembers(streamId: string): void;
  showPins(streamId: string): void;
  /** Opens the dialog for name, topic and visibility. */
  changeSettings(streamId: string): void;
  /** Goes to a position of a stream, or of a thread beside its parent. */
  openEvent(streamId: string, seq: number): void;
  /** Opens the DM with these people. */
  openDm(userIds: readonly string[]): void;
  /** Archives a stream at once; the notice offers to undo it. */
  archive(streamId: string): void;
  leave(streamId: string): void;
  /** Marks an event and all later ones as unread. */
  markUnread(event: StreamEvent): void;
}

/** A short message that disappears by itself. */
export interface Notice {
  readonly text: string;
  readonly tone?: 'plain' | 'error';
  /** A follow-up action, such as "Undo". */
  readonly action?: { readonly label: string; readonly run: () => void };
}
