import type { StreamType } from '../../contract/stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import type { PlainStream, StreamForCaller } from './stream.ts';

/**
 * Levels of a caller in a stream. `insider`: outside the stream, but in the stream that it inherits its readers from. `visitor`: sees it
 * because it is public. A workspace guest stays `guest` in every stream, whatever the role there.
 */
export const levels = ['owner', 'admin', 'member', 'guest', 'insider', 'visitor'] as const;
export type Level = (typeof levels)[number];

export const actions = [
  'read',
  'post',
  'pin',
  'moderate',
  'promote',
  'join',
  'leave',
  'invite',
  'describe',
  'rename',
  'resolve',
  'archive',
  'setVisibility',
  'manageMembers',
  'curate',
  'setMemory',
] as const;
/**
 * Actions on a stream. `post` includes reacting, voting, starting threads and sharing into it. `moderate` deletes events of others.
 * `resolve` includes reopening and severity. `archive` includes unarchiving. `manageMembers` covers roles and removal. `curate` corrects
 * the memory of the stream, and `setMemory` configures it.
 */
export type StreamAction = (typeof actions)[number];

const anyone = levels;
const inIt = ['owner', 'admin', 'member', 'guest'] as const;
const members = ['owner', 'admin', 'member'] as const;
const managers = ['owner', 'admin'] as const;

/** Levels allowed for each action, by type of stream. An action without a row does not exist for the type. */
export const policy: Record<StreamType, Partial<Record<StreamAction, readonly Level[]>>> = {
  channel: {
    read: anyone,
    post: anyone,
    pin: [...members, 'insider'],
    moderate: managers,
    join: [...managers, 'insider', 'visitor'],
    leave: inIt,
    invite: members,
    describe: members,
    rename: managers,
    archive: managers,
    setVisibility: managers,
    manageMembers: managers,
    curate: [...members, 'insider'],
    setMemory: managers,
  },
  incident: {
    read: anyone,
    post: anyone,
    pin: [...members, 'insider'],
    moderate: managers,
    join: [...managers, 'insider', 'visitor'],
    leave: inIt,
    invite: members,
    describe: [...members, 'insider'],
    rename: members,
    resolve: [...members, 'insider'],
    archive: managers,
    setVisibility: managers,
    manageMembers: managers,
    curate: [...members, 'insider'],
    setMemory: managers,
  },
  // A member row of a thread means following, and every reader may follow.
  thread: {
    read: anyone,
    post: anyone,
    pin: [...members, 'insider'],
    moderate: managers,
    promote: [...members, 'insider'],
    join: [...managers, 'guest', 'insider', 'visitor'],
    leave: [...inIt, 'insider', 'visitor'],
    describe: managers,
    rename: managers,
    archive: managers,
    curate: [...members, 'insider'],
    setMemory: managers,
  },
  // The participants of a DM are fixed.
  dm: { read: inIt, post: inIt, pin: inIt, curate: inIt, setMemory: inIt },
  assistant: {
    read: inIt,
    post: inIt,
    pin: inIt,
    describe: members,
    rename: members,
    archive: managers,
    curate: inIt,
    setMemory: inIt,
  },
};

/** Level of the caller in a stream that they may see. Owners and admins of the workspace are admins of every stream they see. */
export function levelOf({ stream, caller }: Pick<StreamForCaller<PlainStream>, 'stream' | 'caller'>): Level {
  const { workspaceRole, streamRole, accessRole } = caller;
  const isThread = stream.streamType === 'thread';
  // In a thread its starter is the owner, managers of the parent manage it, and other members of the parent are insiders.
  const own = isThread && streamRole === 'member' ? undefined : streamRole;
  if (workspaceRole === 'guest') return own !== undefined || accessRole !== undefined ? 'guest' : 'visitor';
  if (own === 'owner') return 'owner';
  if (own === 'admin' || manages(workspaceRole)) return 'admin';
  if (isManager(accessRole)) return 'admin';
  if (own !== undefined) return own;
  return accessRole === undefined ? 'visitor' : 'insider';
}

const manages = (role: WorkspaceRole): boolean => role === 'owner' || role === 'admin';
const isManager = (role: string | undefined): boolean => role === 'owner' || role === 'admin';

/** Decides an action. `unknown`: it does not exist for streams of this type. */
export function mayDo(found: Pick<StreamForCaller<PlainStream>, 'stream' | 'caller'>, action: StreamAction): 'yes' | 'no' | 'unknown' {
  const allowed = policy[found.stream.streamType][action];
  if (!allowed) return 'unknown';
  return allowed.includes(levelOf(found)) ? 'yes' : 'no';
}
