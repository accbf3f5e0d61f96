import { isClosed } from '../../../../contract/policy.ts';
import type { StreamAction } from '../../../../contract/policy.ts';
import type { Stream } from '../../../../contract/stream.ts';
import { isArchived, mayDo } from '../../workspace/stream-rights.ts';

/** The actions on the events of a stream that the page offers. */
export interface RowRights {
  /** Also reacting, voting and sharing into it. */
  readonly post: boolean;
  readonly pin: boolean;
  /** Delete what others wrote. */
  readonly moderate: boolean;
  /** Read and purge what others said before their edits. */
  readonly readVersions: boolean;
  /** Begin a thread at an event. */
  readonly reply: boolean;
  /** Correct where epochs begin and what they are called. */
  readonly curate: boolean;
}

/** The archived stream that closes this one: itself, or the one that a thread branched from. */
export function closedBy(stream: Stream | undefined, parent: Stream | undefined): Stream | undefined {
  if (!stream || !isClosed(stream, isArchived(parent))) return undefined;
  return isArchived(stream) ? stream : parent;
}

/** The rights on the events of a stream, as the server decides them. `parent`: the stream that a thread branched from, where it is known. */
export function rowRightsIn(stream: Stream | undefined, parent: Stream | undefined): RowRights {
  const may = (action: StreamAction): boolean => mayDo(stream, parent, action);
  return {
    post: may('post'),
    pin: may('pin'),
    moderate: may('moderate'),
    readVersions: may('readVersions'),
    reply: may('startThread'),
    curate: may('curate'),
  };
}
