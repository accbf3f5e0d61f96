import * as z from 'zod';
import { EventId, StreamId, WorkspaceId } from './ids.ts';
import { descriptionOf, nameOf } from './text.ts';

export const StreamType = z.enum(['channel', 'thread', 'dm', 'incident', 'assistant']).meta({ id: 'StreamType' });
export type StreamType = z.infer<typeof StreamType>;
export const Visibility = z.enum(['public', 'private', 'inherit']).meta({ id: 'Visibility' });
export const StreamStatus = z.enum(['active', 'archived', 'resolved']).meta({ id: 'StreamStatus' });

/** The one container. `isMember`, `unreadCount`, `lastReadAt` and `notifyLevel` are the caller's own view of it. */
export const Stream = z
  .object({
    id: StreamId,
    workspaceId: WorkspaceId,
    streamType: StreamType,
    name: z.string().nullable(),
    slug: z.string().nullable(),
    description: z.string().nullable(),
    parentStreamId: StreamId.nullable(),
    branchedFromEventId: EventId.nullable(),
    visibility: Visibility,
    status: StreamStatus,
    isMember: z.boolean(),
    unreadCount: z.int(),
    lastReadAt: z.iso.datetime().nullable(),
    notifyLevel: z.string(),
    lastSeq: z.int().describe('Position of the last change in the log of the stream; gapless'),
    messageCount: z.int(),
    gen: z.string().describe('Generation of the log; changes only when the log is rebuilt'),
    lastEventAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    archivedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Stream' });
export type Stream = z.infer<typeof Stream>;

export const Slug = z
  .string()
  .regex(/^[\p{Ll}\p{Lo}\p{N}]+(-[\p{Ll}\p{Lo}\p{N}\p{M}]+)*$/u, 'must be lower-case letters and digits, parted by single hyphens')
  .max(80);

export const CreateStream = z
  .strictObject({
    streamType: z.literal('channel').describe('Channels for now'),
    name: nameOf(80),
    slug: Slug.optional().describe('Made from the name unless given; unique in the workspace'),
    description: descriptionOf(500).optional(),
    visibility: z.enum(['public', 'private']).default('public'),
  })
  .meta({ id: 'CreateStream' });
export type CreateStream = z.infer<typeof CreateStream>;
