import type { Epoch } from '../../../contract/epoch.ts';
import type { StreamEvent } from '../../../contract/event.ts';

/** Actions on the epochs of a stream. The object stays the same while the stream stays the same. */
export interface EpochActions {
  /** Opens the dialog for another name. */
  readonly rename: (epoch: Epoch) => void;
  /** Merges the epoch into the one before it; the notice offers to undo it. */
  readonly merge: (epoch: Epoch) => void;
  /** Begins an epoch at an event. */
  readonly splitAt: (event: StreamEvent) => void;
  /** True when an epoch can begin at an event: the event is in one, and not its first. */
  readonly canSplitAt: (event: StreamEvent) => boolean;
  /** Opens the timeline of epochs beside the stream. */
  readonly showTimeline: () => void;
}
