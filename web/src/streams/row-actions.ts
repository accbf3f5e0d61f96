import type { StreamEvent } from '../../../contract/event.ts';

/** What can be done with a message where it stands. The same object as long as the stream is the same. */
export interface RowActions {
  readonly onEdit: (eventId: string) => void;
  readonly onEditDone: () => void;
  readonly onDelete: (event: StreamEvent) => void;
  readonly onSave: (eventId: string, text: string) => Promise<void>;
  readonly onRetry: (clientEventId: string) => void;
  readonly onDiscard: (clientEventId: string) => void;
}
