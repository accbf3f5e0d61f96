import type { Epoch } from '../../../contract/epoch.ts';

/** A row of epochs, with the columns that every reader of its stream may see. */
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

/** SQL: an event of the epoch was deleted or edited, so its snippet may show old text until the epoch is indexed again. */
const hasChanges = `exists (
    select from stream_events e where e.stream_id = ep.stream_id and e.seq between ep.first_seq and ep.last_seq
      and (e.deleted_at is not null or e.edited_at is not null))`;

/** SQL: the epoch is described with the text of an event that waits to be purged. No word of it is shown. */
const isPurging = `exists (
    select from purges p join stream_events e on e.id = p.event_id left join epoch_cursors c on c.stream_id = p.stream_id
    where p.stream_id = ep.stream_id and p.seq between ep.first_seq and ep.last_seq
      and not (${isIndexed} and coalesce(c.changed_seq >= e.changed_seq, false)))`;
const unlessPurging = (value: string): string =>
  `case when ep.label_source is not distinct from 'member' or not ${isPurging} then ${value} end`;

/** Columns of epochs `ep`. */
export const epochColumns = `ep.id, ep.stream_id, ep.status, ep.barrier, ep.first_seq, ep.last_seq, ep.message_count,
  ${unlessPurging('ep.label')} as label, ${unlessPurging('ep.label_source')} as label_source,
  case when ${isPurging} then '{}' else ep.terms end as terms,
  case when (${isIndexed} or not ${hasChanges}) and not ${isPurging} then ep.snippet end as snippet, ep.opened_at, ep.last_event_at,
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

/** SQL: every member except guests sees the stream, by its own visibility or that of the parent it inherits from. */
export const isPublic = (stream: 's' | 'here'): string => `case ${stream}.visibility when 'inherit'
    then coalesce((select r.visibility = 'public' from streams r where r.id = ${stream}.access_ids[cardinality(${stream}.access_ids)]), false)
    else ${stream}.visibility = 'public' end`;
