import * as z from 'zod';
import { FileId, StreamId, UserId } from './ids.ts';
import { nameOf } from './text.ts';

/** Largest file, in bytes. */
export const maxFileBytes = 25 * 1024 * 1024;

/** How long an address for an upload or a download works, in seconds. */
export const fileAddressSeconds = 600;

/** Marks content in the bucket whose file is not complete: what still has the mark after a day is deleted. */
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
/** What a browser shows without running any of it. */
const shownTypes: readonly string[] = [...imageTypes, ...audioTypes, ...videoTypes, 'application/pdf'];

/** The media types that a file may have. Nothing that a browser would run as a page of ours is among them: no HTML, no SVG, no XML. */
export const mediaTypes = [...imageTypes, 'application/pdf', ...audioTypes, ...videoTypes, ...documentTypes] as const;
export const MediaType = z
  .enum(mediaTypes, { error: `must be one of ${mediaTypes.join(', ')}` })
  .meta({ id: 'MediaType' })
  .describe('What is served again when the file is read');
export type MediaType = z.infer<typeof MediaType>;

const images: readonly string[] = imageTypes;
export const isImage = (mediaType: string): boolean => images.includes(mediaType);
/** Whether a browser may show it in place; everything else is saved. */
export const isShown = (mediaType: string): boolean => shownTypes.includes(mediaType);

/** Marks that turn the direction of the text around them: with one, `gpj.exe` reads as `exe.jpg`. */
const turnsText = /[\u202A-\u202E\u2066-\u2069]/;

/** As it was on the sender's machine, without its folders. */
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

/** What an event of type `file` carries. */
export const FileContent = z.object(content).meta({ id: 'FileContent' });
export type FileContent = z.infer<typeof FileContent>;

/** A file of a stream. Until it is posted there as an event, it exists for its uploader only. */
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
 * Where the content goes: a request with this method and exactly these headers, its body exactly `sizeBytes` long. It works once; 412 says
 * that the content is there already. Then complete the file.
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
 * Where the content is read, by GET and without a token: whoever has the address may read it until it expires. A page that shows it and
 * also fetches it asks with CORS both times (`<img crossorigin="anonymous">`): a browser keeps what it got without, and fails to fetch that.
 */
export const Download = z.object({ url: z.string(), expiresAt: z.iso.datetime() }).meta({ id: 'Download' });
export type Download = z.infer<typeof Download>;

export const FileUpload = z.object({ file: File, upload: Upload }).meta({ id: 'FileUpload' });
export type FileUpload = z.infer<typeof FileUpload>;
export const FileDownload = z.object({ file: File, download: Download }).meta({ id: 'FileDownload' });
export type FileDownload = z.infer<typeof FileDownload>;
