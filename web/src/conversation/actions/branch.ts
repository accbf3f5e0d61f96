import type { StreamEvent } from '../../../../contract/event.ts';
import type { RowRights } from './row-rights.ts';

/** The part of an event that says what branched off it. */
type Branched = Pick<StreamEvent, 'thread' | 'isBranchedOff'>;

/** Returns whether the page offers the thread of an event: there is one that the reader sees, or the reader may begin it. */
export const offersThread = ({ thread, isBranchedOff }: Branched, { reply }: Pick<RowRights, 'reply'>): boolean =>
  thread != null || (reply && isBranchedOff !== true);

/** Returns whether a stream branched off that the reader may not see. Where `thread` is missing it is not known yet. */
export const hasHiddenBranch = ({ thread, isBranchedOff }: Branched): boolean => isBranchedOff === true && thread === null;

/** The note in place of a thread that the reader may not see. */
export const hiddenBranchNote = 'Continued in a stream that you cannot see.';
