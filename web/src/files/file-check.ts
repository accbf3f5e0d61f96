import { FileName, isImage, maxFileBytes, mediaTypes, type MediaType } from '../../../contract/file.ts';

export type FileKind = 'image' | 'audio' | 'video' | 'pdf' | 'other';

/** The result of a check: name and type for the upload, or the reason for a refusal. */
export type FileVerdict =
  { readonly ok: true; readonly name: string; readonly mediaType: MediaType } | { readonly ok: false; readonly says: string };

/** Checks a file before its upload. */
export function checkFile({ name, size, type }: { readonly name: string; readonly size: number; readonly type: string }): FileVerdict {
  const mediaType = mediaTypeOf(name, type);
  const named = normalizeName(name, mediaType);
  if (size === 0) return { ok: false, says: 'It is empty.' };
  if (size > maxFileBytes) return { ok: false, says: `It has ${sizeOf(size)}; ${sizeOf(maxFileBytes)} is the most.` };
  if (mediaType === undefined)
    return { ok: false, says: 'Files of this type cannot be shared. Pictures, sound, video, PDF, office documents, text, and ZIP can.' };
  return { ok: true, name: named, mediaType };
}

/** Media types of browsers and systems, with their names in the contract. */
const aliases = new Map<string, MediaType>([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/x-mpeg', 'audio/mpeg'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/aac', 'audio/mp4'],
  ['audio/x-flac', 'audio/flac'],
  ['text/x-markdown', 'text/markdown'],
  ['application/x-zip', 'application/zip'],
  ['application/csv', 'text/csv'],
]);

const extensions = new Map<string, MediaType>([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['log', 'text/plain'],
  ['md', 'text/markdown'],
  ['markdown', 'text/markdown'],
  ['csv', 'text/csv'],
  ['json', 'application/json'],
  ['zip', 'application/zip'],
  ['mp3', 'audio/mpeg'],
  ['m4a', 'audio/x-m4a'],
  ['ogg', 'audio/ogg'],
  ['wav', 'audio/wav'],
  ['flac', 'audio/flac'],
  ['mp4', 'video/mp4'],
  ['webm', 'video/webm'],
  ['mov', 'video/quicktime'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['odt', 'application/vnd.oasis.opendocument.text'],
  ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
  ['odp', 'application/vnd.oasis.opendocument.presentation'],
]);

const allowed: readonly string[] = mediaTypes;

/** The media type from the browser, or from the file's ending where the browser knows none. */
function mediaTypeOf(name: string, type: string): MediaType | undefined {
  const plain = type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (allowed.includes(plain)) return plain as MediaType;
  return (
    aliases.get(plain) ?? (plain === '' || plain === 'application/octet-stream' || plain.startsWith('text/x-') ? byName(name) : undefined)
  );
}

const byName = (name: string): MediaType | undefined => extensions.get(/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '');

/** A file name that the server accepts: some systems allow names that others cannot read. */
function normalizeName(name: string, mediaType: MediaType | undefined): string {
  const tidy = name
    .replace(/[/\\]/g, '-')
    .replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
    .toWellFormed()
    .trim();
  const extension = /\.[^.]{1,12}$/.exec(tidy)?.[0] ?? '';
  const short = tidy.length <= 200 ? tidy : tidy.slice(0, 200 - extension.length) + extension;
  if (FileName.safeParse(short).success) return short;
  const ending = [...extensions].find(([, type]) => type === mediaType)?.[0];
  return ending === undefined ? 'file' : `file.${ending}`;
}

/** "840 bytes", "12 KB", "3.4 MB". */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const kilobytes = bytes / 1024;
  if (kilobytes < 1023.5) return `${kilobytes < 10 ? trimmed(kilobytes) : Math.round(kilobytes)} KB`;
  return `${trimmed(kilobytes / 1024)} MB`;
}

const trimmed = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** The way that a file shows in the page. */
export function kindOf(mediaType: string): FileKind {
  if (isImage(mediaType)) return 'image';
  if (mediaType.startsWith('audio/')) return 'audio';
  if (mediaType.startsWith('video/') && mediaType !== 'video/quicktime') return 'video';
  return mediaType === 'application/pdf' ? 'pdf' : 'other';
}

/** The room for an image before it loads: its own size, shrunk to fit; a usual one when the size is unknown. */
export function pictureSize({ width, height }: { width: number | null; height: number | null }, most = { width: 448, height: 320 }) {
  if (width === null || height === null) return { width: most.width, height: Math.round(most.width * 0.6) };
  const scale = Math.min(1, most.width / width, most.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
