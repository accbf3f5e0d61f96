import * as z from 'zod';
import { ClientEventId, EventId, ProviderId, StreamId, UserId, WorkspaceId } from './ids.ts';
import { queryInteger } from './query.ts';
import { NotifyLevel, Severity, Slug, StreamRole, StreamStatus, StreamType, Visibility } from './stream.ts';
import { descriptionOf, nameOf } from './text.ts';
import { count, EventRecord, Json, ReactionsRecord, Time, VersionRecord, VotesRecord } from './transfer-event.ts';
import { ProviderKind, WorkspaceRole } from './workspace.ts';

/**
 * A workspace as a file: one JSON object a line (NDJSON), each with its `kind`. The order lets an import read it in one pass: header,
 * workspace, providers, members, streams; then the events of each stream, oldest first, each followed by its versions, reactions and votes;
 * then the events that share another event of any stream; then the members and the end of each stream; then the end of the file.
 * Ids of users stay as they are; an import makes new values for the other ids. Positions, counts, roles and times are kept.
 */
export const exportFormat = 'streambed-export';

/** Fields with ids that an import replaces. `event.payload.*`: each string in it that is such an id as a whole. */
export const exportedIds = [
  'header.workspaceId',
  'workspace.id',
  'provider.id',
  'stream.id',
  'event.id',
  'event.streamId',
  'event.providerId',
  'event.content.mentions.*.id',
  'event.sharedRef.originalEventId',
  'event.file.id',
  'event.payload.*',
  'version.eventId',
  'version.mentions.*.id',
  'reactions.eventId',
  'votes.eventId',
  'stream_member.streamId',
  'stream_end.streamId',
  'stream_end.parentStreamId',
  'stream_end.branchedFromEventId',
] as const;

/** Fields with times that differ after an import. */
export const exportedTimes = ['header.exportedAt', 'workspace.createdAt'] as const;

/** Parts of a workspace that its file leaves out. */
export const notExported = [
  'notifications',
  'content of files',
  'files that no event shows',
  'text of deleted events',
  'api keys',
  'audit log',
  'retention',
] as const;

export const HeaderRecord = z.strictObject({
  kind: z.literal('header'),
  format: z.literal(exportFormat, `must be "${exportFormat}": this is no file of ours`),
  version: z.literal(1, 'must be 1: another version is not understood here'),
  workspaceId: WorkspaceId,
  exportedAt: Time.describe('What was written until then is in the file'),
  ids: z.array(descriptionOf(100)).max(100),
  times: z.array(descriptionOf(100)).max(100),
  leftOut: z.array(descriptionOf(100)).max(100),
});
export type HeaderRecord = z.infer<typeof HeaderRecord>;

const WorkspaceRecord = z.strictObject({ kind: z.literal('workspace'), id: WorkspaceId, name: nameOf(80), createdAt: Time });

const ProviderRecord = z.strictObject({
  kind: z.literal('provider'),
  id: ProviderId,
  providerKind: ProviderKind,
  name: nameOf(80),
  createdAt: Time,
});

const MemberRecord = z.strictObject({
  kind: z.literal('member'),
  userId: UserId,
  name: nameOf(80),
  email: z.email().max(254).nullable(),
  role: WorkspaceRole,
  createdAt: Time,
  updatedAt: Time,
  joinedAt: Time,
  removedAt: Time.nullable(),
});

const StreamRecord = z
  .strictObject({
    kind: z.literal('stream'),
    id: StreamId,
    streamType: StreamType,
    name: nameOf(80).nullable(),
    slug: Slug.nullable(),
    description: descriptionOf(500).nullable(),
    status: StreamStatus,
    severity: Severity.nullable(),
    dmMemberIds: z.array(UserId).min(1).max(100).nullable(),
    promotedAt: Time.nullable(),
    promotedBy: UserId.nullable(),
    metadata: Json.nullable(),
    gen: z.string().regex(/^[\w-]{1,40}$/, 'must be 1 to 40 letters, digits, _ or -'),
    lastSeq: count.describe('Position of the last change'),
    rev: count,
    countsRev: count,
    lastEventAt: Time.nullable(),
    recentActorIds: z.array(UserId).max(3),
    createdBy: UserId,
    createdAt: Time,
    archivedAt: Time.nullable(),
    idempotencyKey: ClientEventId.nullable(),
  })
  .refine((stream) => (stream.streamType === 'dm') === (stream.dmMemberIds !== null), {
    error: 'is for DMs, and only for them',
    path: ['dmMemberIds'],
  })
  .refine((stream) => stream.name !== null || stream.streamType === 'thread' || stream.streamType === 'dm', {
    error: 'is needed for streams of this type',
    path: ['name'],
  })
  .refine((stream) => (stream.status === 'archived') === (stream.archivedAt !== null), {
    error: 'must be there exactly when the status is archived',
    path: ['archivedAt'],
  });

const StreamMemberRecord = z.strictObject({
  kind: z.literal('stream_member'),
  streamId: StreamId,
  userId: UserId,
  role: StreamRole,
  notifyLevel: NotifyLevel,
  readSeq: count,
  readOrdinal: count,
  readRev: count,
  lastReadAt: Time.nullable(),
  joinedAt: Time,
  leftAt: Time.nullable(),
});

/** The end of a stream: its branching point, its visibility, and the counts that it must have. */
const StreamEndRecord = z
  .strictObject({
    kind: z.literal('stream_end'),
    streamId: StreamId,
    visibility: Visibility,
    parentStreamId: StreamId.nullable(),
    branchedFromEventId: EventId.nullable(),
    events: count.describe('How many events it has'),
    messages: count.describe('How many of them count as messages'),
  })
  .refine((end) => (end.parentStreamId === null) === (end.branchedFromEventId === null), {
    error: 'must be there exactly when there is a parentStreamId',
    path: ['branchedFromEventId'],
  })
  .refine((end) => end.visibility !== 'inherit' || end.parentStreamId !== null, {
    error: 'needs a stream to inherit from',
    path: ['visibility'],
  });

const EndRecord = z.strictObject({ kind: z.literal('end'), records: count.describe('How many lines stand before this one') });

/** One line of the file. */
export const ExportRecord = z
  .discriminatedUnion('kind', [
    HeaderRecord,
    WorkspaceRecord,
    ProviderRecord,
    MemberRecord,
    StreamRecord,
    EventRecord,
    VersionRecord,
    ReactionsRecord,
    VotesRecord,
    StreamMemberRecord,
    StreamEndRecord,
    EndRecord,
  ])
  .meta({ id: 'ExportRecord' });
export type ExportRecord = z.infer<typeof ExportRecord>;
export type RecordOf<Kind extends ExportRecord['kind']> = Extract<ExportRecord, { kind: Kind }>;

export const ExportQuery = z.strictObject({
  limit: queryInteger({ min: 1, max: 1_000 }).default(200).meta({ default: 200 }),
  cursor: z.string().max(512).optional(),
});

/** The next lines of a file, in their order: at most 1,000, and 256 KB. Lines that were imported before change nothing. */
export const ImportRecords = z.strictObject({ records: z.array(ExportRecord).min(1).max(1_000) }).meta({ id: 'ImportRecords' });

/** The result of an import. `added`: the records that were new. `finished`: the end of the file was imported. */
export const Imported = z
  .object({ records: z.int(), added: z.object({ members: z.int(), streams: z.int(), events: z.int() }), finished: z.boolean() })
  .meta({ id: 'Imported' });
export type Imported = z.infer<typeof Imported>;
