import * as z from 'zod';
import { EventId, StreamId, UserId, WorkspaceId } from './ids.ts';
import { queryInteger } from './query.ts';
import { descriptionOf, nameOf, storable } from './text.ts';

export const StreamType = z.enum(['channel', 'thread', 'dm', 'incident', 'assistant']).meta({ id: 'StreamType' });
export type StreamType = z.infer<typeof StreamType>;
/** Visibility of a stream. `inherit`: the readers of the parent, at the time of the request. */
export const Visibility = z.enum(['public', 'private', 'inherit']).meta({ id: 'Visibility' });
export type Visibility = z.infer<typeof Visibility>;
export const StreamStatus = z.enum(['active', 'archived', 'resolved']).meta({ id: 'StreamStatus' });
export type StreamStatus = z.infer<typeof StreamStatus>;
/** Severity of an incident, worst first. */
export const Severity = z.enum(['sev1', 'sev2', 'sev3', 'sev4']).meta({ id: 'Severity' });
export type Severity = z.infer<typeof Severity>;
export const StreamRole = z.enum(['owner', 'admin', 'member']).meta({ id: 'StreamRole' });
export type StreamRole = z.infer<typeof StreamRole>;
/**
 * A caller's standing in a stream; `contract/policy.ts` says what it allows. `insider`: not in the stream, but in a stream that it inherits
 * its readers from. `visitor`: sees the stream because everybody does. `guest`: a guest of the workspace who has access.
 */
export const StreamLevel = z.enum(['owner', 'admin', 'member', 'guest', 'insider', 'visitor']).meta({ id: 'StreamLevel' });
/** Notify levels. `default`: badges for everything, notifications for mentions. `none`: neither. */
export const NotifyLevel = z.enum(['default', 'all', 'mentions', 'none']).meta({ id: 'NotifyLevel' });
export type NotifyLevel = z.infer<typeof NotifyLevel>;

/** A person as shown beside an event or a stream. */
export const Person = z.object({ id: UserId, name: z.string() }).meta({ id: 'Person' });
export type Person = z.infer<typeof Person>;

/**
 * The read state of a member in a stream, with absolute counts of unread messages. `rev` grows with each change; of two states the one with
 * the higher `rev` is the newer.
 */
export const ReadState = z
  .object({
    rev: z.int(),
    readSeq: z.int().describe('Everything up to this position is read'),
    unreadCount: z.int(),
    mentionCount: z.int().describe('How many of the unread mention the member, by name or with @here'),
    lastReadAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ReadState' });
export type ReadState = z.infer<typeof ReadState>;

/** The one container. `isMember`, `role`, `level`, `read`, `unreadCount`, `lastReadAt` and `notifyLevel` are the caller's own view of it. */
export const Stream = z
  .object({
    id: StreamId,
    workspaceId: WorkspaceId,
    streamType: StreamType,
    name: z.string().nullable().describe('null for threads that were not promoted, and for DMs: show their participants'),
    slug: z.string().nullable(),
    description: z.string().nullable(),
    parentStreamId: StreamId.nullable(),
    branchedFromEventId: EventId.nullable().describe('The event of the parent that it branched from'),
    visibility: Visibility,
    status: StreamStatus,
    severity: Severity.nullable().describe('Incidents only'),
    participants: z.array(Person).nullable().describe('DMs only: everyone in it, the caller too'),
    promotedAt: z.iso.datetime().nullable(),
    isMember: z.boolean(),
    role: StreamRole.nullable(),
    level: StreamLevel.nullable()
      .default(null)
      .describe('Decides what the caller may do; null where a frame carries the stream to several readers'),
    unreadCount: z.int(),
    mentionCount: z.int(),
    readSeq: z.int(),
    readRev: z.int(),
    lastReadAt: z.iso.datetime().nullable(),
    notifyLevel: NotifyLevel,
    lastSeq: z.int().describe('Position of the last change in the log of the stream; gapless'),
    messageCount: z.int().describe('Messages so far, the deleted ones too'),
    countsRev: z.int().describe('Grows when counts change otherwise than by a new message; then own counts are to be read anew'),
    rev: z.int().describe('Grows with each change of the settings; their ETag'),
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

/** Start that a slug shares with its numbered forms. */
export const slugStem = (slug: string): string => slug.slice(0, 76).replace(/-+$/, '');

/** The slug itself unless it is taken, otherwise its stem with the next free number. */
export function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  if (!taken.has(slug)) return slug;
  for (let n = 2; ; n++) {
    const numbered = `${slugStem(slug)}-${n}`;
    if (!taken.has(numbered)) return numbered;
  }
}

/** Most people in a DM, and most people added in one call. */
export const maxDmMembers = 9;
export const maxInvites = 100;

const name = nameOf(80);
const description = descriptionOf(500);
const named = {
  name,
  slug: Slug.optional().describe('Made from the name unless given; another stream that the caller sees may not have it'),
  description: description.optional(),
  visibility: z.enum(['public', 'private']).default('public'),
};

export const CreateStream = z
  .discriminatedUnion('streamType', [
    z.strictObject({ streamType: z.literal('channel'), ...named }),
    z.strictObject({ streamType: z.literal('incident'), ...named, severity: Severity.default('sev3') }),
    z.strictObject({
      streamType: z.literal('dm'),
      memberIds: z.array(UserId).min(1).max(maxDmMembers).describe('The caller is added where missing; the same people give the same DM'),
    }),
  ])
  .meta({ id: 'CreateStream' });
export type CreateStream = z.infer<typeof CreateStream>;

/** A change of at least one field. `status`: `archived` archives, `active` brings back or reopens, `resolved` is for incidents. */
export const UpdateStream = z
  .strictObject({
    name: name.optional(),
    slug: Slug.optional(),
    description: description.nullable().optional().describe('null or empty takes it away'),
    visibility: z.enum(['public', 'private']).optional(),
    status: StreamStatus.optional(),
    severity: Severity.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), { error: 'give at least one field to change' })
  .meta({ id: 'UpdateStream' });
export type UpdateStream = z.infer<typeof UpdateStream>;

export const CreateThread = z.strictObject({ eventId: EventId, name: name.optional() }).meta({ id: 'CreateThread' });
export type CreateThread = z.infer<typeof CreateThread>;

/** Promotion of a thread. Visibility `inherit` keeps the readers of the parent, as before. */
export const PromoteStream = z
  .strictObject({
    streamType: z.enum(['channel', 'incident']),
    name,
    slug: Slug.optional(),
    description: description.optional(),
    severity: Severity.optional().describe('Incidents only; sev3 unless told'),
    visibility: Visibility.default('inherit'),
  })
  .meta({ id: 'PromoteStream' });
export type PromoteStream = z.infer<typeof PromoteStream>;

/** The position to mark as read up to; without it, the end. */
export const MarkRead = z.strictObject({ seq: z.int().min(0).optional() }).meta({ id: 'MarkRead' });
/** Marks an event and all events behind it as unread. */
export const MarkUnread = z.strictObject({ eventId: EventId }).meta({ id: 'MarkUnread' });

export const StreamMember = z
  .object({
    user: Person,
    role: StreamRole,
    workspaceRole: z.enum(['owner', 'admin', 'member', 'guest']),
    joinedAt: z.iso.datetime(),
  })
  .meta({ id: 'StreamMember' });
export type StreamMember = z.infer<typeof StreamMember>;

/** A stream without an owner, as owners of the workspace see it: nothing of its name or content. */
export const OwnerlessStream = z
  .object({ id: StreamId, createdAt: z.iso.datetime(), memberCount: z.int().describe('Members who can read it still; none, maybe') })
  .meta({ id: 'OwnerlessStream' });
export type OwnerlessStream = z.infer<typeof OwnerlessStream>;

export const InviteMembers = z
  .strictObject({ userIds: z.array(UserId).min(1).max(maxInvites), role: StreamRole.default('member') })
  .meta({ id: 'InviteMembers' });
/** A change of a membership. The member sets `notifyLevel`; a manager of the stream sets `role`. */
export const UpdateStreamMember = z
  .strictObject({ role: StreamRole.optional(), notifyLevel: NotifyLevel.optional() })
  .refine((change) => change.role !== undefined || change.notifyLevel !== undefined, { error: 'give role or notifyLevel' })
  .meta({ id: 'UpdateStreamMember' });

/** A query for streams, by name. `sort=activity`: newest event first. */
export const ListStreams = z.strictObject({
  type: StreamType.optional(),
  status: z
    .enum(['active', 'archived', 'resolved', 'open', 'any'])
    .default('open')
    .describe('open: active or resolved')
    .meta({ default: 'open' }),
  member: z.enum(['true', 'false']).optional().describe('true: only those the caller is in; threads are listed only so'),
  parent: StreamId.optional(),
  sort: z.enum(['name', 'activity']).default('name').meta({ default: 'name' }),
  q: storable.trim().max(80).optional(),
  limit: queryInteger({ min: 1, max: 200 }).default(50).meta({ default: 50 }),
  cursor: z.string().max(512).optional(),
});
export type ListStreams = z.infer<typeof ListStreams>;
