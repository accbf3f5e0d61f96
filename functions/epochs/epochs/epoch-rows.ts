import type { Epoch } from '../../../contract/epoch.ts';

/** A row of epochs as everybody who reads its stream may have it. */
export interface EpochRow {
  id: string;
  stream_id: string;
  status: Epoch['status'];
  barrier: Epoch['barrier'];
  first_seq: number;
  last_seq: number;
  message_count: number;
  label: string | null;
  label_source: Epoch['labelSource'];
  terms: string[];
  snippet: string | null;
  opened_at: Date;
  last_event_at: Date;
  closed_at: Date | null;
  is_indexed: boolean;
  rev: number;
}

const isIndexed = 'ep.indexed_rev is not distinct from ep.content_rev';

/** Whether something said in the epoch was taken back: until the epoch is looked at again, how it begins may be what was. */
const isTakenBack = `exists (
    select from stream_events e where e.stream_id = ep.stream_id and e.seq between ep.first_seq and ep.last_seq
      and (e.deleted_at is not null or e.edited_at is not null))`;

/** Of epochs `ep`. */
export const epochColumns = `ep.id, ep.stream_id, ep.status, ep.barrier, ep.first_seq, ep.last_seq, ep.message_count, ep.label,
  ep.label_source, ep.terms, case when ${isIndexed} or not ${isTakenBack} then ep.snippet end as snippet, ep.opened_at, ep.last_event_at,
  ep.closed_at, ep.rev, ${isIndexed} as is_indexed`;

export function epochOf(row: EpochRow): Epoch {
  return {
    id: row.id,
    streamId: row.stream_id,
    status: row.status,
    barrier: row.barrier,
    firstSeq: row.first_seq,
    lastSeq: row.last_seq,
    messageCount: row.message_count,
    label: row.label,
    labelSource: row.label_source,
    terms: row.terms,
    snippet: row.snippet,
    openedAt: row.opened_at.toISOString(),
    lastEventAt: row.last_event_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    indexed: row.is_indexed,
    rev: row.rev,
  } as Epoch;
}
