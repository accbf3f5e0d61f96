import { levelOf } from '../../../contract/policy.ts';
import type { Level } from '../../../contract/policy.ts';
import type { Stream } from '../../../contract/stream.ts';
import type { WorkspaceRole } from '../../../contract/workspace.ts';
import { isoTimeOf } from '../../platform/time-text.ts';
import { maySee } from '../stream.ts';
import type { StreamForCaller } from '../stream.ts';

/** A row of streams with the caller's own row of stream_members. Times are text, for `isoTimeOf`. */
export interface StreamRow {
  id: string;
  workspace_id: string;
  stream_type: Stream['streamType'];
  name: string | null;
  slug: string | null;
  description: string | null;
  parent_stream_id: string | null;
  branched_from_event_id: string | null;
  visibility: Stream['visibility'];
  status: Stream['status'];
  severity: Stream['severity'];
  participants: { id: string; name: string }[] | null;
  promoted_at: string | null;
  gen: string;
  last_seq: number;
  message_count: number;
  counts_rev: number;
  rev: number;
  last_event_at: string | null;
  created_at: string;
  archived_at: string | null;
  member_role: 'owner' | 'admin' | 'member' | null;
  notify_level: Stream['notifyLevel'] | null;
  unread_count: number;
  mention_count: number;
  read_seq: number | null;
  read_rev: number | null;
  last_read_at: string | null;
}

/** SQL that counts events after a member's pointer. Deleted events are subtracted only if the last deleted one is after the pointer. */
export const unreadCount = `coalesce(s.message_count - m.read_ordinal - case when s.last_deleted_ordinal > m.read_ordinal then (
    select count(*) from stream_events d where d.stream_id = s.id and d.ordinal > m.read_ordinal and d.deleted_at is not null
  ) else 0 end, 0)`;

/**
 * SQL that counts mentions of the member after the pointer, by name or @here. Only messages mention, so a member who read the last one
 * skips the subquery.
 */
export const mentionCount = `case when m.read_ordinal < s.message_count then (
    select count(*) from mentions n
    where n.stream_id = s.id and n.user_id in (m.user_id, '@here') and n.seq > m.read_seq and n.actor_id <> m.user_id
  ) else 0 end`;

/** Columns of stream `s` and the caller's row `m` of stream_members, without subqueries. */
export const plainColumns = `s.id, s.workspace_id, s.stream_type, s.name, s.slug, s.description, s.parent_stream_id, s.branched_from_event_id,
  s.visibility, s.status, s.severity, s.promoted_at::text, s.gen, s.last_seq, s.message_count, s.counts_rev, s.rev, s.last_event_at::text,
  s.created_at::text, s.archived_at::text, m.role as member_role, m.notify_level, m.read_seq, m.read_rev, m.last_read_at::text`;

/** Columns with subqueries added: unread counts and DM participants. */
export const streamColumns = `${plainColumns},
  ${unreadCount} as unread_count, ${mentionCount} as mention_count,
  case when s.dm_member_ids is not null then (
    select jsonb_agg(jsonb_build_object('id', du.id, 'name', du.name) order by du.id)
    from users du where du.workspace_id = s.workspace_id and du.id = any(s.dm_member_ids)
  ) end as participants`;

/** The access rank that row `m` alone gives: right where a stream inherits no readers, and for the starter of a thread. */
export const ownRank = `case m.role when 'owner' then 1 when 'admin' then 2 when 'member' then 3 end`;

/** The rank of a member's best role in the streams whose members see stream `s`, 1 for owners; null without one. */
export const accessRankOf = (userId: string): string => `(
      select min(case am.role when 'owner' then 1 when 'admin' then 2 else 3 end) from stream_members am
      where am.stream_id = any(s.access_ids) and am.user_id = ${userId} and am.left_at is null)`;

/**
 * SQL join that computes a member's access to stream `s`, as alias `a`. `access_rank` is the best role in the streams of `access_ids`,
 * `is_public` the effective visibility, and `is_parent_archived` makes a thread read-only.
 */
export const accessOf = (userId: string): string => `cross join lateral (
    select
      ${accessRankOf(userId)} as access_rank,
      case s.visibility when 'inherit'
        then (select r.visibility = 'public' from streams r where r.id = s.access_ids[cardinality(s.access_ids)])
        else s.visibility = 'public' end as is_public,
      s.stream_type = 'thread' and exists (select from streams p where p.id = s.parent_stream_id and p.archived_at is not null)
        as is_parent_archived
  ) a`;

/** SQL condition: access `a` lets the member see the stream. `guest` is a condition. */
export const seesIt = (guest: string): string => `(a.access_rank is not null or (a.is_public and not ${guest}))`;

/** SQL from and where: the workspace members `wm` among the users who can read stream `s` now. Workspace `$1`. */
export const readersAmong = (streamId: string, userIds: string): string => `from workspace_members wm
     join streams s on s.id = ${streamId} and s.workspace_id = wm.workspace_id
     ${accessOf('wm.user_id')}
     where wm.workspace_id = $1 and wm.user_id = any(${userIds}) and wm.removed_at is null and ${seesIt(`(wm.role = 'guest')`)}`;

/** SQL condition: two people have a stream in common, so a guest knows the other. */
export const shareStream = (one: string, other: string): string => `exists (
    select from stream_members mine join stream_members theirs on theirs.stream_id = mine.stream_id
    where mine.workspace_id = $1 and mine.user_id = ${one} and mine.left_at is null and theirs.user_id = ${other} and theirs.left_at is null
  )`;

/** A stream from its row; `level` is the caller's, null where they do not see it. */
function streamOf(row: StreamRow, level: Level | null): Stream {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    streamType: row.stream_type,
    name: row.name,
    slug: row.slug,
    description: row.description,
    parentStreamId: row.parent_stream_id,
    branchedFromEventId: row.branched_from_event_id,
    visibility: row.visibility,
    status: row.status,
    severity: row.severity,
    participants: row.participants,
    promotedAt: row.promoted_at === null ? null : isoTimeOf(row.promoted_at),
    isMember: row.member_role !== null,
    role: row.member_role,
    level,
    unreadCount: row.unread_count,
    mentionCount: row.mention_count,
    readSeq: row.read_seq ?? 0,
    readRev: row.read_rev ?? 0,
    lastReadAt: row.last_read_at === null ? null : isoTimeOf(row.last_read_at),
    notifyLevel: row.notify_level ?? 'default',
    lastSeq: row.last_seq,
    messageCount: row.message_count,
    countsRev: row.counts_rev,
    rev: row.rev,
    gen: row.gen,
    lastEventAt: row.last_event_at === null ? null : isoTimeOf(row.last_event_at),
    createdAt: isoTimeOf(row.created_at),
    archivedAt: row.archived_at === null ? null : isoTimeOf(row.archived_at),
  } as Stream;
}

/** The columns of a caller who sees the stream anyway, from which their level follows. */
export interface ReaderRow extends StreamRow {
  caller_role: WorkspaceRole;
  access_rank: number | null;
}

/** A stream as a caller has it who is known to see it. */
export const streamForReaderOf = (row: ReaderRow): Stream => streamOf(row, levelOf(standingOf(row)));

/** A stream's row beside its caller and what gives them access. */
export interface CallerRow extends ReaderRow {
  access_ids: string[];
  caller_name: string;
  is_public: boolean;
  is_parent_archived: boolean;
}

export const callerColumns =
  's.access_ids, cu.name as caller_name, wm.role as caller_role, a.access_rank, a.is_public, a.is_parent_archived';

const roles = { 1: 'owner', 2: 'admin', 3: 'member' } as const;

const standingOf = (row: ReaderRow) => ({
  streamType: row.stream_type,
  workspaceRole: row.caller_role,
  streamRole: row.member_role ?? undefined,
  accessRole: row.access_rank === null ? undefined : roles[row.access_rank as 1 | 2 | 3],
});

export function streamForCallerOf(row: CallerRow): StreamForCaller {
  const { streamType: _type, ...standing } = standingOf(row);
  const access = { isPublic: row.is_public, caller: { name: row.caller_name, ...standing } };
  return {
    ...access,
    stream: streamOf(row, maySee(access) ? levelOf(standingOf(row)) : null),
    accessIds: row.access_ids,
    isParentArchived: row.is_parent_archived,
  };
}
