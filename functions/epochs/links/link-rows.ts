import type { Related } from '../../../contract/epoch.ts';
import { epochColumns, epochOf } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';

/** A linked epoch with its link and its stream. */
export interface RelatedRow extends EpochRow {
  stream_name: string | null;
  stream_type: Related['streamType'];
  score: number;
  is_rejected: boolean;
}

/** Columns of epochs `ep`, their streams `s` and links `l`. */
export const relatedColumns = `${epochColumns}, s.name as stream_name, s.stream_type, l.score, l.rejected_at is not null as is_rejected`;

export function relatedOf(row: RelatedRow): Related {
  const { id, streamId, label, snippet, firstSeq, lastSeq, messageCount, openedAt, lastEventAt } = epochOf(row);
  return {
    kind: 'epoch',
    epochId: id,
    streamId,
    streamName: row.stream_name,
    streamType: row.stream_type,
    label,
    snippet,
    firstSeq,
    lastSeq,
    messageCount,
    openedAt,
    lastEventAt,
    score: Math.min(1, Math.max(0, row.score)),
    rejected: row.is_rejected,
  };
}
