import type { Epoch } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { epochColumns, epochOf } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';
import { snippetOf } from '../epochs/epoch.ts';
import { spokenText } from '../epochs/message-rows.ts';

/** The next revision of the epochs of a stream. Its row is held from here on, so that everybody else who changes them waits. */
export async function takeRev(tx: Transaction, streamId: string): Promise<number> {
  const [row] = await tx.query<{ rev: number }>(
    'update epoch_cursors set rev = rev + 1 where workspace_id = $1 and stream_id = $2 returning rev',
    [tx.workspaceId, streamId],
  );
  if (!row) throw new Error(`The stream ${streamId} has epochs, and no cursor`);
  return row.rev;
}

/** Gives an epoch the label of a member; null takes it back, until memory has found one. */
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

/** Takes an epoch away with its vectors; answers with what the segmenter remembered of it. */
export async function removeEpoch(tx: Transaction, epochId: string): Promise<{ state: unknown }> {
  const [row] = await tx.query<{ state: unknown }>(
    `with vectors as (delete from epoch_vectors where workspace_id = $1 and epoch_id = $2)
     delete from epochs where workspace_id = $1 and id = $2 returning state`,
    [tx.workspaceId, epochId],
  );
  return { state: row?.state ?? null };
}

/** Has an epoch reach to the end of the one behind it, which is gone, and be open or closed as that was. */
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

/** Where an epoch is to be split, and what comes to stand on either side of it. */
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
       case when e.deleted_at is null then ${spokenText} else '' end as text, n.*
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

/** Ends an epoch before the point, as its first part. */
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

/** Adds what is behind the point as an epoch of its own, open or closed as the whole was. The segmenter reads it again. */
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

/** Keeps what a member corrected, to learn from. */
export function keepCorrection(
  tx: Transaction,
  correction: { id: string; streamId: string; seq: number; kind: 'merge' | 'split'; by: string; at: Date },
): void {
  tx.defer(
    `insert into epoch_corrections (id, workspace_id, stream_id, seq, kind, corrected_by, corrected_at) values ($2, $1, $3, $4, $5, $6, $7)`,
    [tx.workspaceId, correction.id, correction.streamId, correction.seq, correction.kind, correction.by, correction.at],
  );
}

function changed([row]: EpochRow[]): Epoch {
  if (!row) throw new Error('The epoch that was held is gone');
  return epochOf(row);
}
