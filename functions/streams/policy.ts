import type { StreamType } from '../../contract/stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import type { PlainStream, StreamForCaller } from './stream.ts';

/**
 * What one is in a stream. `insider`: not in it, but in the stream that it inherits its readers from. `visitor`: sees it because everybody
 * does. A guest of the workspace stays one wherever they are, whatever role a stream gave them.
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
 * `post` is also reacting, voting, starting threads and sharing into; `moderate` deletes what others posted; `resolve`
 * is also reopening and severity; `archive` is also bringing back; `manageMembers` is roles and removal; `curate` corrects what memory made
 * of the stream, and `setMemory` says how it is made.
 */
export type StreamAction = (typeof actions)[number];

const anyone = levels;
const inIt = ['owner', 'admin', 'member', 'guest'] as const;
const members = ['owner', 'admin', 'member'] as const;
const managers = ['owner', 'admin'] as const;

/** Who may do what, by type of stream. What is not listed does not exist for the type. */
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
  // A row of a thread's members is following, and every reader may follow.
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
  // Its participants are fixed.
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

/** What the caller is in a stream that they may see. A workspace's owners and admins are admins of each stream that they see. */
export function levelOf({ stream, caller }: Pick<StreamForCaller<PlainStream>, 'stream' | 'caller'>): Level {
  const { workspaceRole, streamRole, accessRole } = caller;
  const isThread = stream.streamType === 'thread';
  // In a thread the starter is its owner, who manages the parent manages it, and everyone else of the parent is an insider.
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

/** `unknown`: streams of this type have no such thing, for nobody. */
export function mayDo(found: Pick<StreamForCaller<PlainStream>, 'stream' | 'caller'>, action: StreamAction): 'yes' | 'no' | 'unknown' {
  const allowed = policy[found.stream.streamType][action];
  if (!allowed) return 'unknown';
  return allowed.includes(levelOf(found)) ? 'yes' : 'no';
}
