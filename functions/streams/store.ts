import type { StreamEvent } from '../../contract/event.ts';
import type { WorkspaceRole } from '../../contract/workspace.ts';
import type { Transaction } from '../platform/database.ts';
import { eventColumns, eventJoins, eventOf, streamColumns, streamForCallerOf, streamOf } from './rows.ts';
import type { CallerRow, EventRow, StreamRow } from './rows.ts';
import type { StreamForCaller } from './stream.ts';
import type { Stream } from '../../contract/stream.ts';

const callerMember = `from workspace_members wm join users cu on cu.workspace_id = wm.workspace_id and cu.id = wm.user_id`;
const joinStream = `left join stream_members m on m.stream_id = s.id and m.user_id = wm.user_id and m.left_at is null`;

/** The member and their name, or undefined for who is not in the workspace (any more). */
export async function findMember(tx: Transaction, userId: string): Promise<{ name: string; role: WorkspaceRole } | undefined> {
  const [row] = await tx.query<{ name: string; role: WorkspaceRole }>(
    `select cu.name, wm.role ${callerMember} where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null`,
    [tx.workspaceId, userId],
  );
  return row;
}

/** A stream as one member of its workspace has it. */
export async function findStream(tx: Transaction, userId: string, streamId: string): Promise<StreamForCaller | undefined> {
  const [row] = await tx.query<StreamRow & CallerRow>(
    `select ${streamColumns}, cu.name as caller_name, wm.role as caller_role
     ${callerMember} join streams s on s.workspace_id = wm.workspace_id and s.id = $3 ${joinStream}
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null`,
    [tx.workspaceId, userId, streamId],
  );
  return row && streamForCallerOf(row);
}

/** Several streams at once, as one member has them; what does not exist is left out. */
export async function findStreams(tx: Transaction, userId: string, streamIds: readonly string[]): Promise<StreamForCaller[]> {
  const rows = await tx.query<StreamRow & CallerRow>(
    `select ${streamColumns}, cu.name as caller_name, wm.role as caller_role
     ${callerMember} join streams s on s.workspace_id = wm.workspace_id and s.id = any($3) ${joinStream}
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null`,
    [tx.workspaceId, userId, streamIds],
  );
  return rows.map(streamForCallerOf);
}

/** The streams a member may see, by name from behind a key; names compare by code point. */
export async function listVisibleStreams(
  tx: Transaction,
  userId: string,
  filter: { guest: boolean; type?: string; q?: string; after?: { name: string; id: string }; limit: number },
): Promise<Stream[]> {
  const rows = await tx.query<StreamRow>(
    `select ${streamColumns} from streams s
     left join stream_members m on m.stream_id = s.id and m.user_id = $2 and m.left_at is null
     where s.workspace_id = $1 and s.archived_at is null and s.name is not null
       and (m.user_id is not null or (s.visibility = 'public' and not $3::boolean))
       and ($4::text is null or s.stream_type = $4)
       and ($5::text is null or strpos(lower(s.name), lower($5)) > 0)
       and ($6::text is null or (lower(s.name) collate "C", s.id) > ($6 collate "C", $7))
     order by lower(s.name) collate "C", s.id
     limit $8`,
    [
      tx.workspaceId,
      userId,
      filter.guest,
      filter.type ?? null,
      filter.q || null,
      filter.after?.name ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );
  return rows.map(streamOf);
}

/** The stream that the same caller made with the same key before. */
export async function findStreamByIdempotencyKey(tx: Transaction, userId: string, key: string): Promise<Stream | undefined> {
  const [row] = await tx.query<StreamRow>(
    `select ${streamColumns} from streams s left join stream_members m on m.stream_id = s.id and m.user_id = $2 and m.left_at is null
     where s.workspace_id = $1 and s.created_by = $2 and s.idempotency_key = $3`,
    [tx.workspaceId, userId, key],
  );
  return row && streamOf(row);
}

export interface NewStream {
  id: string;
  streamType: string;
  name: string;
  slug: string | null;
  description: string | null;
  visibility: string;
  gen: string;
  createdBy: string;
  idempotencyKey: string | null;
  createdAt: Date;
}

/** Adds the stream with its creator as owner, unless its slug or its idempotency key is taken: then undefined. */
export async function insertStream(tx: Transaction, stream: NewStream): Promise<Stream | undefined> {
  const [row] = await tx.query<StreamRow>(
    `with s as (
       insert into streams (id, workspace_id, stream_type, name, slug, description, visibility, gen, created_by, idempotency_key, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict do nothing
       returning *
     ), m as (
       insert into stream_members (stream_id, user_id, workspace_id, role, joined_at, last_read_at)
       select id, created_by, workspace_id, 'owner', created_at, created_at from s
       returning *
     )
     select ${streamColumns} from s, m`,
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
    ],
  );
  return row && streamOf(row);
}

/** Takes the next revision of the workspace's own room, under the row lock of the workspace. */
export async function takeWorkspaceRevision(tx: Transaction): Promise<{ rev: number; gen: string }> {
  const [row] = await tx.query<{ rev: number; gen: string }>('update workspaces set rev = rev + 1 where id = $1 returning rev, gen', [
    tx.workspaceId,
  ]);
  if (!row) throw new Error(`The workspace ${tx.workspaceId} has no row`);
  return row;
}

export interface NewMessage {
  id: string;
  streamId: string;
  actorId: string;
  clientEventId: string;
  text: string;
  mentions: readonly unknown[];
  createdAt: Date;
}

/**
 * Appends a message: takes the next position and ordinal under the stream's row lock, stores the event and its text, and moves the
 * author's own pointer. One statement, so that the lock of a busy stream is held for as few round trips as can be.
 * Returns undefined, having changed nothing that a rollback does not undo, when the client event id is taken or the stream was archived.
 */
export async function appendMessage(tx: Transaction, message: NewMessage): Promise<{ seq: number } | undefined> {
  const [row] = await tx.query<{ seq: number }>(
    `with place as (
       update streams set last_seq = last_seq + 1, message_count = message_count + 1, last_event_at = $8
       where id = $3 and workspace_id = $2 and archived_at is null
       returning last_seq, message_count
     ), event as (
       insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id,
         content_type, content_id, created_at)
       select $1, $2, $3, last_seq, last_seq, message_count, 'message', $4, $5, 'text_message', $1, $8 from place
       on conflict (stream_id, actor_id, client_event_id) do nothing
       returning seq, ordinal
     ), text as (
       insert into text_messages (id, workspace_id, content, mentions) select $1, $2, $6, $7::jsonb from event
     ), pointer as (
       update stream_members m set read_seq = event.seq, read_ordinal = event.ordinal, last_read_event_id = $1, last_read_at = $8
       from event where m.stream_id = $3 and m.user_id = $4
     )
     select seq from event`,
    [
      message.id,
      tx.workspaceId,
      message.streamId,
      message.actorId,
      message.clientEventId,
      message.text,
      JSON.stringify(message.mentions),
      message.createdAt,
    ],
  );
  return row;
}

export async function findEventByClientEventId(
  tx: Transaction,
  key: { streamId: string; actorId: string; clientEventId: string },
): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns} from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.actor_id = $3 and e.client_event_id = $4`,
    [tx.workspaceId, key.streamId, key.actorId, key.clientEventId],
  );
  return row && eventOf(row);
}

export async function findEvent(tx: Transaction, streamId: string, eventId: string): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.stream_id = $2 and e.id = $3`,
    [tx.workspaceId, streamId, eventId],
  );
  return row && eventOf(row);
}

/** Takes the next position of the log for a change, under the stream's row lock. */
export async function takePosition(tx: Transaction, streamId: string): Promise<number> {
  const [row] = await tx.query<{ last_seq: number }>(
    'update streams set last_seq = last_seq + 1 where id = $1 and workspace_id = $2 returning last_seq',
    [streamId, tx.workspaceId],
  );
  if (!row) throw new Error(`The stream ${streamId} has no row`);
  return row.last_seq;
}

/** Whether the event is still as the caller saw it is part of the statement: undefined means it was not, and nothing changed. */
export async function updateMessage(
  tx: Transaction,
  change: { eventId: string; seq: number; text: string; expectedSeq: number; editedAt: Date },
): Promise<true | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `with event as (
       update stream_events set changed_seq = $3, edited_at = $6
       where workspace_id = $1 and id = $2 and deleted_at is null and changed_seq = $5
       returning id, content_id
     ), text as (
       update text_messages t set content = $4 from event where t.id = event.content_id
     )
     select id from event`,
    [tx.workspaceId, change.eventId, change.seq, change.text, change.expectedSeq, change.editedAt],
  );
  return row && true;
}

export async function markDeleted(
  tx: Transaction,
  change: { eventId: string; seq: number; expectedSeq: number; deletedAt: Date },
): Promise<true | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `update stream_events set changed_seq = $3, deleted_at = $5
     where workspace_id = $1 and id = $2 and deleted_at is null and changed_seq = $4
     returning id`,
    [tx.workspaceId, change.eventId, change.seq, change.expectedSeq, change.deletedAt],
  );
  return row && true;
}

/** Events from one side of a key, nearest first. */
export async function listEventsBeside(
  tx: Transaction,
  streamId: string,
  side: { key: 'seq' | 'changed_seq'; direction: 'after' | 'before'; position: number; limit: number },
): Promise<StreamEvent[]> {
  const [compare, order] = side.direction === 'after' ? ['>', 'asc'] : ['<', 'desc'];
  const rows = await tx.query<EventRow>(
    `select ${eventColumns} from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.${side.key} ${compare} $3
     order by e.${side.key} ${order} limit $4`,
    [tx.workspaceId, streamId, side.position, side.limit],
  );
  return rows.map(eventOf);
}

/**
 * What changed in several streams behind a position each: at most `limit` events a stream, oldest change first. One statement, whatever
 * the number of streams.
 */
export async function listChanges(
  tx: Transaction,
  behind: readonly { streamId: string; position: number }[],
  limit: number,
): Promise<Map<string, StreamEvent[]>> {
  const rows = await tx.query<EventRow>(
    `select c.* from unnest($2::text[], $3::bigint[]) as b(stream_id, position)
     cross join lateral (
       select ${eventColumns} from stream_events e ${eventJoins}
       where e.workspace_id = $1 and e.stream_id = b.stream_id and e.changed_seq > b.position
       order by e.changed_seq limit $4
     ) c`,
    [tx.workspaceId, behind.map(({ streamId }) => streamId), behind.map(({ position }) => position), limit],
  );
  const events = Map.groupBy(rows.map(eventOf), ({ streamId }) => streamId as string);
  for (const changes of events.values()) changes.sort((a, b) => a.changedSeq - b.changedSeq);
  return events;
}

/** Where the workspace's own room is; undefined for who is not in the workspace. */
export async function findWorkspaceHead(tx: Transaction, userId: string): Promise<{ rev: number; gen: string } | undefined> {
  const [row] = await tx.query<{ rev: number; gen: string }>(
    `select w.rev, w.gen from workspaces w
     join workspace_members wm on wm.workspace_id = w.id and wm.user_id = $2 and wm.removed_at is null
     where w.id = $1`,
    [tx.workspaceId, userId],
  );
  return row;
}
