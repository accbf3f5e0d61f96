import type { Stream } from '../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';

/** What the page offers to do with the events of a stream. The server decides; this only keeps from offering what it would refuse. */
export interface RowRights {
  /** Also reacting, voting, replying and sharing into it. */
  readonly post: boolean;
  readonly pin: boolean;
  /** Delete what others wrote. */
  readonly moderate: boolean;
  /** Begin a thread at an event. */
  readonly reply: boolean;
}

export function rowRightsIn(stream: Stream | undefined, workspaceRole: WorkspaceRole | undefined): RowRights {
  if (!stream || stream.archivedAt !== null) return { post: false, pin: false, moderate: false, reply: false };
  const { streamType, role, isMember, visibility } = stream;
  const isGuest = workspaceRole === 'guest';
  const manages = !isGuest && streamType !== 'dm' && (isManager(role) || isManager(workspaceRole));
  return {
    post: true,
    pin: streamType === 'dm' || (!isGuest && (manages || isMember || visibility === 'inherit')),
    moderate: manages,
    // A thread of a thread does not exist.
    reply: streamType !== 'thread',
  };
}

const isManager = (role: string | null | undefined): boolean => role === 'owner' || role === 'admin';
