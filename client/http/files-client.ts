import { api } from '../../contract/api.ts';
import { isImage, mediaTypes } from '../../contract/file.ts';
import type { CreateFile, File as StoredFile } from '../../contract/file.ts';
import type * as z from 'zod';
import type { Call, SendOptions } from './call.ts';
import type { UploadContent } from './upload.ts';

const routes = api.files;

/** Content to upload: a browser's `File`, or any other blob with a name. */
export type NamedContent = Blob & { readonly name: string };

export interface UploadOptions extends SendOptions {
  /** Receives the number of bytes sent so far. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  /** Size of an image in pixels, so that a page can reserve its place. */
  readonly width?: number;
  readonly height?: number;
}

/** The files of one workspace. */
export function filesClient(call: Call, workspaceId: string, uploadContent: UploadContent) {
  const params = { workspaceId };
  return {
    /**
     * Announces, uploads and completes a file; then `events(streamId).post({eventType: 'file', fileId: file.id})` shows it. A type, size or
     * name that the server does not accept is refused before anything is uploaded.
     */
    upload: async (streamId: string, content: NamedContent, options: UploadOptions = {}): Promise<StoredFile> => {
      const { onProgress = () => undefined, width, height, signal } = options;
      const mediaType = mediaTypeOf(content) as z.input<typeof CreateFile>['mediaType'];
      const size = isImage(mediaType) && width !== undefined && height !== undefined ? { width, height } : {};
      const body = { name: content.name, mediaType, sizeBytes: content.size, ...size };
      const { file, upload } = await call(routes.createFile, { params: { workspaceId, streamId }, body, signal });
      await uploadContent(upload, content, { onProgress, signal });
      return call(routes.completeFile, { params: { ...params, fileId: file.id }, signal, repeatable: true });
    },
    /** Reads the file, with an address to read its content from. */
    read: (fileId: string, options: SendOptions = {}) => call(routes.readFile, { params: { ...params, fileId }, ...options }),
  };
}

/** Media types by file extension, for files to which browsers give no type. */
const typeOfEnding: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
  txt: 'text/plain',
  log: 'text/plain',
  zip: 'application/zip',
  avif: 'image/avif',
  flac: 'audio/flac',
};

/** Returns the media type to announce: the one that the browser gives, without parameters, else the one of the extension. */
export function mediaTypeOf({ type, name }: Pick<NamedContent, 'type' | 'name'>): string {
  const said = (type.split(';')[0] ?? '').trim().toLowerCase();
  if ((mediaTypes as readonly string[]).includes(said)) return said;
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return (said === '' || said === 'application/octet-stream' ? typeOfEnding[ending] : undefined) ?? said;
}
