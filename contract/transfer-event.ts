import * as z from 'zod';
import { Emoji, EventType, maxMentions, Mention } from './event.ts';
import { FileName, MediaType } from './file.ts';
import { ClientEventId, EventId, FileId, ProviderId, StreamId, UserId } from './ids.ts';
import { descriptionOf, isStorable, MessageText, nameOf, storable, utf8Bytes } from './text.ts';

/** A time from 1970 on, as ids can have it. */
export const Time = z.iso.datetime().refine((time) => Date.parse(time) >= 0, { error: 'must not be before 1970' });
/** A position of a log. */
export const position = z.int().min(1);
/** A number of things. */
export const count = z.int().min(0);
/** JSON that comes back from the database unchanged. */
export const Json = z
  .record(z.string(), z.json())
  .refine((value) => utf8Bytes(JSON.stringify(value)) <= 65_536, { error: 'must be at most 65536 bytes of JSON' })
  .refine(isStorable, { error: 'must not contain the NUL character (U+0000) or half of a surrogate pair' });

const content = z.strictObject({ text: MessageText, mentions: z.array(Mention).max(maxMentions * 2) });
const pixels = z.int().min(1).max(65_535).nullable();

const EventFields = z.strictObject({
  kind: z.literal('event'),
  id: EventId,
  streamId: StreamId,
  seq: position,
  changedSeq: position,
  ordinal: position.nullable().describe('Which message it is; null for what does not count as one'),
  eventType: EventType,
  actorId: UserId,
  clientEventId: ClientEventId,
  providerId: ProviderId.nullable(),
  content: content.nullable(),
  mentionedIds: z
    .array(z.union([UserId, z.literal('@here')]))
    .max(maxMentions * 2)
    .describe('Whose mention counts it is in'),
  sharedRef: z.strictObject({ originalEventId: EventId, context: descriptionOf(2_000).nullable() }).nullable(),
  poll: z
    .strictObject({
      question: nameOf(300),
      options: z
        .array(z.strictObject({ id: z.string().regex(/^\w{1,40}$/), text: nameOf(120) }))
        .min(1)
        .max(20),
      multiple: z.boolean(),
      closesAt: Time.nullable(),
    })
    .nullable(),
  file: z
    .strictObject({
      id: FileId,
      name: FileName,
      mediaType: MediaType,
      sizeBytes: position,
      width: pixels,
      height: pixels,
      uploadedBy: UserId,
      createdAt: Time,
    })
    .nullable(),
  payload: Json.nullable(),
  pinnedAt: Time.nullable(),
  pinnedBy: UserId.nullable(),
  createdAt: Time,
  editedAt: Time.nullable(),
  deletedAt: Time.nullable(),
});

/** The content that each type of event must have, unless the event was deleted. */
const needs: Readonly<Record<string, 'content' | 'sharedRef' | 'poll' | 'file' | undefined>> = {
  message: 'content',
  shared: 'sharedRef',
  poll: 'poll',
  file: 'file',
};
const counts = (eventType: string): boolean => eventType in needs || eventType.includes('.');

/** An event with its content, of any type. A deleted event has no content. */
export const EventRecord = EventFields.check(({ value: event, issues }) => {
  const refuse = (field: keyof typeof event, message: string) =>
    issues.push({ code: 'custom', path: [field], message, input: event[field] });
  const parts = ['content', 'sharedRef', 'poll', 'file'] as const;
  for (const part of parts) {
    if (event.deletedAt !== null && event[part] !== null) refuse(part, 'must be null: the event was deleted');
    else if (event.deletedAt === null && needs[event.eventType] === part && event[part] === null)
      refuse(part, `is needed by events of type ${event.eventType}`);
    else if (event[part] !== null && part !== 'content' && needs[event.eventType] !== part)
      refuse(part, `is not for events of type ${event.eventType}`);
  }
  if (counts(event.eventType) !== (event.ordinal !== null))
    refuse('ordinal', counts(event.eventType) ? 'is needed: the event counts as a message' : 'must be null: the event is no message');
  if (event.changedSeq < event.seq) refuse('changedSeq', 'must not be below seq');
});
export type EventRecord = z.infer<typeof EventRecord>;

/** The text of an event before an edit. */
export const VersionRecord = z.strictObject({
  kind: z.literal('version'),
  eventId: EventId,
  changedSeq: position.describe('Position of the edit that replaced it'),
  text: MessageText,
  mentions: content.shape.mentions,
  validFrom: Time,
  editedBy: UserId,
});

/** Most reactions or votes of one record. An event may have several records of them. */
export const maxInRecord = 500;

export const ReactionsRecord = z.strictObject({
  kind: z.literal('reactions'),
  eventId: EventId,
  reactions: z
    .array(z.strictObject({ emoji: Emoji, userId: UserId, at: Time }))
    .min(1)
    .max(maxInRecord),
});

export const VotesRecord = z.strictObject({
  kind: z.literal('votes'),
  eventId: EventId,
  votes: z
    .array(z.strictObject({ optionId: storable.max(40), userId: UserId, at: Time }))
    .min(1)
    .max(maxInRecord),
});
