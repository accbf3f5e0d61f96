import type { EventVersion, Mention, StreamEvent } from '../../../contract/event.ts';
import type { Transaction } from '../../platform/database.ts';

/**
 * Replaces the text of an event and keeps the previous version. The statement itself checks that the event is unchanged since the caller
 * saw it; undefined means it was not, and nothing changed.
 */
export async function updateText(
  tx: Transaction,
  change: {
    eventId: string;
    seq: number;
    text: string;
    mentions: readonly Mention[];
    expectedSeq: number;
    editedAt: Date;
    editedBy: string;
  },
): Promise<true | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `with before as (
       select e.id, t.content, t.mentions, coalesce(e.edited_at, e.created_at) as valid_from
       from stream_events e join text_messages t on t.id = e.id
       where e.workspace_id = $1 and e.id = $2 and e.deleted_at is null and e.changed_seq = $5
     ), event as (
       update stream_events e set changed_seq = $3, edited_at = $6 from before where e.id = before.id returning e.id
     ), version as (
       insert into event_versions (workspace_id, event_id, changed_seq, content, mentions, valid_from, edited_by)
       select $1, before.id, $3, before.content, before.mentions, before.valid_from, $8 from before
     ), text as (
       update text_messages t set content = $4, mentions = $7::jsonb from event where t.id = event.id
     )
     select id from event`,
    [
      tx.workspaceId,
      change.eventId,
      change.seq,
      change.text,
      change.expectedSeq,
      change.editedAt,
      JSON.stringify(change.mentions),
      change.editedBy,
    ],
  );
  return row && true;
}

/** Lists the texts of an event before its edits, newest first: at most 100. */
export async function listVersionsOf(tx: Transaction, eventId: string): Promise<EventVersion[]> {
  const rows = await tx.query<{ content: string; mentions: Mention[]; valid_from: Date; edited_by: string }>(
    `select content, mentions, valid_from, edited_by from event_versions
     where workspace_id = $1 and event_id = $2 order by changed_seq desc limit 100`,
    [tx.workspaceId, eventId],
  );
  return rows.map(
    (row) => ({ text: row.content, mentions: row.mentions, at: row.valid_from.toISOString(), editedBy: row.edited_by }) as EventVersion,
  );
}

/** Deletes the texts of an event before its edits, has what was made of them wait to be purged, and returns their number. */
export async function deleteVersionsOf(tx: Transaction, event: Pick<StreamEvent, 'id' | 'streamId' | 'seq'>, at: Date): Promise<number> {
  const [row] = await tx.query<{ versions: number }>(
    `with gone as (
       delete from event_versions where workspace_id = $1 and event_id = $2 returning content
     ), purge as (
       insert into purges (event_id, workspace_id, stream_id, seq, kind, texts, requested_at)
       select $2, $1, $3, $4, 'versions', array_agg(content), $5 from gone having count(*) > 0
       on conflict (event_id) do update set texts = purges.texts || excluded.texts
     )
     select count(*) as versions from gone`,
    [tx.workspaceId, event.id, event.streamId, event.seq, at],
  );
  return row?.versions ?? 0;
}

/** Marks an event as deleted, unless it changed meanwhile. The stream then counts one event less, and the texts wait to be purged. */
export async function markDeleted(
  tx: Transaction,
  change: { streamId: string; eventId: string; seq: number; expectedSeq: number; deletedAt: Date },
): Promise<true | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `with event as (
       update stream_events set changed_seq = $3, deleted_at = $5, pinned_at = null
       where workspace_id = $1 and id = $2 and deleted_at is null and changed_seq = $4
       returning id, ordinal, seq
     ), purge as (
       insert into purges (event_id, workspace_id, stream_id, seq, kind, requested_at) select id, $1, $6, seq, 'event', $5 from event
       on conflict (event_id) do update set kind = excluded.kind
     ), counts as (
       update streams s set deleted_count = s.deleted_count + 1, counts_rev = s.counts_rev + 1,
         last_deleted_ordinal = greatest(s.last_deleted_ordinal, event.ordinal)
       from event where s.id = $6 and event.ordinal is not null
     )
     select id from event`,
    [tx.workspaceId, change.eventId, change.seq, change.expectedSeq, change.deletedAt, change.streamId],
  );
  return row && true;
}

/**
 * Marks messages as deleted, each at the next position after `after`, and returns their ids; deleted ones are left out. The stream counts
 * them less, and their texts wait to be purged. The caller holds the lock of the log.
 */
export async function markAllDeleted(
  tx: Transaction,
  change: { streamId: string; eventIds: readonly string[]; after: number; deletedAt: Date },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `with event as (
       select id, row_number() over (order by seq) as place from stream_events
       where workspace_id = $1 and stream_id = $2 and id = any($3) and deleted_at is null and ordinal is not null
     ), marked as (
       update stream_events e set changed_seq = $4 + event.place, deleted_at = $5, pinned_at = null from event where e.id = event.id
       returning e.id, e.ordinal, e.seq
     ), purge as (
       insert into purges (event_id, workspace_id, stream_id, seq, kind, requested_at) select id, $1, $2, seq, 'event', $5 from marked
       on conflict (event_id) do update set kind = excluded.kind
     ), counts as (
       update streams s set last_seq = s.last_seq + n.events, deleted_count = s.deleted_count + n.events, counts_rev = s.counts_rev + 1,
         last_deleted_ordinal = greatest(s.last_deleted_ordinal, n.ordinal)
       from (select count(*) as events, max(ordinal) as ordinal from marked) n where s.id = $2 and n.events > 0
     )
     select id from marked`,
    [tx.workspaceId, change.streamId, change.eventIds, change.after, change.deletedAt],
  );
  return rows.map(({ id }) => id);
}
