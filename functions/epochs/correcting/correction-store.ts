import type { Epoch } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { epochColumns, epochOf } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';
import { snippetOf } from '../epochs/epoch.ts';
import { messageText } from '../epochs/message-rows.ts';

/** Sets a member's label; null removes it until memory finds one. */
export async function updateLabel(
  tx: Transaction,
  change: { epochId: string; label: string | null; rev: number; now: Date },
): Promise<Epoch> {
  return changed(
    await tx.query<EpochRow>(
      `update epochs ep set label = $3, label_source = case when $3::text is not null then 'member' end, rev = $4,
         content_rev = ep.content_rev + 1, content_at = $5
       where ep.workspace_id = $1 and ep.id = $2 returning ${epochColumns}`,
      [tx.workspaceId, change.epochId, change.label, change.rev, change.now],
    ),
  );
}

/** Deletes an epoch and its vectors, and returns the segmenter's state of it. */
export async function removeEpoch(tx: Transaction, epochId: string): Promise<{ state: unknown }> {
  const [row] = await tx.query<{ state: unknown }>(
    `with vectors as (delete from epoch_vectors where workspace_id = $1 and epoch_id = $2)
     delete from epochs where workspace_id = $1 and id = $2 returning state`,
    [tx.workspaceId, epochId],
  );
  return { state: row?.state ?? null };
}

/** Extends an epoch to the end of the deleted epoch behind it, with that one's status. */
export async function extendEpoch(
  tx: Transaction,
  epochId: string,
  by: { epoch: Epoch; state: unknown; rev: number; now: Date },
): Promise<Epoch> {
  const { epoch } = by;
  return changed(
    await tx.query<EpochRow>(
      `update epochs ep set status = $3, barrier = $4, last_seq = $5, message_count = ep.message_count + $6,
         last_event_at = greatest(ep.last_event_at, $7), closed_at = $8, state = $9::jsonb,
         label = case when ep.label_source is distinct from 'member' and $10::text is not null then $10 else ep.label end,
         label_source = case when $10::text is not null then 'member' else ep.label_source end,
         rev = $11, content_rev = ep.content_rev + 1, content_at = $12
       where ep.workspace_id = $1 and ep.id = $2 returning ${epochColumns}`,
      [
        tx.workspaceId,
        epochId,
        epoch.status,
        epoch.barrier,
        epoch.lastSeq,
        epoch.messageCount,
        epoch.lastEventAt,
        epoch.closedAt,
        by.state === null ? null : JSON.stringify(by.state),
        epoch.labelSource === 'member' ? epoch.label : null,
        by.rev,
        by.now,
      ],
    ),
  );
}

/** The event before which an epoch is split, with counts of the messages on both sides. */
export interface SplitPoint {
  readonly seq: number;
  readonly isCountable: boolean;
  readonly at: Date;
  readonly snippet: string | null;
  readonly before: { readonly count: number; readonly lastSeq: number | null; readonly lastAt: Date | null };
  readonly after: { readonly count: number; readonly lastAt: Date | null };
}

export async function findSplitPoint(tx: Transaction, epoch: Epoch, eventId: string): Promise<SplitPoint | undefined> {
  const [row] = await tx.query<{
    seq: number;
    is_countable: boolean;
    created_at: Date;
    text: string;
    before_count: number;
    before_seq: number | null;
    before_at: Date | null;
    after_count: number;
    after_at: Date | null;
  }>(
    `select e.seq, e.ordinal is not null as is_countable, e.created_at,
       case when e.deleted_at is null then ${messageText} else '' end as text, n.*
     from stream_events e cross join lateral (
       select count(*) filter (where o.seq < e.seq)::int as before_count, max(o.seq) filter (where o.seq < e.seq) as before_seq,
         max(o.created_at) filter (where o.seq < e.seq) as before_at, count(*) filter (where o.seq >= e.seq)::int as after_count,
         max(o.created_at) filter (where o.seq >= e.seq) as after_at
       from stream_events o where o.stream_id = e.stream_id and o.ordinal is not null and o.seq between $4 and $5
     ) n
     where e.workspace_id = $1 and e.stream_id = $2 and e.id = $3 and e.seq between $4 and $5`,
    [tx.workspaceId, epoch.streamId, eventId, epoch.firstSeq, epoch.lastSeq],
  );
  return (
    row && {
      seq: row.seq,
      isCountable: row.is_countable,
      at: row.created_at,
      snippet: snippetOf(row.text),
      before: { count: row.before_count, lastSeq: row.before_seq, lastAt: row.before_at },
      after: { count: row.after_count, lastAt: row.after_at },
    }
  );
}

/** Closes an epoch before the split point. */
export async function cutEpochShort(tx: Transaction, epochId: string, cut: { point: SplitPoint; rev: number; now: Date }): Promise<Epoch> {
  const { before } = cut.point;
  return changed(
    await tx.query<EpochRow>(
      `update epochs ep set status = 'closed', barrier = 'manual', last_seq = $3, message_count = $4, last_event_at = $5,
         closed_at = coalesce(ep.closed_at, $6), state = null, rev = $7, content_rev = ep.content_rev + 1, content_at = $6
       where ep.workspace_id = $1 and ep.id = $2 returning ${epochColumns}`,
      [tx.workspaceId, epochId, before.lastSeq, before.count, before.lastAt, cut.now, cut.rev],
    ),
  );
}

/** Inserts the part after the split point as an epoch with the status of the whole. Its segmenter state is rebuilt later. */
export async function insertSecondPart(
  tx: Transaction,
  whole: Epoch,
  part: { id: string; point: SplitPoint; rev: number; now: Date },
): Promise<Epoch> {
  const { seq, at, after } = part.point;
  return changed(
    await tx.query<EpochRow>(
      `insert into epochs as ep (id, workspace_id, stream_id, status, barrier, first_seq, last_seq, message_count, snippet, rev, content_at,
         opened_at, last_event_at, closed_at)
       values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning ${epochColumns}`,
      [
        tx.workspaceId,
        part.id,
        whole.streamId,
        whole.status,
        whole.barrier,
        seq,
        whole.lastSeq,
        after.count,
        part.point.snippet,
        part.rev,
        part.now,
        at,
        after.lastAt,
        whole.closedAt,
      ],
    ),
  );
}

/** Stores a member's correction, as training data. */
export function insertCorrection(
  tx: Transaction,
  correction: { id: string; streamId: string; seq: number; kind: 'merge' | 'split'; by: string; at: Date },
): void {
  tx.defer(
    `insert into epoch_corrections (id, workspace_id, stream_id, seq, kind, corrected_by, corrected_at) values ($2, $1, $3, $4, $5, $6, $7)`,
    [tx.workspaceId, correction.id, correction.streamId, correction.seq, correction.kind, correction.by, correction.at],
  );
}

function changed([row]: EpochRow[]): Epoch {
  if (!row) throw new Error('The locked epoch is gone');
  return epochOf(row);
}
