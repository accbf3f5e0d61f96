import { levelOf } from '../../contract/policy.ts';
import type { Level } from '../../contract/policy.ts';
import { StreamRole } from '../../contract/stream.ts';
import type { Stream } from '../../contract/stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';

/** Finds a stream among those that the client knows. */
type Find = (streamId: string) => Stream | undefined;

/**
 * The caller's level in a stream as the known streams decide it. Undefined where a parent that the client does not know could change the
 * level: then only the server can tell. No I/O.
 */
export function levelIn(stream: Stream, workspaceRole: WorkspaceRole, find: Find): Level | undefined {
  const { role, isComplete } = accessRoleIn(stream, find);
  const level = (accessRole: StreamRole | undefined): Level =>
    levelOf({ streamType: stream.streamType, workspaceRole, streamRole: stream.role ?? undefined, accessRole });
  const least = level(role);
  // An unknown parent gives a role between none and owner. Where both come to the same level, the parent does not matter.
  return isComplete || least === level('owner') ? least : undefined;
}

/** The caller's best role in the known streams that give access, and whether all of these are known. */
function accessRoleIn(stream: Stream, find: Find): { role: StreamRole | undefined; isComplete: boolean } {
  // Following a thread gives no access.
  const own = stream.streamType === 'thread' ? undefined : (stream.role ?? undefined);
  if (stream.visibility !== 'inherit') return { role: own, isComplete: true };
  const parent = stream.parentStreamId === null ? undefined : find(stream.parentStreamId);
  if (parent === undefined) return { role: own, isComplete: false };
  const above = accessRoleIn(parent, find);
  return { role: better(own, above.role), isComplete: above.isComplete };
}

const better = (one: StreamRole | undefined, other: StreamRole | undefined): StreamRole | undefined =>
  StreamRole.options.find((role) => role === one || role === other);

/** Returns whether a stream takes readers from another one, or may do so through a parent that the client does not know. */
export function mayInheritFrom(stream: Stream, ancestorId: string, find: Find): boolean {
  if (stream.visibility !== 'inherit' || stream.parentStreamId === null) return false;
  if (stream.parentStreamId === ancestorId) return true;
  const parent = find(stream.parentStreamId);
  return parent === undefined || mayInheritFrom(parent, ancestorId, find);
}

/** Returns whether a change of a stream changes the caller's level in the streams that take their readers from it. */
export const changesLevelsBelow = (before: Stream, after: Stream): boolean =>
  after.streamType !== 'thread' && (before.role !== after.role || before.visibility !== after.visibility);

/** The caller's own fields of a stream that the caller has left. */
export const withoutMembership = {
  isMember: false,
  role: null,
  level: null,
  unreadCount: 0,
  mentionCount: 0,
  readSeq: 0,
  readRev: 0,
  lastReadAt: null,
  notifyLevel: 'default',
} as const satisfies Partial<Stream>;
