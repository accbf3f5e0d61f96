import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';

/** Throws `not_found` unless the caller is a member of the workspace. The transaction has checked the version of the token. */
export async function accessWorkspace(tx: Transaction, caller: UserCaller): Promise<void> {
  const rows = await tx.query('select from workspace_members where workspace_id = $1 and user_id = $2 and removed_at is null', [
    tx.workspaceId,
    caller.userId,
  ]);
  if (rows.length === 0) throw new AppError('not_found');
}
