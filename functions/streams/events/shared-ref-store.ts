import type { Transaction } from '../../platform/database.ts';

export function insertSharedRef(
  tx: Transaction,
  ref: { id: string; originalEventId: string; originalStreamId: string; context: string | null },
): void {
  tx.defer('insert into shared_refs (id, workspace_id, original_event_id, original_stream_id, context) values ($1, $2, $3, $4, $5)', [
    ref.id,
    tx.workspaceId,
    ref.originalEventId,
    ref.originalStreamId,
    ref.context,
  ]);
}

/** Finds the original and its stream: for a shared event those of its original, else the event itself. */
export async function findOrigin(
  tx: Transaction,
  eventId: string,
): Promise<{ eventId: string; streamId: string; eventType: string; deleted: boolean } | undefined> {
  const [row] = await tx.query<{ id: string; stream_id: string; event_type: string; deleted: boolean }>(
    `select o.id, o.stream_id, o.event_type, o.deleted_at is not null as deleted
     from stream_events e
     left join shared_refs sr on e.content_type = 'shared_ref' and sr.id = e.content_id
     join stream_events o on o.id = coalesce(sr.original_event_id, e.id)
     where e.workspace_id = $1 and e.id = $2 and o.workspace_id = $1`,
    [tx.workspaceId, eventId],
  );
  return row && { eventId: row.id, streamId: row.stream_id, eventType: row.event_type, deleted: row.deleted };
}
