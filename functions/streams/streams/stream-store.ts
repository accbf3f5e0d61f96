import { slugStem } from '../../../contract/stream.ts';
import type { ListStreams, Stream, StreamType } from '../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';
import type { Transaction } from '../../platform/database.ts';
import { isDuplicate } from '../../platform/errors.ts';
import {
  accessOf,
  callerColumns,
  ownRank,
  plainColumns,
  seesIt,
  streamColumns,
  streamForCallerOf,
  streamForReaderOf,
} from './stream-rows.ts';
import type { CallerRow, ReaderRow } from './stream-rows.ts';
import type { PlainStream, StreamForCaller } from '../stream.ts';

/** Finds the role of a member; undefined for users outside the workspace. */
export async function findRole(tx: Transaction, userId: string): Promise<WorkspaceRole | undefined> {
  const [row] = await tx.query<{ role: WorkspaceRole }>(
    'select role from workspace_members where workspace_id = $1 and user_id = $2 and removed_at is null',
    [tx.workspaceId, userId],
  );
  return row?.role;
}

/** Finds a stream with one member's view of it. */
export async function findStream(tx: Transaction, userId: string, streamId: string): Promise<StreamForCaller | undefined> {
  const [found] = await findStreams(tx, userId, [streamId]);
  return found;
}

const forCaller = `workspace_members wm
     join users cu on cu.workspace_id = wm.workspace_id and cu.id = wm.user_id
     join streams s on s.workspace_id = wm.workspace_id
     left join stream_members m on m.stream_id = s.id and m.user_id = wm.user_id and m.left_at is null
     ${accessOf('wm.user_id')}`;

/** Finds several streams with one member's view; missing ones are left out. */
export async function findStreams(tx: Transaction, userId: string, streamIds: readonly string[]): Promise<StreamForCaller[]> {
  const rows = await tx.query<CallerRow>(
    `select ${streamColumns}, ${callerColumns} from ${forCaller}
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null and s.id = any($3)`,
    [tx.workspaceId, userId, streamIds],
  );
  return rows.map(streamForCallerOf);
}

/** Finds a stream with a member's view, without unread counts and DM participants. */
export async function findPlainStream(
  tx: Transaction,
  userId: string,
  streamId: string,
): Promise<StreamForCaller<PlainStream> | undefined> {
  const [row] = await tx.query<CallerRow>(
    `select ${plainColumns}, ${callerColumns} from ${forCaller}
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null and s.id = $3`,
    [tx.workspaceId, userId, streamId],
  );
  return row && streamForCallerOf(row);
}

/** The thread that branched from an event, as a member has it. */
export const findBranch = (tx: Transaction, userId: string, eventId: string): Promise<StreamForCaller | undefined> =>
  findWhere(tx, userId, 's.branched_from_event_id = $3', eventId);

/** The stream that the same caller made with the same key before. */
export const findStreamByIdempotencyKey = (tx: Transaction, userId: string, key: string): Promise<StreamForCaller | undefined> =>
  findWhere(tx, userId, 's.created_by = $2 and s.idempotency_key = $3', key);

/** Finds the hash of the request that made a stream. */
export async function findRequestHash(tx: Transaction, streamId: string): Promise<Buffer | null> {
  const [row] = await tx.query<{ request_hash: Buffer | null }>('select request_hash from streams where workspace_id = $1 and id = $2', [
    tx.workspaceId,
    streamId,
  ]);
  return row?.request_hash ?? null;
}

/** The DM of exactly these people, in order of their ids. */
export const findDm = (tx: Transaction, userId: string, memberIds: readonly string[]): Promise<StreamForCaller | undefined> =>
  findWhere(tx, userId, 's.dm_member_ids = $3', memberIds);

/** The one stream that a condition on `s` with the parameter $3 names, as a member has it. */
async function findWhere(tx: Transaction, userId: string, condition: string, value: unknown): Promise<StreamForCaller | undefined> {
  const [row] = await tx.query<CallerRow>(
    `select ${streamColumns}, ${callerColumns} from ${forCaller}
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null and ${condition}`,
    [tx.workspaceId, userId, value],
  );
  return row && streamForCallerOf(row);
}

const openStatuses = { open: ['active', 'resolved'], any: ['active', 'resolved', 'archived'] } as const;

/**
 * Lists the streams a member may see after a key, by name or by activity; names compare by code point. Threads are included only if
 * followed.
 */
export async function listVisibleStreams(
  tx: Transaction,
  userId: string,
  filter: Omit<ListStreams, 'cursor'> & { workspaceRole: WorkspaceRole; after?: { key: string; id: string } },
): Promise<Stream[]> {
  const byName = filter.sort === 'name';
  // The clock has milliseconds, so the key has them too.
  const activity = '(extract(epoch from coalesce(s.last_event_at, s.created_at)) * 1000)::bigint';
  const rows = await tx.query<ReaderRow>(
    `select ${streamColumns}, $3 as caller_role, a.access_rank from streams s
     left join stream_members m on m.stream_id = s.id and m.user_id = $2 and m.left_at is null
     ${accessOf('$2')}
     where s.workspace_id = $1 and s.status = any($8)
       and (m.user_id is not null or s.stream_type <> 'thread')
       and ${seesIt(`($3::text = 'guest')`)}
       and ($4::text is null or s.stream_type = $4)
       and ($5::text is null or strpos(lower(s.name), lower($5)) > 0)
       and ($9::boolean is null or (m.user_id is not null) = $9)
       and ($10::text is null or s.parent_stream_id = $10)
       and ${
         byName
           ? `($6::text is null or (lower(coalesce(s.name, '')) collate "C", s.id) > (lower($6) collate "C", $7))`
           : `($6::bigint is null or (${activity}, s.id) < ($6::bigint, $7))`
       }
     order by ${byName ? `lower(coalesce(s.name, '')) collate "C", s.id` : `${activity} desc, s.id desc`}
     limit $11`,
    [
      tx.workspaceId,
      userId,
      filter.workspaceRole,
      filter.type ?? null,
      filter.q || null,
      filter.after?.key ?? null,
      filter.after?.id ?? null,
      filter.status === 'open' || filter.status === 'any' ? openStatuses[filter.status] : [filter.status],
      filter.member === undefined ? null : filter.member === 'true',
      filter.parent ?? null,
      filter.limit,
    ],
  );
  return rows.map(streamForReaderOf);
}

/** Finds the streams with a slug that the member can see. Several private streams may have the same one. */
export async function findStreamsBySlug(tx: Transaction, userId: string, slug: string): Promise<{ id: string; streamType: StreamType }[]> {
  return tx.query<{ id: string; streamType: StreamType }>(
    `select s.id, s.stream_type as "streamType"
     from workspace_members wm join streams s on s.workspace_id = wm.workspace_id ${accessOf('wm.user_id')}
     where wm.workspace_id = $1 and wm.user_id = $2 and s.slug = $3 and ${seesIt(`(wm.role = 'guest')`)}`,
    [tx.workspaceId, userId, slug],
  );
}

/** Lists the slug and its numbered forms, as far as public streams other than this one have them. */
export async function listPublicSlugs(tx: Transaction, slug: string, streamId: string): Promise<string[]> {
  const rows = await tx.query<{ slug: string }>(
    `select slug from streams
     where workspace_id = $1 and visibility = 'public' and id <> $2 and (slug = $3 or starts_with(slug, $4))`,
    [tx.workspaceId, streamId, slug, `${slugStem(slug)}-`],
  );
  return rows.map((row) => row.slug);
}

export interface NewStream {
  id: string;
  streamType: string;
  name: string | null;
  slug: string | null;
  description: string | null;
  visibility: string;
  severity: string | null;
  parentStreamId: string | null;
  branchedFromEventId: string | null;
  accessIds: readonly string[];
  dmMemberIds: readonly string[] | null;
  gen: string;
  createdBy: string;
  idempotencyKey: string | null;
  /** Hash of the request's body, where the request had a key. */
  requestHash?: Buffer | null;
  createdAt: Date;
}

/** Inserts the stream with its members, the creator included. Undefined when slug, key, participants or branch are taken. */
export async function insertStream(
  tx: Transaction,
  stream: NewStream,
  members: readonly { userId: string; role: string }[],
): Promise<Stream | undefined> {
  const [row] = await tx.query<ReaderRow>(
    `with s as (
       insert into streams (id, workspace_id, stream_type, name, slug, description, visibility, gen, created_by, idempotency_key, created_at,
         severity, parent_stream_id, branched_from_event_id, access_ids, dm_member_ids, request_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $19)
       on conflict do nothing
       returning *
     ), added as (
       insert into stream_members (stream_id, user_id, workspace_id, role, joined_at, last_read_at)
       select s.id, n.user_id, s.workspace_id, n.role, s.created_at, s.created_at from s, unnest($17::text[], $18::text[]) as n(user_id, role)
       returning *
     )
     select ${streamColumns}, wm.role as caller_role, ${ownRank} as access_rank from s join added m on m.user_id = s.created_by
     join workspace_members wm on wm.workspace_id = s.workspace_id and wm.user_id = s.created_by`,
    [
      stream.id,
      tx.workspaceId,
      stream.streamType,
      stream.name,
      stream.slug,
      stream.description,
      stream.visibility,
      stream.gen,
      stream.createdBy,
      stream.idempotencyKey,
      stream.createdAt,
      stream.severity,
      stream.parentStreamId,
      stream.branchedFromEventId,
      stream.accessIds,
      stream.dmMemberIds,
      members.map(({ userId }) => userId),
      members.map(({ role }) => role),
      stream.requestHash ?? null,
    ],
  );
  return row && streamForReaderOf(row);
}

/** Settings of a stream to change; undefined fields stay. */
export interface StreamSettings {
  streamType?: string;
  name?: string;
  slug?: string | null;
  description?: string | null;
  visibility?: string;
  accessIds?: readonly string[];
  status?: string;
  severity?: string | null;
  archivedAt?: Date | null;
  promotedAt?: Date;
  promotedBy?: string;
}

const settingColumns: Record<keyof StreamSettings, string> = {
  streamType: 'stream_type',
  name: 'name',
  slug: 'slug',
  description: 'description',
  visibility: 'visibility',
  accessIds: 'access_ids',
  status: 'status',
  severity: 'severity',
  archivedAt: 'archived_at',
  promotedAt: 'promoted_at',
  promotedBy: 'promoted_by',
};

/**
 * Updates settings and their revision. False if another public stream took the slug of a public one, or the settings changed; the transaction
 * cannot continue then.
 */
export async function updateSettings(
  tx: Transaction,
  streamId: string,
  settings: StreamSettings,
  expectedRev: number | undefined,
): Promise<boolean> {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined) as [keyof StreamSettings, unknown][];
  const set = given.map(([key], index) => `${settingColumns[key]} = $${index + 4}`);
  const valueOf = (key: keyof StreamSettings) => `$${given.findIndex(([one]) => one === key) + 4}`;
  const visibility = settings.visibility === undefined ? 'streams.visibility' : `${valueOf('visibility')}::text`;
  const slug =
    settings.slug === undefined
      ? ''
      : ` and (${visibility} <> 'public' or not exists (
       select from streams o where o.workspace_id = $2 and o.slug = ${valueOf('slug')} and o.visibility = 'public' and o.id <> $1))`;
  try {
    const rows = await tx.query<{ id: string }>(
      `update streams set rev = rev + 1, ${set.join(', ')}
       where id = $1 and workspace_id = $2 and ($3::bigint is null or rev = $3)${slug} returning id`,
      [streamId, tx.workspaceId, expectedRev ?? null, ...given.map(([, value]) => value)],
    );
    return rows.length > 0;
  } catch (error) {
    // The slug was free when checked, and was taken concurrently.
    if (isDuplicate(error)) return false;
    throw error;
  }
}
