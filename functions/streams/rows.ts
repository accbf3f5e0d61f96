import type { StreamEvent } from '../../contract/event.ts';
import type { Stream } from '../../contract/stream.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import type { StreamForCaller } from './stream.ts';

/** A row of streams beside the caller's own row of stream_members. */
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
  gen: string;
  last_seq: number;
  message_count: number;
  last_event_at: Date | null;
  created_at: Date;
  archived_at: Date | null;
  member_role: 'owner' | 'admin' | 'member' | null;
  notify_level: string | null;
  read_ordinal: number | null;
  last_read_at: Date | null;
}

export const streamColumns = `s.id, s.workspace_id, s.stream_type, s.name, s.slug, s.description, s.parent_stream_id, s.branched_from_event_id,
  s.visibility, s.status, s.gen, s.last_seq, s.message_count, s.last_event_at, s.created_at, s.archived_at,
  m.role as member_role, m.notify_level, m.read_ordinal, m.last_read_at`;

export function streamOf(row: StreamRow): Stream {
  const isMember = row.member_role !== null;
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
    isMember,
    unreadCount: isMember ? row.message_count - (row.read_ordinal ?? 0) : 0,
    lastReadAt: row.last_read_at?.toISOString() ?? null,
    notifyLevel: row.notify_level ?? 'default',
    lastSeq: row.last_seq,
    messageCount: row.message_count,
    gen: row.gen,
    lastEventAt: row.last_event_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    archivedAt: row.archived_at?.toISOString() ?? null,
  } as Stream;
}

export interface CallerRow {
  caller_name: string;
  caller_role: WorkspaceRole;
}

export const streamForCallerOf = (row: StreamRow & CallerRow): StreamForCaller => ({
  stream: streamOf(row),
  caller: { name: row.caller_name, workspaceRole: row.caller_role, streamRole: row.member_role ?? undefined },
});

/** A row of stream_events beside its text and its actor's name. */
export interface EventRow {
  id: string;
  stream_id: string;
  seq: number;
  changed_seq: number;
  event_type: StreamEvent['eventType'];
  actor_id: string;
  actor_name: string | null;
  client_event_id: string;
  content: string | null;
  mentions: NonNullable<StreamEvent['content']>['mentions'] | null;
  created_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
}

export const eventColumns = `e.id, e.stream_id, e.seq, e.changed_seq, e.event_type, e.actor_id, u.name as actor_name, e.client_event_id,
  t.content, t.mentions, e.created_at, e.edited_at, e.deleted_at`;

export const eventJoins = `left join text_messages t on e.content_type = 'text_message' and t.id = e.content_id
  left join users u on u.workspace_id = e.workspace_id and u.id = e.actor_id`;

/** What was deleted is not told, wherever it is read. */
export function eventOf(row: EventRow): StreamEvent {
  return {
    id: row.id,
    streamId: row.stream_id,
    seq: row.seq,
    changedSeq: row.changed_seq,
    eventType: row.event_type,
    actorId: row.actor_id,
    actorName: row.actor_name ?? row.actor_id,
    clientEventId: row.client_event_id,
    content: row.deleted_at !== null || row.content === null ? null : { text: row.content, mentions: row.mentions ?? [] },
    replyCount: 0,
    createdAt: row.created_at.toISOString(),
    editedAt: row.edited_at?.toISOString() ?? null,
    deletedAt: row.deleted_at?.toISOString() ?? null,
  } as StreamEvent;
}
