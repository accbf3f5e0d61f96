import { isShown } from '../../contract/file.ts';
import type { File } from '../../contract/file.ts';

/** A row of files. */
export interface StoredFile {
  readonly file: File;
  /** True when the content has arrived. */
  readonly isUploaded: boolean;
  /** State of the event that shows the file. */
  readonly event: 'none' | 'posted' | 'deleted';
}

/** The key of the content in the bucket. */
export const objectKey = (workspaceId: string, fileId: string): string => `${workspaceId}/${fileId}`;

/**
 * The `Content-Disposition` of a file: inline or attachment, with its name (RFC 6266: in ASCII for old clients, in UTF-8 for the rest).
 * Only types that a browser shows without running them are inline.
 */
export function dispositionOf({ name, mediaType }: Pick<File, 'name' | 'mediaType'>): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%;]/g, '_');
  const exact = encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${isShown(mediaType) ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${exact}`;
}
