import type { UserCaller } from '../platform/authenticate.ts';
import type { Transaction } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { accessStream } from '../streams/access.ts';
import type { StoredFile } from './file.ts';
import { findFile } from './store.ts';

/**
 * The only way to hold a file for a caller: it is of a stream that they may read, and it is posted there, or theirs and not posted yet.
 * Anything else does not exist for them; nor does a file whose event was deleted.
 */
export async function accessFile(tx: Transaction, caller: UserCaller, fileId: string): Promise<StoredFile> {
  const found = await findFile(tx, fileId);
  if (!found || found.event === 'deleted') throw new AppError('not_found');
  if (found.event === 'none' && found.file.uploadedBy !== caller.userId) throw new AppError('not_found');
  await accessStream(tx, caller, found.file.streamId, 'read');
  return found;
}
