import type { Epoch } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { epochColumns, epochOf } from '../epochs/epoch-rows.ts';
import type { EpochRow } from '../epochs/epoch-rows.ts';

/** What was made of an epoch, of the revision that was read. */
export interface FinishedEpoch {
  readonly id: string;
  readonly contentRev: number;
  readonly label: string | null;
  readonly terms: readonly string[];
  readonly snippet: string | null;
  readonly messageCount: number;
}

/** The next revisions of the epochs of streams, which are held from here on; in one order, so that no two wait for each other. */
export async function takeRevs(tx: Transaction, streamIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ stream_id: string; rev: number }>(
    `with held as (
       select stream_id from epoch_cursors where workspace_id = $1 and stream_id = any($2) order by stream_id for update
     )
     update epoch_cursors c set rev = c.rev + 1 from held where c.stream_id = held.stream_id returning c.stream_id, c.rev`,
    [tx.workspaceId, streamIds],
  );
  return new Map(rows.map((row) => [row.stream_id, row.rev]));
}

/** Notes what was made of epochs. One that has changed since waits again; a label that a member gave stays. */
export async function noteIndexed(
  tx: Transaction,
  epochs: readonly FinishedEpoch[],
  revs: ReadonlyMap<string, number>,
  now: Date,
): Promise<Epoch[]> {
  const rows = await tx.query<EpochRow>(
    `update epochs ep set
       label = case when ep.label_source in ('member', 'model') then ep.label else r.label end,
       label_source = case when ep.label_source in ('member', 'model') then ep.label_source when r.label is not null then 'terms' end,
       terms = array(select jsonb_array_elements_text(r.terms)), snippet = r.snippet, message_count = r."messageCount",
       indexed_rev = r."contentRev", indexed_at = $4, rev = v.rev
     from jsonb_to_recordset($2::jsonb) as r(id text, "contentRev" bigint, label text, terms jsonb, snippet text, "messageCount" int),
       jsonb_to_recordset($3::jsonb) as v("streamId" text, rev bigint)
     where ep.workspace_id = $1 and ep.id = r.id and ep.stream_id = v."streamId" and ep.status = 'closed'
     returning ${epochColumns}`,
    [tx.workspaceId, JSON.stringify(epochs), JSON.stringify([...revs].map(([streamId, rev]) => ({ streamId, rev }))), now],
  );
  return rows.map(epochOf).toSorted((a, b) => a.firstSeq - b.firstSeq);
}

/** Those of the epochs that are the newest of their streams. */
export async function listNewest(tx: Transaction, epochIds: readonly string[]): Promise<{ id: string; streamId: string }[]> {
  const rows = await tx.query<{ id: string; stream_id: string }>(
    `select ep.id, ep.stream_id from epochs ep where ep.workspace_id = $1 and ep.id = any($2)
       and not exists (select from epochs n where n.stream_id = ep.stream_id and n.first_seq > ep.first_seq)`,
    [tx.workspaceId, epochIds],
  );
  return rows.map((row) => ({ id: row.id, streamId: row.stream_id }));
}
