import { freeSlug, slugStem } from '../../contract/stream.ts';
import type { RecordOf } from '../../contract/transfer.ts';
import type { Transaction } from '../platform/database.ts';

/** The import of a workspace. */
export interface Import {
  readonly sourceWorkspaceId: string;
  readonly exportedAt: Date;
  readonly finished: boolean;
}

/** Locks the import of the workspace: a concurrent import waits for this transaction. */
export async function lockImport(tx: Transaction): Promise<Import | undefined> {
  const [row] = await tx.query<{ source_workspace_id: string; exported_at: Date; finished: boolean }>(
    `select source_workspace_id, exported_at, finished_at is not null as finished from imports where workspace_id = $1 for update`,
    [tx.workspaceId],
  );
  return row && { sourceWorkspaceId: row.source_workspace_id, exportedAt: row.exported_at, finished: row.finished };
}

/** Starts the import; false when the workspace has a stream already. */
export async function insertImport(tx: Transaction, header: RecordOf<'header'>, startedAt: Date): Promise<boolean> {
  const rows = await tx.query(
    `insert into imports (workspace_id, source_workspace_id, exported_at, started_at)
     select $1, $2, $3, $4 where not exists (select from streams where workspace_id = $1)
     on conflict do nothing returning workspace_id`,
    [tx.workspaceId, header.workspaceId, header.exportedAt, startedAt],
  );
  return rows.length > 0;
}

/** Gives the workspace the name in the file. */
export function renameWorkspace(tx: Transaction, name: string): void {
  tx.defer('update workspaces set name = $2 where id = $1', [tx.workspaceId, name]);
}

export async function insertProviders(tx: Transaction, providers: readonly RecordOf<'provider'>[]): Promise<void> {
  await tx.query(
    `insert into providers (id, workspace_id, kind, name, created_at)
     select r.id, $1, r."providerKind", r.name, r."createdAt"
     from jsonb_to_recordset($2::jsonb) as r(id text, "providerKind" text, name text, "createdAt" timestamptz)
     on conflict do nothing`,
    [tx.workspaceId, JSON.stringify(providers)],
  );
}

/** Inserts members and returns the new ones. Existing members stay as they are, also removed ones: a file changes no role. */
export async function insertMembers(
  tx: Transaction,
  members: readonly RecordOf<'member'>[],
): Promise<{ user_id: string; role: string; removed: boolean }[]> {
  return tx.query<{ user_id: string; role: string; removed: boolean }>(
    `with r as (
       select * from jsonb_to_recordset($2::jsonb) as r("userId" text, name text, email text, role text, "createdAt" timestamptz,
         "updatedAt" timestamptz, "joinedAt" timestamptz, "removedAt" timestamptz)
     ), u as (
       insert into users (workspace_id, id, name, email, created_at, updated_at)
       select $1, "userId", name, email, "createdAt", "updatedAt" from r on conflict do nothing
     ), m as (
       insert into workspace_members (workspace_id, user_id, role, joined_at, removed_at)
       select $1, "userId", role, "joinedAt", "removedAt" from r on conflict do nothing returning user_id, role, removed_at
     )
     select user_id, role, removed_at is not null as removed from m order by user_id`,
    [tx.workspaceId, JSON.stringify(members)],
  );
}

/** Inserts streams without readers and returns the number of new ones. They stay hidden until their end is imported. */
export async function insertStreams(tx: Transaction, streams: readonly RecordOf<'stream'>[]): Promise<number> {
  const rows = await tx.query(
    `insert into streams (id, workspace_id, stream_type, name, slug, description, visibility, status, severity, dm_member_ids, promoted_at,
       promoted_by, metadata, gen, last_seq, rev, counts_rev, last_event_at, recent_actor_ids, created_by, created_at, archived_at,
       idempotency_key, access_ids)
     select r.id, $1, r."streamType", r.name, r.slug, r.description, 'inherit', r.status, r.severity, r."dmMemberIds", r."promotedAt",
       r."promotedBy", r.metadata, r.gen, r."lastSeq", r.rev, r."countsRev", r."lastEventAt", r."recentActorIds", r."createdBy",
       r."createdAt", r."archivedAt", r."idempotencyKey", '{}'
     from jsonb_to_recordset($2::jsonb) as r(id text, "streamType" text, name text, slug text, description text, status text, severity text,
       "dmMemberIds" text[], "promotedAt" timestamptz, "promotedBy" text, metadata jsonb, gen text, "lastSeq" bigint, rev bigint,
       "countsRev" bigint, "lastEventAt" timestamptz, "recentActorIds" text[], "createdBy" text, "createdAt" timestamptz,
       "archivedAt" timestamptz, "idempotencyKey" text)
     on conflict do nothing returning id`,
    [tx.workspaceId, JSON.stringify(streams)],
  );
  return rows.length;
}

export async function insertStreamMembers(tx: Transaction, members: readonly RecordOf<'stream_member'>[]): Promise<void> {
  await tx.query(
    `insert into stream_members (stream_id, user_id, workspace_id, role, notify_level, read_seq, read_ordinal, read_rev, last_read_at,
       joined_at, left_at)
     select r."streamId", r."userId", $1, r.role, r."notifyLevel", r."readSeq", r."readOrdinal", r."readRev", r."lastReadAt", r."joinedAt",
       r."leftAt"
     from jsonb_to_recordset($2::jsonb) as r("streamId" text, "userId" text, role text, "notifyLevel" text, "readSeq" bigint,
       "readOrdinal" bigint, "readRev" bigint, "lastReadAt" timestamptz, "joinedAt" timestamptz, "leftAt" timestamptz)
     on conflict do nothing`,
    [tx.workspaceId, JSON.stringify(members)],
  );
}

/** SQL: the import of the stream has not reached its end. Such a stream has no readers and no parent. */
const isOpen = `(cardinality(s.access_ids) = 0 and s.parent_stream_id is null)`;

/** Ids in imported lines. */
export interface Ids {
  readonly users?: Iterable<string>;
  readonly providers?: Iterable<string>;
  readonly streams?: Iterable<string>;
  readonly events?: Iterable<string>;
}
/** The ids that exist in the workspace. */
export interface Known {
  readonly users: ReadonlySet<string>;
  readonly providers: ReadonlySet<string>;
  /** `open`: the end of the stream has not been imported. */
  readonly streams: ReadonlyMap<string, { readonly open: boolean }>;
  /** `optionIds`: the options of a poll; empty for other events. */
  readonly events: ReadonlyMap<string, { readonly streamId: string; readonly open: boolean; readonly optionIds: readonly string[] }>;
}

export async function findKnown(tx: Transaction, ids: Ids): Promise<Known> {
  const rows = await tx.query<KnownRow>(
    `select 'user' as kind, u.id, '' as stream_id, false as open, '[]'::jsonb as option_ids
       from users u where u.workspace_id = $1 and u.id = any($2)
     union all select 'provider', p.id, '', false, '[]' from providers p where p.workspace_id = $1 and p.id = any($3)
     union all select 'stream', s.id, '', ${isOpen}, '[]' from streams s where s.workspace_id = $1 and s.id = any($4)
     union all select 'event', e.id, e.stream_id, ${isOpen}, coalesce(jsonb_path_query_array(p.options, '$[*].id'), '[]')
       from stream_events e join streams s on s.id = e.stream_id left join polls p on e.content_type = 'poll' and p.id = e.content_id
       where e.workspace_id = $1 and e.id = any($5)`,
    [tx.workspaceId, [...(ids.users ?? [])], [...(ids.providers ?? [])], [...(ids.streams ?? [])], [...(ids.events ?? [])]],
  );
  const of = (kind: KnownRow['kind']) => rows.filter((row) => row.kind === kind);
  return {
    users: new Set(of('user').map(({ id }) => id)),
    providers: new Set(of('provider').map(({ id }) => id)),
    streams: new Map(of('stream').map(({ id, open }) => [id, { open }])),
    events: new Map(of('event').map(({ id, stream_id, open, option_ids }) => [id, { streamId: stream_id, open, optionIds: option_ids }])),
  };
}
interface KnownRow {
  kind: 'user' | 'provider' | 'stream' | 'event';
  id: string;
  stream_id: string;
  open: boolean;
  option_ids: string[];
}

/** The counts of a closed stream. */
export interface ClosedStream {
  readonly id: string;
  readonly streamType: string;
  readonly events: number;
  readonly messages: number;
  readonly lastOrdinal: number;
}

/**
 * Numbers the slugs of imported streams that are about to become public where another public stream has them. Streams that are not public
 * keep theirs.
 */
export async function numberSlugs(tx: Transaction, streamIds: readonly string[]): Promise<void> {
  const streams = await tx.query<{ id: string; slug: string }>(
    'select id, slug from streams where workspace_id = $1 and id = any($2) and slug is not null order by created_at, id',
    [tx.workspaceId, streamIds],
  );
  if (streams.length === 0) return;
  const taken = new Set(await listPublicSlugs(tx, streams));
  const numbered: { id: string; slug: string }[] = [];
  for (const { id, slug } of streams) {
    const free = freeSlug(slug, taken);
    taken.add(free);
    if (free !== slug) numbered.push({ id, slug: free });
  }
  if (numbered.length === 0) return;
  await tx.query(
    `update streams s set slug = n.slug from unnest($2::text[], $3::text[]) as n(id, slug) where s.workspace_id = $1 and s.id = n.id`,
    [tx.workspaceId, numbered.map(({ id }) => id), numbered.map(({ slug }) => slug)],
  );
}

/** Lists the slugs of the streams, and all numbered forms of those that are taken, as far as public streams have them. */
async function listPublicSlugs(tx: Transaction, streams: readonly { slug: string }[]): Promise<string[]> {
  const slugs = streams.map(({ slug }) => slug);
  const isPublic = `s.workspace_id = $1 and s.visibility = 'public' and s.slug is not null`;
  const same = await tx.query<{ slug: string }>(`select s.slug from streams s where ${isPublic} and s.slug = any($2)`, [
    tx.workspaceId,
    slugs,
  ]);
  const taken = same.map(({ slug }) => slug);
  const twice = slugs.filter((slug, index) => slugs.indexOf(slug) !== index);
  if (taken.length + twice.length === 0) return [];
  const numbered = await tx.query<{ slug: string }>(
    `select s.slug from streams s where ${isPublic} and exists (select from unnest($2::text[]) stem where starts_with(s.slug, stem))`,
    [tx.workspaceId, [...new Set([...taken, ...twice])].map((slug) => `${slugStem(slug)}-`)],
  );
  return [...taken, ...numbered.map(({ slug }) => slug)];
}

/**
 * Sets the parents and counts of streams. A stream with readers of its own becomes visible now; one that inherits its readers becomes
 * visible at the end of the import.
 */
export async function closeStreams(tx: Transaction, ends: readonly RecordOf<'stream_end'>[]): Promise<ClosedStream[]> {
  const rows = await tx.query<{ id: string; stream_type: string; events: number; messages: number; last_ordinal: number }>(
    `with r as (
       select * from jsonb_to_recordset($2::jsonb) as r("streamId" text, visibility text, "parentStreamId" text, "branchedFromEventId" text)
     ), n as (
       select r."streamId" as id, count(e.id) as events, count(e.ordinal) as messages, coalesce(max(e.ordinal), 0) as last_ordinal,
         count(*) filter (where e.deleted_at is not null and e.ordinal is not null) as deleted,
         coalesce(max(e.ordinal) filter (where e.deleted_at is not null), 0) as last_deleted,
         coalesce(max(e.changed_seq), 0) as last_seq
       from r left join stream_events e on e.stream_id = r."streamId" group by r."streamId"
     )
     update streams s set visibility = r.visibility, parent_stream_id = r."parentStreamId", branched_from_event_id = r."branchedFromEventId",
       access_ids = case when r.visibility = 'inherit' then '{}' else array[s.id] end,
       last_seq = greatest(s.last_seq, n.last_seq), message_count = n.messages, deleted_count = n.deleted,
       last_deleted_ordinal = n.last_deleted
     from r join n on n.id = r."streamId"
     where s.id = r."streamId" and s.workspace_id = $1
     returning s.id, s.stream_type, n.events, n.messages, n.last_ordinal`,
    [tx.workspaceId, JSON.stringify(ends)],
  );
  return rows.map((row) => ({
    id: row.id,
    streamType: row.stream_type,
    events: row.events,
    messages: row.messages,
    lastOrdinal: row.last_ordinal,
  }));
}

/** Moves read pointers that are beyond the last imported event, and sets the event that each one names. */
export function settlePointers(tx: Transaction, streamIds: readonly string[]): void {
  tx.defer(
    `update stream_members m set read_seq = least(m.read_seq, s.last_seq), read_ordinal = least(m.read_ordinal, s.message_count),
       last_read_event_id = (select e.id from stream_events e where e.stream_id = m.stream_id and e.seq = m.read_seq)
     from streams s where s.id = m.stream_id and m.workspace_id = $1 and m.stream_id = any($2)`,
    [tx.workspaceId, streamIds],
  );
}

/** The given events that are the root of a stream already. */
export async function listBranched(tx: Transaction, eventIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select branched_from_event_id as id from streams where workspace_id = $1 and branched_from_event_id = any($2)',
    [tx.workspaceId, eventIds],
  );
  return rows.map(({ id }) => id);
}

/** Makes streams visible to the readers they inherit, and returns the number of streams that still have none. */
export async function settleAccess(tx: Transaction): Promise<number> {
  await tx.query(
    `with recursive tree as (
       select id, access_ids from streams where workspace_id = $1 and cardinality(access_ids) > 0
       union all
       select s.id, case when s.stream_type = 'thread' then t.access_ids else array_prepend(s.id, t.access_ids) end
       from streams s join tree t on s.parent_stream_id = t.id where s.workspace_id = $1 and cardinality(s.access_ids) = 0
     )
     update streams s set access_ids = t.access_ids from tree t where s.id = t.id and cardinality(s.access_ids) = 0`,
    [tx.workspaceId],
  );
  const [row] = await tx.query<{ left: number }>(
    'select count(*) as left from streams where workspace_id = $1 and cardinality(access_ids) = 0',
    [tx.workspaceId],
  );
  return row?.left ?? 0;
}

/** Finishes the import and advances the room of the workspace, so that its subscribers read everything again. */
export function finishImport(tx: Transaction, finishedAt: Date): void {
  tx.defer('update imports set finished_at = $2 where workspace_id = $1', [tx.workspaceId, finishedAt]);
  tx.defer('update workspaces set rev = rev + 1 where id = $1', [tx.workspaceId]);
}
