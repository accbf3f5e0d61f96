import * as z from 'zod';
import { FileContent } from './file.ts';
import { ClientEventId, EventId, FileId, StreamId, UserId } from './ids.ts';
import { queryInteger } from './query.ts';
import { Person } from './stream.ts';
import { MessageText, descriptionOf, isStorable, nameOf, storable, utf8Bytes } from './text.ts';

/** Types of event that Streambed makes. `system` notes a change of the stream that has no type of its own (`payload.kind` names it). */
export const knownEventTypes = [
  'message',
  'shared',
  'poll',
  'file',
  'member_joined',
  'member_left',
  'thread_started',
  'promoted',
  'renamed',
  'archived',
  'unarchived',
  'resolved',
  'reopened',
  'system',
] as const;
export type KnownEventType = (typeof knownEventTypes)[number];

/** A type of event of the product that Streambed is built into: words with dots between, as in `acme.deploy_finished`. */
const ownTypePattern = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;
export const OwnEventType = z
  .string()
  .max(64)
  .regex(ownTypePattern, { error: 'must be words of a-z, 0-9 and _ parted by dots, such as acme.deploy_finished', abort: true })
  .meta({ id: 'OwnEventType' });
export const EventType = z.union([z.enum(knownEventTypes), OwnEventType]).meta({ id: 'EventType' });
export type EventType = z.infer<typeof EventType>;

/** Most mentions of one event. */
export const maxMentions = 50;

/** A mention. `label` is the text as it was written. `here` stands for all members of the stream; its id is `here`. */
export const Mention = z
  .strictObject({ type: z.enum(['user', 'here', 'stream']), id: storable.max(64), label: storable.max(80).optional() })
  .meta({ id: 'Mention' });
export type Mention = z.infer<typeof Mention>;

export const MessageContent = z.object({ text: z.string(), mentions: z.array(Mention) }).meta({ id: 'MessageContent' });

/**
 * A shared event, by reference. `preview` is what the reader may see of the original as it is now; it is left out of pushed frames, which
 * are the same for every reader: read the event to get it.
 */
export const SharedRef = z
  .object({
    context: z.string().nullable(),
    preview: z
      .discriminatedUnion('state', [
        z.object({
          state: z.literal('visible'),
          eventId: EventId,
          streamId: StreamId,
          streamName: z.string().nullable(),
          streamType: z.string(),
          seq: z.int(),
          eventType: EventType,
          actorId: UserId,
          actorName: z.string(),
          text: z.string().nullable(),
          createdAt: z.iso.datetime(),
          editedAt: z.iso.datetime().nullable(),
        }),
        z.object({ state: z.literal('deleted') }),
        z.object({ state: z.literal('hidden') }).describe('The reader may not see the original, or it does not exist'),
      ])
      .optional(),
  })
  .meta({ id: 'SharedRef' });
export type SharedRef = z.infer<typeof SharedRef>;

/** Most names of voters or reactors per option or emoji; counts are exact. */
export const maxNamedUsers = 100;

export const Poll = z
  .object({
    question: z.string(),
    options: z.array(z.object({ id: z.string(), text: z.string(), count: z.int(), userIds: z.array(UserId) })),
    multiple: z.boolean(),
    voterCount: z.int(),
    closesAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Poll' });
export type Poll = z.infer<typeof Poll>;

export const Reaction = z.object({ emoji: z.string(), count: z.int(), userIds: z.array(UserId) }).meta({ id: 'Reaction' });
export type Reaction = z.infer<typeof Reaction>;

/** The thread that branched from an event. */
export const ThreadSummary = z
  .object({
    streamId: StreamId,
    streamType: z.string(),
    name: z.string().nullable(),
    status: z.string(),
    replyCount: z.int(),
    lastReplyAt: z.iso.datetime().nullable(),
    lastRepliers: z.array(Person).max(3),
  })
  .meta({ id: 'ThreadSummary' });
export type ThreadSummary = z.infer<typeof ThreadSummary>;

/**
 * An event of a stream. A deleted event keeps its place: `deletedAt` is set; content, sharedRef, poll, file and payload are null; reactions
 * are empty. Fields that do not belong to the event's type are null.
 */
export const StreamEvent = z
  .object({
    id: EventId,
    streamId: StreamId,
    seq: z.int().describe('Position at which it was appended'),
    changedSeq: z.int().describe('Position of its last change; also its ETag'),
    eventType: EventType,
    actorId: UserId,
    actorName: z.string(),
    clientEventId: ClientEventId,
    content: MessageContent.nullable().describe('The text of a message; the words beside a file or an own type'),
    sharedRef: SharedRef.nullable(),
    poll: Poll.nullable(),
    file: FileContent.nullable(),
    payload: z.record(z.string(), z.unknown()).nullable(),
    reactions: z.array(Reaction),
    thread: ThreadSummary.nullable()
      .optional()
      .describe('Null where the reader may not see it. Left out of pushed frames where `isBranchedOff`: read the event to get it'),
    isBranchedOff: z.boolean().optional().describe('A stream with readers of its own branched off; it may be hidden from the reader'),
    replyCount: z.int(),
    pinnedAt: z.iso.datetime().nullable(),
    pinnedBy: UserId.nullable(),
    createdAt: z.iso.datetime(),
    editedAt: z.iso.datetime().nullable(),
    deletedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'StreamEvent' });
export type StreamEvent = z.infer<typeof StreamEvent>;

const clientEventId = ClientEventId.optional().describe('Makes the send repeatable; the header Idempotency-Key does the same');
const mentions = z
  .array(Mention)
  .max(maxMentions)
  .default([])
  .describe('Besides those that are found in the text; whoever may not see the stream is left out');
const maxPayloadBytes = 8_192;
/** The content of an event of the product's own type, as a JSON object. */
const Payload = z
  .record(z.string(), z.json())
  .refine((payload) => utf8Bytes(JSON.stringify(payload)) <= maxPayloadBytes, { error: `must be at most ${maxPayloadBytes} bytes of JSON` })
  .refine(isStorable, { error: 'must not contain the NUL character (U+0000) or half of a surrogate pair' });

export const PostMessage = z.strictObject({
  eventType: z.literal('message').default('message'),
  clientEventId,
  text: MessageText,
  mentions,
});
export const PostPoll = z.strictObject({
  eventType: z.literal('poll'),
  clientEventId,
  question: nameOf(300),
  options: z
    .array(nameOf(120))
    .min(2)
    .max(10)
    .refine((options) => new Set(options).size === options.length, { error: 'must not hold the same option twice' }),
  multiple: z.boolean().default(false),
  closesAt: z.iso.datetime({ offset: true }).optional().describe('In the future'),
});
export const PostFile = z.strictObject({
  eventType: z.literal('file'),
  clientEventId,
  fileId: FileId.describe('Uploaded to this stream by the caller, and complete'),
  text: MessageText.optional(),
  mentions,
});
export const PostOwn = z.strictObject({
  eventType: OwnEventType,
  clientEventId,
  text: MessageText.optional().describe('What a program that does not know the type shows'),
  mentions,
  payload: Payload.default({}),
});
/** An event to post. It is a message unless `eventType` says otherwise. */
export const PostEvent = z.union([PostMessage, PostPoll, PostFile, PostOwn]).meta({ id: 'PostEvent' });
export type PostEvent = z.infer<typeof PostEvent>;

export const EditEvent = z.strictObject({ text: MessageText }).meta({ id: 'EditEvent' });
export type EditEvent = z.infer<typeof EditEvent>;

/** Shares an event into the stream of the address. */
export const ShareEvent = z
  .strictObject({ eventId: EventId, context: descriptionOf(2_000).optional(), clientEventId })
  .meta({ id: 'ShareEvent' });
export type ShareEvent = z.infer<typeof ShareEvent>;

/** One emoji as a reader sees it: a flag, a family or a skin tone counts as one. */
export const Emoji = z
  .string()
  .max(32)
  .refine((text) => /^\p{RGI_Emoji}$/v.test(text), { error: 'must be one emoji' })
  .meta({ id: 'Emoji', example: '👍' });
/** Most different emoji on one event. */
export const maxEmoji = 20;
export const AddReaction = z.strictObject({ emoji: Emoji }).meta({ id: 'AddReaction' });

/** The caller's whole vote. It replaces the earlier one; empty takes the vote back. */
export const CastVotes = z.strictObject({ optionIds: z.array(z.string().max(40)).max(10) }).meta({ id: 'CastVotes' });

/** A text of an event before an edit. Lists have the newest first. */
export const EventVersion = z
  .object({ text: z.string(), mentions: z.array(Mention), at: z.iso.datetime().describe('Since when it said so'), editedBy: UserId })
  .meta({ id: 'EventVersion' });
export type EventVersion = z.infer<typeof EventVersion>;

const position = queryInteger({ min: 0 });

/**
 * A query for one page. Choose one of `after`, `before`, `around` (by `seq`) or `changedAfter` (by `changedSeq`); without any it is the
 * newest page.
 */
export const ListEvents = z
  .strictObject({
    after: position.optional(),
    before: position.optional(),
    around: position.optional(),
    changedAfter: position.optional(),
    limit: queryInteger({ min: 1, max: 200 }).default(50).meta({ default: 50 }),
  })
  .refine((q) => [q.after, q.before, q.around, q.changedAfter].filter((p) => p !== undefined).length <= 1, {
    error: 'give at most one of after, before, around, changedAfter',
  })
  .meta({ id: 'ListEvents' });
export type ListEvents = z.infer<typeof ListEvents>;

/**
 * A page of events, oldest first. `head`: position of the stream when the page was read; `hasMore`: there are more in the requested
 * direction.
 */
export const EventPage = z
  .object({ items: z.array(StreamEvent), head: z.int(), gen: z.string(), hasMore: z.boolean() })
  .meta({ id: 'EventPage' });
export type EventPage = z.infer<typeof EventPage>;
