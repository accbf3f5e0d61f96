import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { accessStream } from '../streams/access.ts';
import type { StoredFile } from './file.ts';
import { findFile } from './store.ts';

/**
 * Checks the caller's access to a file: they must read its stream, and the file must be posted there, or be their own. Throws `not_found`
 * otherwise, also for a file whose event was deleted.
 */
export async function accessFile(tx: Transaction, caller: UserCaller, fileId: string): Promise<StoredFile> {
  const found = await findFile(tx, fileId);
  if (!found || found.event === 'deleted') throw new AppError('not_found');
  if (found.event === 'none' && found.file.uploadedBy !== caller.userId) throw new AppError('not_found');
  await accessStream(tx, caller, found.file.streamId, 'read');
  return found;
}
