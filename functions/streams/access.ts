import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { findRole, findStream } from './store.ts';
import { maySee } from './stream.ts';
import type { StreamAction, StreamForCaller } from './stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';

/** The only way to hold a stream for a caller. What they may not see does not exist. */
export async function accessStream(tx: Transaction, caller: UserCaller, streamId: string, action: StreamAction): Promise<StreamForCaller> {
  const found = await findStream(tx, caller.userId, streamId);
  if (!found || !maySee(found)) throw new AppError('not_found');
  if (action === 'post' && found.stream.archivedAt !== null) throw new AppError('stream_archived');
  return found;
}

/** The caller's role in the workspace; a token outlives a membership, so this is asked each time. */
export async function accessMember(tx: Transaction, caller: UserCaller): Promise<WorkspaceRole> {
  const role = await findRole(tx, caller.userId);
  if (!role) throw new AppError('not_found');
  return role;
}
