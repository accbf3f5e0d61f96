import * as z from 'zod';
import { FileId, StreamId } from './ids.ts';
import { Mention } from './event.ts';
import { storable, utf8Bytes } from './text.ts';

/** Largest draft with all its fields, in bytes of JSON. */
export const maxDraftBytes = 65_536;
/** Days that a draft is kept after it was last saved. */
export const draftDays = 90;

const content = {
  text: storable.max(maxDraftBytes),
  mentions: z.array(Mention).max(50),
  replyTo: z.int().min(0).nullable().describe('Position of the event that it replies to'),
  fileIds: z.array(FileId).max(20).describe('Uploaded to the stream, and not posted yet'),
};

/** A member's unsent message in a stream. `revision` grows with each change, also when it is sent or deleted; 0: there never was one. */
export const Draft = z
  .object({ ...content, streamId: StreamId, revision: z.int(), updatedAt: z.iso.datetime().nullable() })
  .meta({ id: 'Draft' });
export type Draft = z.infer<typeof Draft>;

/** A draft to save. `revision`: the one that it replaces; another one is answered with both drafts. Without it, the last one saved counts. */
export const SaveDraft = z
  .strictObject({
    text: content.text,
    mentions: content.mentions.default([]),
    replyTo: content.replyTo.default(null),
    fileIds: content.fileIds.default([]),
    revision: z.int().min(0).optional(),
  })
  .refine((draft) => utf8Bytes(JSON.stringify(draft)) <= maxDraftBytes, { error: `must be at most ${maxDraftBytes} bytes of JSON` })
  .meta({ id: 'SaveDraft' });
export type SaveDraft = z.infer<typeof SaveDraft>;

/** A draft in the list of them. `preview`: how its text begins. */
export const DraftSummary = z
  .object({ streamId: StreamId, preview: z.string(), revision: z.int(), updatedAt: z.iso.datetime() })
  .meta({ id: 'DraftSummary' });
export type DraftSummary = z.infer<typeof DraftSummary>;
/** Characters of a preview. */
export const previewCharacters = 200;

/**
 * A draft of the member was saved, sent or deleted on some device. The one with the highest revision counts. The frame may be lost: drafts are
 * read again when a socket opens. `isEmpty`: there is none any more.
 */
export const DraftFrame = z
  .object({
    op: z.literal('draft'),
    room: z.string(),
    streamId: StreamId,
    revision: z.int(),
    updatedAt: z.iso.datetime(),
    isEmpty: z.boolean(),
  })
  .meta({ id: 'DraftFrame' });
export type DraftFrame = z.infer<typeof DraftFrame>;
