import * as z from 'zod';
import { ClientEventId, EventId, StreamId, UserId } from './ids.ts';
import { queryInteger } from './query.ts';
import { MessageText } from './text.ts';

export const EventType = z.enum(['message']).meta({ id: 'EventType' });

export const Mention = z
  .strictObject({ type: z.enum(['user', 'here', 'stream']), id: z.string().max(64), label: z.string().max(80).optional() })
  .meta({ id: 'Mention' });

export const MessageContent = z.object({ text: z.string(), mentions: z.array(Mention) }).meta({ id: 'MessageContent' });

/** Anything that happened in a stream. A deleted event keeps its place: `deletedAt` is set and `content` is null. */
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
    content: MessageContent.nullable(),
    replyCount: z.int(),
    createdAt: z.iso.datetime(),
    editedAt: z.iso.datetime().nullable(),
    deletedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'StreamEvent' });
export type StreamEvent = z.infer<typeof StreamEvent>;

export const PostEvent = z
  .strictObject({
    clientEventId: ClientEventId.optional().describe('Makes the send repeatable; the header Idempotency-Key does the same'),
    eventType: z.literal('message').default('message'),
    text: MessageText,
    mentions: z.array(Mention).max(50).default([]),
  })
  .meta({ id: 'PostEvent' });
export type PostEvent = z.infer<typeof PostEvent>;

export const EditEvent = z.strictObject({ text: MessageText }).meta({ id: 'EditEvent' });
export type EditEvent = z.infer<typeof EditEvent>;

const position = queryInteger({ min: 0 });

/** One of `after`, `before`, `around` (by `seq`) or `changedAfter` (by `changedSeq`); none of them means the newest page. */
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

/** Oldest first. `head` was the position of the stream when the page was read; `hasMore`: there is more in the direction asked for. */
export const EventPage = z
  .object({ items: z.array(StreamEvent), head: z.int(), gen: z.string(), hasMore: z.boolean() })
  .meta({ id: 'EventPage' });
export type EventPage = z.infer<typeof EventPage>;
