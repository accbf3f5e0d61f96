import { fileAddressSeconds } from '../../contract/file.ts';
import type { CreateFile, File, FileUpload } from '../../contract/file.ts';
import { FileId, newId, StreamId } from '../../contract/ids.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { accessStream } from '../streams/access.ts';
import { objectKey } from './file.ts';
import type { Objects } from './objects.ts';
import { insertFile } from './store.ts';

/** Registers a file for a caller who may post in the stream, and returns the upload address of its content. */
export async function createFile(
  app: Pick<App, 'db' | 'clock'> & { readonly objects: Objects },
  caller: UserCaller,
  input: CreateFile & { streamId: string },
): Promise<FileUpload> {
  const now = app.clock.now();
  const file: File = {
    id: FileId.parse(newId('file', now.getTime())),
    streamId: StreamId.parse(input.streamId),
    name: input.name,
    mediaType: input.mediaType,
    sizeBytes: input.sizeBytes,
    width: input.width ?? null,
    height: input.height ?? null,
    uploadedBy: caller.userId,
    createdAt: now.toISOString(),
  };
  await app.db.transaction(caller, async (tx) => {
    await accessStream(tx, caller, input.streamId, 'post');
    insertFile(tx, file);
  });
  const key = objectKey(caller.workspaceId, file.id);
  const { url, headers, expiresAt } = await app.objects.signUpload({ ...file, key }, fileAddressSeconds);
  return { file, upload: { url, method: 'PUT', headers: { ...headers }, expiresAt: expiresAt.toISOString() } };
}
