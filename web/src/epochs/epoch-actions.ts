import type { Epoch } from '../../../contract/epoch.ts';
import type { StreamEvent } from '../../../contract/event.ts';

/** What can be done with the epochs of a stream where they stand. The same object for as long as the stream is the same. */
export interface EpochActions {
  /** Asks for another name. */
  readonly rename: (epoch: Epoch) => void;
  /** Takes the boundary in front of it away, and offers to put it back. */
  readonly merge: (epoch: Epoch) => void;
  /** Begins an epoch at an event. */
  readonly splitAt: (event: StreamEvent) => void;
  /** Whether an epoch can begin at an event: it is in one, and not its first. */
  readonly canSplitAt: (event: StreamEvent) => boolean;
  /** Lists the epochs of the stream beside it. */
  readonly showTimeline: () => void;
}
