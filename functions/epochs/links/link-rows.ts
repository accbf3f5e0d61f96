import type { Related } from '../../../contract/epoch.ts';
import { epochColumns, epochOf } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';

/** A linked epoch beside its link and its stream. */
export interface RelatedRow extends EpochRow {
  stream_name: string | null;
  stream_type: Related['streamType'];
  score: number;
  is_rejected: boolean;
}

/** Of epochs `ep`, their streams `s` and links `l`. */
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

/** What the visibility of a stream comes to along its parents: whether everybody but guests sees it. */
export const isPublic = (stream: 's' | 'here'): string => `case ${stream}.visibility when 'inherit'
    then coalesce((select r.visibility = 'public' from streams r where r.id = ${stream}.access_ids[cardinality(${stream}.access_ids)]), false)
    else ${stream}.visibility = 'public' end`;
