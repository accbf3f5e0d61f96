import type { Epoch } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { epochColumns, epochOf } from './epoch-rows.ts';
import type { EpochRow } from './epoch-rows.ts';

export async function findEpoch(tx: Transaction, epochId: string): Promise<Epoch | undefined> {
  const [row] = await tx.query<EpochRow>(`select ${epochColumns} from epochs ep where ep.workspace_id = $1 and ep.id = $2`, [
    tx.workspaceId,
    epochId,
  ]);
  return row && epochOf(row);
}

/** Epochs of a stream that begin before a position, newest first, and the revision that all of them are of. */
export async function listEpochsBefore(
  tx: Transaction,
  streamId: string,
  { before, limit }: { before: number; limit: number },
): Promise<{ epochs: Epoch[]; epochsRev: number }> {
  const rows = await tx.query<{ epochs_rev: number } & (EpochRow | { id: null })>(
    `select coalesce(c.rev, 0) as epochs_rev, ep.*
     from (select $2::text as stream_id) s
     left join epoch_cursors c on c.stream_id = s.stream_id and c.workspace_id = $1
     left join lateral (
       select ${epochColumns} from epochs ep
       where ep.workspace_id = $1 and ep.stream_id = s.stream_id and ep.first_seq < $3
       order by ep.first_seq desc limit $4
     ) ep on true
     order by ep.first_seq desc`,
    [tx.workspaceId, streamId, before, limit],
  );
  return { epochs: rows.flatMap((row) => (row.id === null ? [] : [epochOf(row)])), epochsRev: rows[0]?.epochs_rev ?? 0 };
}

/** The epoch before one in its stream. */
export async function findEpochBefore(tx: Transaction, { streamId, firstSeq }: Epoch): Promise<Epoch | undefined> {
  const { epochs } = await listEpochsBefore(tx, streamId, { before: firstSeq, limit: 1 });
  return epochs[0];
}
