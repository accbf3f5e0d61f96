import type { ApiKeyCaller, UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { findRole } from '../streams/streams/stream-store.ts';

/** Checks that the caller is an owner of the workspace, or an API key. */
export async function accessOwner(tx: Transaction, caller: UserCaller | ApiKeyCaller): Promise<void> {
  if (caller.kind === 'apiKey') return;
  const role = await findRole(tx, caller.userId);
  if (!role) throw new AppError('not_found');
  if (role !== 'owner') throw new AppError('forbidden', 'Needs the role owner.');
}
