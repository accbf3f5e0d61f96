import { isShown } from '../../contract/file.ts';
import type { File } from '../../contract/file.ts';

/** A file as its row says. */
export interface StoredFile {
  readonly file: File;
  /** Whether its content is there. */
  readonly isUploaded: boolean;
  /** What became of the event that shows it. */
  readonly event: 'none' | 'posted' | 'deleted';
}

/** Where the content lies. */
export const objectKey = (workspaceId: string, fileId: string): string => `${workspaceId}/${fileId}`;

/**
 * Whether a browser shows the content or saves it, and under which name (RFC 6266: the name in ASCII for the old, in UTF-8 for the rest).
 * Only what it shows without running any of it is shown.
 */
export function dispositionOf({ name, mediaType }: Pick<File, 'name' | 'mediaType'>): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%;]/g, '_');
  const exact = encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${isShown(mediaType) ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${exact}`;
}
