import type * as z from 'zod';
import { StreamLevel } from './stream.ts';
import type { Stream, StreamRole, StreamType } from './stream.ts';
import type { WorkspaceRole } from './workspace.ts';

/** The levels that a caller can have in a stream, from most to least. */
export const levels = StreamLevel.options;
export type Level = z.infer<typeof StreamLevel>;

/**
 * The actions of a caller on a stream. `post` includes reacting, voting and sharing into the stream. `moderate` deletes what others posted,
 * `readVersions` reads and purges what others said before their edits; authors do both with their own.
 * `resolve` includes reopening and severity, `archive` includes bringing back, `manageMembers` is roles and removal. `curate` corrects
 * epochs and links, `setMemory` changes how epochs are made.
 */
export const actions = [
  'read',
  'post',
  'startThread',
  'pin',
  'moderate',
  'readVersions',
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
export type StreamAction = (typeof actions)[number];

const anyone = levels;
const inIt = ['owner', 'admin', 'member', 'guest'] as const;
const members = ['owner', 'admin', 'member'] as const;
const managers = ['owner', 'admin'] as const;
/** Members, and the members of a stream that this one takes its readers from. */
const insiders = [...members, 'insider'] as const;

/** The levels that may do each action, by type of stream. An action that is not listed does not exist for the type. */
export const policy: Record<StreamType, Partial<Record<StreamAction, readonly Level[]>>> = {
  channel: {
    read: anyone,
    post: anyone,
    startThread: anyone,
    pin: insiders,
    moderate: managers,
    readVersions: managers,
    join: [...managers, 'insider', 'visitor'],
    leave: inIt,
    invite: members,
    describe: members,
    rename: managers,
    archive: managers,
    setVisibility: managers,
    manageMembers: managers,
    curate: insiders,
    setMemory: managers,
  },
  incident: {
    read: anyone,
    post: anyone,
    startThread: anyone,
    pin: insiders,
    moderate: managers,
    readVersions: managers,
    join: [...managers, 'insider', 'visitor'],
    leave: inIt,
    invite: members,
    describe: insiders,
    rename: members,
    resolve: insiders,
    archive: managers,
    setVisibility: managers,
    manageMembers: managers,
    curate: insiders,
    setMemory: managers,
  },
  // The members of a thread are its followers, and every reader may follow. A thread has no threads.
  thread: {
    read: anyone,
    post: anyone,
    pin: insiders,
    moderate: managers,
    readVersions: managers,
    promote: insiders,
    join: [...managers, 'guest', 'insider', 'visitor'],
    leave: [...inIt, 'insider', 'visitor'],
    describe: managers,
    rename: managers,
    archive: managers,
    curate: insiders,
    setMemory: managers,
  },
  // The participants of a DM are fixed.
  dm: { read: inIt, post: inIt, startThread: inIt, pin: inIt, curate: inIt, setMemory: inIt },
  assistant: {
    read: inIt,
    post: inIt,
    startThread: inIt,
    pin: inIt,
    describe: members,
    rename: members,
    archive: managers,
    curate: inIt,
    setMemory: inIt,
  },
};

/** The actions that a closed stream still allows; `archive` is also the way back. */
const actionsWhenClosed: readonly StreamAction[] = ['read', 'readVersions', 'leave', 'archive'];

/** The facts that decide a caller's level. */
export interface Standing {
  readonly streamType: StreamType;
  readonly workspaceRole: WorkspaceRole;
  /** The caller's role in the stream itself; undefined for a caller who is not in it. In a thread it is following, and gives no access. */
  readonly streamRole: StreamRole | undefined;
  /** The caller's best role in the streams whose members see this one: itself unless it is a thread, and those that it inherits readers from. */
  readonly accessRole: StreamRole | undefined;
}

/**
 * Returns the level of a caller who sees the stream. Owners and admins of the workspace are admins of each stream that they see. A guest of
 * the workspace stays a guest, whatever role a stream gave them.
 */
export function levelOf({ streamType, workspaceRole, streamRole, accessRole }: Standing): Level {
  // The starter of a thread owns it, managers of the parent manage it, and everyone else in the parent is an insider.
  const own = streamType === 'thread' && streamRole === 'member' ? undefined : streamRole;
  if (workspaceRole === 'guest') return own !== undefined || accessRole !== undefined ? 'guest' : 'visitor';
  if (own === 'owner') return 'owner';
  if (own === 'admin' || isManager(workspaceRole) || isManager(accessRole)) return 'admin';
  if (own !== undefined) return own;
  return accessRole === undefined ? 'visitor' : 'insider';
}

const isManager = (role: WorkspaceRole | undefined): boolean => role === 'owner' || role === 'admin';

/** Returns whether a member may notify everyone in a stream (`@here`). A guest's `@here` stays text and notifies nobody. */
export const mayMentionEveryone = (workspaceRole: WorkspaceRole): boolean => workspaceRole !== 'guest';

/** The part of a stream that decides what its caller may do. */
export type Governed = Pick<Stream, 'streamType' | 'level' | 'archivedAt'>;

/** Returns whether the caller's level allows an action, leaving aside whether the stream is archived. */
export const allows = ({ streamType, level }: Omit<Governed, 'archivedAt'>, action: StreamAction): boolean =>
  level !== null && policy[streamType][action]?.includes(level) === true;

/** Returns whether a stream takes nothing new: it is archived, or it is a thread and the stream that it branched from is. */
export const isClosed = ({ streamType, archivedAt }: Omit<Governed, 'level'>, isParentArchived = false): boolean =>
  archivedAt !== null || (streamType === 'thread' && isParentArchived);

/**
 * Returns whether a caller may do something with a stream. `unknown`: the action does not exist for the type, whatever the level. `closed`:
 * the level would allow it, but the stream takes nothing new.
 */
export function verdictOn(stream: Governed, action: StreamAction, isParentArchived = false): 'yes' | 'no' | 'unknown' | 'closed' {
  if (!policy[stream.streamType][action]) return 'unknown';
  if (!allows(stream, action)) return 'no';
  return isClosed(stream, isParentArchived) && !actionsWhenClosed.includes(action) ? 'closed' : 'yes';
}
