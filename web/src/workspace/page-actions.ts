import type { StreamEvent } from '../../../contract/event.ts';

/** What a row, a command or a header asks the page for: it opens the panel or the dialog that does it. Never fails; problems are shown. */
export interface PageActions {
  /** Opens the thread of an event beside its stream. Where there is none yet, the first reply starts it. */
  openThread(event: StreamEvent): void;
  /** Asks how to turn a thread into a channel or an incident. */
  promote(streamId: string, name?: string, type?: 'channel' | 'incident'): void;
  /** Asks where to share an event. */
  share(event: StreamEvent): void;
  /** Asks whom to add to a stream; `userIds` are chosen already. */
  invite(streamId: string, userIds?: readonly string[]): void;
  showMembers(streamId: string): void;
  showPins(streamId: string): void;
  /** Asks for name, topic and visibility. */
  changeSettings(streamId: string): void;
  /** Goes to a position of a stream, wherever it is shown. */
  openEvent(streamId: string, seq: number): void;
  /** Opens the DM with somebody. */
  openDm(userIds: readonly string[]): void;
  /** Archives a stream at once, and offers to undo it. */
  archive(streamId: string): void;
  leave(streamId: string): void;
  /** Makes an event, and all behind it, unread again. */
  markUnread(event: StreamEvent): void;
}

/** A short word about something that happened, which goes away by itself. */
export interface Notice {
  readonly text: string;
  readonly tone?: 'plain' | 'error';
  /** What can be done about it: "Undo". */
  readonly action?: { readonly label: string; readonly run: () => void };
}
