import type { Stream } from '../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';

/** What the page offers to do with a stream. The server decides; this only keeps from offering what it would refuse. */
export interface StreamRights {
  readonly rename: boolean;
  readonly describe: boolean;
  readonly invite: boolean;
  readonly archive: boolean;
  readonly setVisibility: boolean;
  readonly manageMembers: boolean;
  readonly resolve: boolean;
  readonly promote: boolean;
  readonly join: boolean;
  readonly leave: boolean;
  /** Say how it is cut into epochs. */
  readonly setMemory: boolean;
}

const none: StreamRights = {
  rename: false,
  describe: false,
  invite: false,
  archive: false,
  setVisibility: false,
  manageMembers: false,
  resolve: false,
  promote: false,
  join: false,
  leave: false,
  setMemory: false,
};

/** What somebody with this role in the workspace may do with a stream that they see. */
export function rightsIn(stream: Stream | undefined, workspaceRole: WorkspaceRole | undefined): StreamRights {
  if (!stream) return none;
  if (stream.streamType === 'dm' || stream.streamType === 'assistant') return { ...none, setMemory: stream.archivedAt === null };
  const isGuest = workspaceRole === 'guest';
  const manages = !isGuest && (isManager(stream.role) || isManager(workspaceRole));
  if (stream.archivedAt !== null) return { ...none, archive: manages, leave: stream.isMember };
  const isIn = !isGuest && (manages || stream.isMember);
  // Who is in the stream that it inherits its readers from may do more than a visitor: the server knows who that is.
  const isPerhapsInsider = !isGuest && (isIn || stream.visibility === 'inherit');
  const own = { join: !stream.isMember, leave: stream.isMember };
  if (stream.streamType === 'thread')
    return { ...none, ...own, rename: manages, describe: manages, archive: manages, promote: isPerhapsInsider, setMemory: manages };
  const isIncident = stream.streamType === 'incident';
  return {
    ...own,
    rename: isIncident ? isIn : manages,
    describe: isIncident ? isPerhapsInsider : isIn,
    invite: isIn,
    archive: manages,
    setVisibility: manages,
    manageMembers: manages,
    resolve: isIncident && isPerhapsInsider,
    promote: false,
    setMemory: manages,
  };
}

const isManager = (role: string | null | undefined): boolean => role === 'owner' || role === 'admin';
