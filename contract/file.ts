import * as z from 'zod';
import { FileId, StreamId, UserId } from './ids.ts';
import { nameOf } from './text.ts';

/** Largest file, in bytes. */
export const maxFileBytes = 25 * 1024 * 1024;

/** Seconds that an address for an upload or a download is valid. */
export const fileAddressSeconds = 600;

/** Tag of content in the bucket whose file is not complete. The bucket deletes content that still has the tag after a day. */
export const pendingTag = { name: 'state', value: 'pending' } as const;

const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'] as const;
const audioTypes = ['audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/wav', 'audio/x-wav', 'audio/webm', 'audio/x-m4a', 'audio/flac'] as const;
const videoTypes = ['video/mp4', 'video/webm', 'video/quicktime'] as const;
const documentTypes = [
  'text/plain',
  'text/csv',
  'text/markdown',
  'application/json',
  'application/zip',
  'application/x-zip-compressed',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
] as const;
/** Media types that a browser shows without running any of the content. */
const shownTypes: readonly string[] = [...imageTypes, ...audioTypes, ...videoTypes, 'application/pdf'];

/** The media types that a file may have. Types that a browser would run as a page of this origin are missing: HTML, SVG, XML. */
export const mediaTypes = [...imageTypes, 'application/pdf', ...audioTypes, ...videoTypes, ...documentTypes] as const;
export const MediaType = z
  .enum(mediaTypes, { error: `must be one of ${mediaTypes.join(', ')}` })
  .meta({ id: 'MediaType' })
  .describe('What is served again when the file is read');
export type MediaType = z.infer<typeof MediaType>;

const images: readonly string[] = imageTypes;
export const isImage = (mediaType: string): boolean => images.includes(mediaType);
/** Tells if a browser may show the file in place; all other files are saved. */
export const isShown = (mediaType: string): boolean => shownTypes.includes(mediaType);

/** Marks that turn the direction of the text around them: with one, `gpj.exe` reads as `exe.jpg`. */
const turnsText = /[\u202A-\u202E\u2066-\u2069]/;

/** Name of the file on the sender's machine, without its folders. */
export const FileName = nameOf(200)
  .refine((name) => !/[/\\]/.test(name), { error: 'must not contain / or \\' })
  .refine((name) => !turnsText.test(name), { error: 'must not contain marks that turn the direction of the text' })
  .refine((name) => !/^\.+$/.test(name), { error: 'must not consist of dots' });

const pixels = z.int().min(1).max(65_535);

const content = {
  id: FileId,
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.int(),
  width: z.int().nullable().describe('In pixels, of an image whose sender said so'),
  height: z.int().nullable(),
  uploadedBy: UserId,
  createdAt: z.iso.datetime(),
};

/** The file of an event of type `file`. */
export const FileContent = z.object(content).meta({ id: 'FileContent' });
export type FileContent = z.infer<typeof FileContent>;

/** A file of a stream. Until it is posted there as an event, only its uploader can read it. */
export const File = z.object({ ...content, streamId: StreamId }).meta({ id: 'File' });
export type File = z.infer<typeof File>;

export const CreateFile = z
  .strictObject({
    name: FileName,
    mediaType: MediaType,
    sizeBytes: z.int().min(1, 'must not be empty').max(maxFileBytes, `must be at most ${maxFileBytes} bytes (25 MB)`),
    width: pixels.optional().describe('Images only, together with height'),
    height: pixels.optional(),
  })
  .refine((file) => file.width === undefined || isImage(file.mediaType), { error: 'is for images only', path: ['width'] })
  .refine((file) => (file.width === undefined) === (file.height === undefined), {
    error: 'give width and height, or neither',
    path: ['height'],
  })
  .meta({ id: 'CreateFile' });
export type CreateFile = z.infer<typeof CreateFile>;

/**
 * The request that uploads the content: this method, exactly these headers, and a body of exactly `sizeBytes` bytes. It works once; 412
 * says that the content is there already. Then complete the file.
 */
export const Upload = z
  .object({
    url: z.string(),
    method: z.literal('PUT'),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Upload' });
export type Upload = z.infer<typeof Upload>;

/**
 * The address of the content, for GET without a token. It works for anyone who has it until it expires. A page that both shows and fetches
 * it must use CORS both times (`<img crossorigin="anonymous">`): a browser caches an answer without CORS, and then the fetch fails.
 */
export const Download = z.object({ url: z.string(), expiresAt: z.iso.datetime() }).meta({ id: 'Download' });
export type Download = z.infer<typeof Download>;

export const FileUpload = z.object({ file: File, upload: Upload }).meta({ id: 'FileUpload' });
export type FileUpload = z.infer<typeof FileUpload>;
export const FileDownload = z.object({ file: File, download: Download }).meta({ id: 'FileDownload' });
export type FileDownload = z.infer<typeof FileDownload>;
