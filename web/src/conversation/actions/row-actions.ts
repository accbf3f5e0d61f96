import type { StreamEvent } from '../../../../contract/event.ts';

/** What can be done with an event where it stands. The same object as long as the stream is the same. */
export interface RowActions {
  readonly onEdit: (eventId: string) => void;
  readonly onEditDone: () => void;
  readonly onDelete: (event: StreamEvent) => void;
  readonly onSave: (eventId: string, text: string) => Promise<void>;
  readonly onRetry: (clientEventId: string) => void;
  readonly onDiscard: (clientEventId: string) => void;
  /** Opens the choice of emoji at an event; closes it without one. */
  readonly onPick: (eventId: string | undefined) => void;
  /** Reacts with an emoji, or takes the reaction back. Problems are shown. */
  readonly onReact: (event: StreamEvent, emoji: string) => void;
  /** Rejects with StreambedError. */
  readonly onVote: (event: StreamEvent, optionIds: readonly string[]) => Promise<void>;
  readonly onPin: (event: StreamEvent) => void;
  readonly onShowVersions: (event: StreamEvent) => void;
}
