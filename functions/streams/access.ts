import type { WorkspaceRole } from '../../contract/workspace.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { mayDo } from './policy.ts';
import type { StreamAction } from './policy.ts';
import { findPlainStream, findRole, findStream } from './streams/stream-store.ts';
import { maySee } from './stream.ts';
import type { PlainStream, StreamForCaller } from './stream.ts';

/** What can still be done with a stream that is archived. */
const whenArchived: readonly StreamAction[] = ['read', 'leave', 'archive'];

/** The only way to hold a stream for a caller. What they may not see does not exist. */
export async function accessStream(tx: Transaction, caller: UserCaller, streamId: string, action: StreamAction): Promise<StreamForCaller> {
  const found = await findStream(tx, caller.userId, streamId);
  if (!found || !maySee(found)) throw new AppError('not_found');
  requireAllowed(found, action);
  return found;
}

/** The same for what is done often: without what takes a closer look. */
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

/** The same for a stream that is already held: another thing done with it. */
export function requireAllowed(found: StreamForCaller<PlainStream>, action: StreamAction): void {
  const { stream } = found;
  const verdict = mayDo(found, action);
  if (verdict === 'unknown') throw new AppError('wrong_stream_type', `It is a ${stream.streamType}: ${unknownTo(stream.streamType)}`);
  if (verdict === 'no') throw new AppError('forbidden', 'Ask an owner or admin of the stream.');
  if (whenArchived.includes(action)) return;
  if (stream.archivedAt !== null) throw new AppError('stream_archived', 'It can be read, and brought back by its owners and admins.');
  if (found.isParentArchived) throw new AppError('stream_archived', 'The stream that this thread belongs to is archived.');
}

function unknownTo(type: string): string {
  if (type === 'dm') return 'its participants are fixed, and it has no settings.';
  if (type === 'thread') return 'who sees it is decided by the stream that it branched from. Promote it to make it a stream of its own.';
  return 'that is not for streams of this type.';
}

/**
 * What branched off is made public only by who may make public what it branched off from: something said among few is shown to everybody
 * by nobody else, also when it has become a stream of its own.
 */
export function requireMayWiden(parent: StreamForCaller | undefined): void {
  if (parent && maySee(parent) && (parent.isPublic || mayDo(parent, 'setVisibility') === 'yes')) return;
  const message = 'public would show everybody what was said where not everybody may read; only who manages the parent may do that';
  throw new AppError('forbidden', `body.visibility: ${message}`, { errors: [{ path: 'body.visibility', message }] });
}

/** The caller's role in the workspace; a token outlives a membership, so this is asked each time. */
export async function accessMember(tx: Transaction, caller: UserCaller): Promise<WorkspaceRole> {
  const role = await findRole(tx, caller.userId);
  if (!role) throw new AppError('not_found');
  return role;
}
