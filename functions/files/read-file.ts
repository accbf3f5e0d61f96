import { fileAddressSeconds } from '../../contract/file.ts';
import type { FileDownload } from '../../contract/file.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { accessFile } from './access.ts';
import { dispositionOf, objectKey } from './file.ts';
import type { Objects } from './objects.ts';

/** Returns a file with a download address that is valid for a while. */
export async function readFile(
  app: Pick<App, 'db'> & { readonly objects: Objects },
  caller: UserCaller,
  input: { fileId: string },
): Promise<FileDownload> {
  const { file, isUploaded } = await app.db.transaction(caller, (tx) => accessFile(tx, caller, input.fileId));
  if (!isUploaded) throw new AppError('upload_missing', 'There is nothing to read yet: send the content, and complete the file.');
  const object = { key: objectKey(caller.workspaceId, file.id), mediaType: file.mediaType, disposition: dispositionOf(file) };
  const { url, expiresAt } = await app.objects.signDownload(object, fileAddressSeconds);
  return { file, download: { url, expiresAt: expiresAt.toISOString() } };
}
