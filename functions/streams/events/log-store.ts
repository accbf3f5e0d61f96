import type { Transaction } from '../../platform/database.ts';

/** Takes the next position of the log for a change, under the stream's row lock. */
export async function takePosition(tx: Transaction, streamId: string): Promise<{ seq: number; gen: string }> {
  const [row] = await tx.query<{ last_seq: number; gen: string }>(
    'update streams set last_seq = last_seq + 1 where id = $1 and workspace_id = $2 returning last_seq, gen',
    [streamId, tx.workspaceId],
  );
  if (!row) throw new Error(`The stream ${streamId} has no row`);
  return { seq: row.last_seq, gen: row.gen };
}

/** Locks the log of a stream, so that no other change takes a position; undefined when there is no such stream. */
export async function lockLog(tx: Transaction, streamId: string): Promise<{ seq: number; gen: string } | undefined> {
  const [row] = await tx.query<{ last_seq: number; gen: string }>(
    'select last_seq, gen from streams where id = $1 and workspace_id = $2 for no key update',
    [streamId, tx.workspaceId],
  );
  return row && { seq: row.last_seq, gen: row.gen };
}

/** Moves the event to a new position, after a change of related data in another table. */
export function touchEvent(tx: Transaction, eventId: string, seq: number): void {
  tx.defer('update stream_events set changed_seq = $3 where workspace_id = $1 and id = $2', [tx.workspaceId, eventId, seq]);
}

/** Records that unread counts changed without a new message; members then fetch their own counts. */
export function noteCountsChanged(tx: Transaction, streamId: string): void {
  tx.defer('update streams set counts_rev = counts_rev + 1 where id = $1 and workspace_id = $2', [streamId, tx.workspaceId]);
}
