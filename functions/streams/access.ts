import { allows, verdictOn } from '../../contract/policy.ts';
import type { StreamAction } from '../../contract/policy.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { findPlainStream, findRole, findStream } from './streams/stream-store.ts';
import { maySee } from './stream.ts';
import type { PlainStream, StreamForCaller } from './stream.ts';

/** Finds a stream for a caller and checks the action; the only way to obtain one. Throws `not_found` for a stream the caller cannot see. */
export async function accessStream(tx: Transaction, caller: UserCaller, streamId: string, action: StreamAction): Promise<StreamForCaller> {
  const found = await findStream(tx, caller.userId, streamId);
  if (!found || !maySee(found)) throw new AppError('not_found');
  requireAllowed(found, action);
  return found;
}

/** Does the same for frequent actions, without unread counts and DM participants. */
export async function accessPlainStream(
  tx: Transaction,
  caller: UserCaller,
  streamId: string,
  action: StreamAction,
): Promise<StreamForCaller<PlainStream>> {
  const found = await findPlainStream(tx, caller.userId, streamId);
  if (!found || !maySee(found)) throw new AppError('not_found');
  requireAllowed(found, action);
  return found;
}

/** Checks a further action on a stream that was already accessed. */
export function requireAllowed(found: StreamForCaller<PlainStream>, action: StreamAction): void {
  const { stream } = found;
  const verdict = verdictOn(stream, action, found.isParentArchived);
  if (verdict === 'unknown') throw new AppError('wrong_stream_type', `It is a ${stream.streamType}: ${unknownTo(stream.streamType)}`);
  if (verdict === 'no') throw new AppError('forbidden', 'Ask an owner or admin of the stream.');
  if (verdict === 'yes') return;
  if (stream.archivedAt !== null) throw new AppError('stream_archived', 'It can be read, and brought back by its owners and admins.');
  throw new AppError('stream_archived', 'The stream that this thread belongs to is archived.');
}

function unknownTo(type: string): string {
  if (type === 'dm') return 'its participants are fixed, and it has no settings.';
  if (type === 'thread') return 'who sees it is decided by the stream that it branched from. Promote it to make it a stream of its own.';
  return 'that is not for streams of this type.';
}

/**
 * Guards making a thread, or a stream promoted from one, public: requires the right to make its parent public. Otherwise a reader could
 * publish what was written for few.
 */
export function requireMayWiden(parent: StreamForCaller | undefined): void {
  if (parent && maySee(parent) && (parent.isPublic || allows(parent.stream, 'setVisibility'))) return;
  const message = 'public would show everybody what was said where not everybody may read; only who manages the parent may do that';
  throw new AppError('forbidden', `body.visibility: ${message}`, { errors: [{ path: 'body.visibility', message }] });
}

/**
 * Guards making a stream private that branched off another: requires the right to make its parent private. Otherwise any member could take a
 * thread from its author and from everybody else.
 */
export function requireMayNarrow(parent: StreamForCaller | undefined): void {
  if (parent && maySee(parent) && allows(parent.stream, 'setVisibility')) return;
  const message = 'private would take it from those who read it where it branched off; only who manages that stream may do that';
  throw new AppError('forbidden', `body.visibility: ${message}`, { errors: [{ path: 'body.visibility', message }] });
}

/** Role of the caller in the workspace. Read every time, because a token outlives a membership. */
export async function accessMember(tx: Transaction, caller: UserCaller): Promise<WorkspaceRole> {
  const role = await findRole(tx, caller.userId);
  if (!role) throw new AppError('not_found');
  return role;
}
