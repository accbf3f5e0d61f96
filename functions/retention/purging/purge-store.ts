import { messageText } from '../../epochs/epochs/message-rows.ts';
import type { Transaction } from '../../platform/database.ts';

/** An event whose text waits to be purged: all of a deleted event, or only its earlier texts. */
export interface Purge {
  readonly eventId: string;
  readonly kind: 'event' | 'versions';
  /** The file that the event shows; its content is in the bucket. */
  readonly fileId: string | null;
  readonly requestedAt: Date;
}

/** Purges that have waited longest. */
export async function listPurges(tx: Transaction, limit: number): Promise<Purge[]> {
  const rows = await tx.query<{ event_id: string; kind: Purge['kind']; file_id: string | null; requested_at: Date }>(
    `select p.event_id, p.kind, f.id as file_id, p.requested_at
     from purges p left join files f on f.event_id = p.event_id and p.kind = 'event'
     where p.workspace_id = $1 order by p.requested_at, p.event_id limit $2`,
    [tx.workspaceId, limit],
  );
  return rows.map((row) => ({ eventId: row.event_id, kind: row.kind, fileId: row.file_id, requestedAt: row.requested_at }));
}

/** An event that is purged, with the texts that go. */
export interface PurgedEvent {
  readonly id: string;
  readonly kind: Purge['kind'];
  readonly streamId: string;
  readonly seq: number;
  readonly texts: readonly string[];
}

/** Takes purges off the list and returns their events; those that another worker took, or that changed meanwhile, are left out. */
export async function takePurges(tx: Transaction, purges: readonly Purge[]): Promise<PurgedEvent[]> {
  const rows = await tx.query<{ id: string; kind: Purge['kind']; stream_id: string; seq: number; text: string; texts: string[] }>(
    `with taken as (
       delete from purges p using unnest($2::text[], $3::text[]) as w(event_id, kind)
       where p.workspace_id = $1 and p.event_id = w.event_id and p.kind = w.kind returning p.event_id, p.kind, p.texts
     )
     select e.id, taken.kind, e.stream_id, e.seq, ${messageText} as text,
       taken.texts || array(select v.content from event_versions v where v.event_id = e.id and taken.kind = 'event') as texts
     from taken join stream_events e on e.id = taken.event_id where e.workspace_id = $1 order by e.id`,
    [tx.workspaceId, purges.map(({ eventId }) => eventId), purges.map(({ kind }) => kind)],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    streamId: row.stream_id,
    seq: row.seq,
    texts: [...row.texts, ...(row.kind === 'event' ? [row.text] : [])],
  }));
}

/**
 * Deletes what deleted events said and what others added to them. The event itself keeps its place, author and times, and the ids that
 * other rows name it by.
 */
export function deleteContents(tx: Transaction, eventIds: readonly string[]): void {
  const run = (text: string) => tx.defer(text, [tx.workspaceId, eventIds]);
  const contents = (type: string) =>
    `select content_id from stream_events where workspace_id = $1 and id = any($2) and content_type = '${type}'`;
  run('delete from text_messages where workspace_id = $1 and id = any($2)');
  run('delete from event_versions where workspace_id = $1 and event_id = any($2)');
  run('delete from reactions where workspace_id = $1 and event_id = any($2)');
  run(`delete from poll_votes where workspace_id = $1 and poll_id in (${contents('poll')})`);
  run(`delete from polls where workspace_id = $1 and id in (${contents('poll')})`);
  run(`delete from shared_refs where workspace_id = $1 and id in (${contents('shared_ref')})`);
  run('delete from files where workspace_id = $1 and event_id = any($2)');
  run('delete from notifications where workspace_id = $1 and event_id = any($2)');
  run(`delete from mentions m using stream_events e
    where e.workspace_id = $1 and e.id = any($2) and m.stream_id = e.stream_id and m.seq = e.seq`);
  run(`update stream_events set payload = null, content_type = null, content_id = null, pinned_at = null, pinned_by = null
    where workspace_id = $1 and id = any($2) and deleted_at is not null`);
}

/** Forgets the hashes of the first requests: who knows what a short text is about can guess it. Repeats are answered all the same. */
export function forgetRequestHashes(tx: Transaction, eventIds: readonly string[]): void {
  tx.defer('update stream_events set request_hash = null where workspace_id = $1 and id = any($2)', [tx.workspaceId, eventIds]);
}

/** Takes the texts out of outbox rows: those of the events, and the frames of rooms. Call it after the deletions. */
export function redactOutbox(tx: Transaction, eventIds: readonly string[], rooms: readonly string[]): void {
  tx.defer('select outbox_redact($1)', [eventIds]);
  if (rooms.length > 0) tx.defer('select outbox_drop_frames($1)', [rooms]);
}
