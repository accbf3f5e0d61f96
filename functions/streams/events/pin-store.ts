import type { Transaction } from '../../platform/database.ts';

/** Pins or unpins; at most `maxPins` in a stream. */
export async function setPin(
  tx: Transaction,
  pin: { streamId: string; eventId: string; by: string | null; at: Date; maxPins: number },
): Promise<boolean> {
  const rows = await tx.query<{ id: string }>(
    `update stream_events set pinned_at = case when $4::text is null then null else $5::timestamptz end, pinned_by = $4
     where workspace_id = $1 and id = $3
       and ($4::text is null or (select count(*) from stream_events p where p.stream_id = $2 and p.pinned_at is not null) < $6)
     returning id`,
    [tx.workspaceId, pin.streamId, pin.eventId, pin.by, pin.at, pin.maxPins],
  );
  return rows.length > 0;
}
