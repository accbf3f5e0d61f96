import type { BarrierSet } from '../../../contract/epoch.ts';
import { UserId } from '../../../contract/ids.ts';
import type { Transaction } from '../../platform/database.ts';

/** Notes a barrier; the second one at the same place only adds a label. */
export async function upsertBarrier(
  tx: Transaction,
  barrier: { streamId: string; afterSeq: number; label: string | null; setBy: string; setAt: Date },
): Promise<BarrierSet> {
  const [row] = await tx.query<{ after_seq: number; set_by: string; set_at: Date }>(
    `insert into epoch_barriers as b (stream_id, after_seq, workspace_id, label, set_by, set_at) values ($2, $3, $1, $4, $5, $6)
     on conflict (stream_id, after_seq) do update set label = coalesce(excluded.label, b.label)
     returning after_seq, set_by, set_at`,
    [tx.workspaceId, barrier.streamId, barrier.afterSeq, barrier.label, barrier.setBy, barrier.setAt],
  );
  if (!row) throw new Error('The barrier was not noted');
  return { afterSeq: row.after_seq, setBy: UserId.parse(row.set_by), setAt: row.set_at.toISOString() };
}
