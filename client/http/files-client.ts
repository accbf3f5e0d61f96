import { api } from '../../contract/api.ts';
import { isImage, mediaTypes } from '../../contract/file.ts';
import type { CreateFile, File as StoredFile } from '../../contract/file.ts';
import type * as z from 'zod';
import type { Call, SendOptions } from './call.ts';
import type { UploadContent } from './upload.ts';

const routes = api.files;

/** What is uploaded: a browser's `File`, or any other piece of bytes with a name. */
export type NamedContent = Blob & { readonly name: string };

export interface UploadOptions extends SendOptions {
  /** How much of the content is on its way, in bytes. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  /** Of an image, in pixels: whoever shows it can keep its place. */
  readonly width?: number;
  readonly height?: number;
}

/** The files of one workspace. */
export function filesClient(call: Call, workspaceId: string, uploadContent: UploadContent) {
  const params = { workspaceId };
  return {
    /**
     * Announces, uploads and completes a file; then `events(streamId).post({eventType: 'file', fileId: file.id})` shows it. What the server
     * will not take (type, size, name) is refused before anything is uploaded.
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
    /** The file, with an address to read its content from. */
    read: (fileId: string, options: SendOptions = {}) => call(routes.readFile, { params: { ...params, fileId }, ...options }),
  };
}

/** What browsers leave without a type though its name says it. */
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

/** The media type by which a file is announced: what its maker says, without parameters, or what its name says. */
export function mediaTypeOf({ type, name }: Pick<NamedContent, 'type' | 'name'>): string {
  const said = (type.split(';')[0] ?? '').trim().toLowerCase();
  if ((mediaTypes as readonly string[]).includes(said)) return said;
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return (said === '' || said === 'application/octet-stream' ? typeOfEnding[ending] : undefined) ?? said;
}
