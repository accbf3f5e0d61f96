import type { File } from '../../contract/file.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { accessFile } from './access.ts';
import { objectKey } from './file.ts';
import type { Objects } from './objects.ts';
import { markUploaded } from './store.ts';

/**
 * Checks that the content has arrived with the announced length; afterwards the file can be posted. S3 is called outside the transaction.
 */
export async function completeFile(
  app: Pick<App, 'db' | 'clock'> & { readonly objects: Objects },
  caller: UserCaller,
  input: { fileId: string },
): Promise<File> {
  const { file, isUploaded } = await app.db.transaction(caller, (tx) => accessFile(tx, caller, input.fileId));
  if (file.uploadedBy !== caller.userId) throw new AppError('not_author', 'Only who announced the file may complete it.');
  if (isUploaded) return file;
  const content = await app.objects.settle(objectKey(caller.workspaceId, file.id));
  if (content === undefined)
    throw new AppError('upload_missing', 'Send the content to the address of the upload first, then complete the file.');
  if (content.sizeBytes !== file.sizeBytes) {
    throw new AppError(
      'upload_missing',
      `${content.sizeBytes} bytes are there, and ${file.sizeBytes} were announced; announce the file anew.`,
    );
  }
  await app.db.transaction(caller, async (tx) => markUploaded(tx, file.id, app.clock.now()));
  return file;
}
