import type { Stream } from '../../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../../contract/workspace.ts';

/** What the page offers to do with the events of a stream. The server decides; this only keeps from offering what it would refuse. */
export interface RowRights {
  /** Also reacting, voting and sharing into it. */
  readonly post: boolean;
  readonly pin: boolean;
  /** Delete what others wrote. */
  readonly moderate: boolean;
  /** Begin a thread at an event. */
  readonly reply: boolean;
  /** Correct where epochs begin and what they are called. */
  readonly curate: boolean;
}

const none: RowRights = { post: false, pin: false, moderate: false, reply: false, curate: false };

/** Which stream is closed, so that nothing can be said in this one: itself, or the one that a thread branched from. */
export function closedBy(stream: Stream | undefined, parent: Stream | undefined): Stream | undefined {
  if (stream?.archivedAt != null) return stream;
  return stream?.streamType === 'thread' && parent?.archivedAt != null ? parent : undefined;
}

/** `parent`: the stream that a thread branched from, where it is known. */
export function rowRightsIn(stream: Stream | undefined, parent: Stream | undefined, workspaceRole: WorkspaceRole | undefined): RowRights {
  if (!stream || closedBy(stream, parent)) return none;
  const { streamType, role, isMember, visibility } = stream;
  const isFixed = streamType === 'dm' || streamType === 'assistant';
  const isGuest = workspaceRole === 'guest';
  const manages = !isGuest && !isFixed && (isManager(role) || isManager(workspaceRole));
  const isOfIt = isFixed || (!isGuest && (manages || isMember || visibility === 'inherit'));
  return {
    post: true,
    pin: isOfIt,
    curate: isOfIt,
    moderate: manages,
    // A thread of a thread does not exist.
    reply: streamType !== 'thread',
  };
}

const isManager = (role: string | null | undefined): boolean => role === 'owner' || role === 'admin';
