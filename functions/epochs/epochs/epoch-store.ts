import type { Epoch } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import { epochColumns, epochOf, isPublic } from './epoch-rows.ts';
import type { EpochRow } from './epoch-rows.ts';
import { messageText } from './message-rows.ts';

export async function findEpoch(tx: Transaction, epochId: string): Promise<Epoch | undefined> {
  const [row] = await tx.query<EpochRow>(`select ${epochColumns} from epochs ep where ep.workspace_id = $1 and ep.id = $2`, [
    tx.workspaceId,
    epochId,
  ]);
  return row && epochOf(row);
}

/** Epochs of a stream that begin before a position, newest first, with the revision of the stream's epochs. */
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

/** The preceding epoch of the same stream. */
export async function findEpochBefore(tx: Transaction, { streamId, firstSeq }: Epoch): Promise<Epoch | undefined> {
  const { epochs } = await listEpochsBefore(tx, streamId, { before: firstSeq, limit: 1 });
  return epochs[0];
}

/** An epoch with the texts of its messages. */
export interface EpochContent {
  readonly epoch: Epoch;
  /** The revision of the texts and the label. */
  readonly contentRev: number;
  readonly isPublic: boolean;
  /** Texts of the messages in order, without deleted ones. */
  readonly texts: readonly string[];
}

/** The largest epoch that the settings allow. */
const maxMessages = 1_000;

/** Epochs with their texts, in the order in which they opened, by two statements. */
export async function listEpochContents(tx: Transaction, epochIds: readonly string[]): Promise<EpochContent[]> {
  if (epochIds.length === 0) return [];
  const [epochs, messages] = await Promise.all([
    tx.query<EpochRow & { content_rev: number; is_public: boolean }>(
      `select ${epochColumns}, ep.content_rev, ${isPublic('s')} as is_public
       from epochs ep join streams s on s.id = ep.stream_id
       where ep.workspace_id = $1 and ep.id = any($2) order by ep.opened_at, ep.id`,
      [tx.workspaceId, epochIds],
    ),
    tx.query<{ epoch_id: string; text: string }>(
      `select ep.id as epoch_id, m.text from epochs ep cross join lateral (
         select e.seq, ${messageText} as text from stream_events e
         where e.stream_id = ep.stream_id and e.seq between ep.first_seq and ep.last_seq and e.ordinal is not null and e.deleted_at is null
         order by e.seq limit ${maxMessages}
       ) m
       where ep.workspace_id = $1 and ep.id = any($2) order by ep.id, m.seq`,
      [tx.workspaceId, epochIds],
    ),
  ]);
  const texts = Map.groupBy(messages, ({ epoch_id: id }) => id);
  return epochs.map((row) => ({
    epoch: epochOf(row),
    contentRev: row.content_rev,
    isPublic: row.is_public,
    texts: (texts.get(row.id) ?? []).map(({ text }) => text),
  }));
}

/** Increments the revision of the epochs of a stream and locks it: other writers of these epochs wait for this transaction. */
export async function incrementRev(tx: Transaction, streamId: string): Promise<number> {
  const [row] = await tx.query<{ rev: number }>(
    'update epoch_cursors set rev = rev + 1 where workspace_id = $1 and stream_id = $2 returning rev',
    [tx.workspaceId, streamId],
  );
  if (!row) throw new Error(`The stream ${streamId} has epochs, and no cursor`);
  return row.rev;
}

/** Increments and locks the revisions of several streams, in the order of their ids, which avoids deadlocks. */
export async function incrementRevs(tx: Transaction, streamIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ stream_id: string; rev: number }>(
    `with held as (
       select stream_id from epoch_cursors where workspace_id = $1 and stream_id = any($2) order by stream_id for update
     )
     update epoch_cursors c set rev = c.rev + 1 from held where c.stream_id = held.stream_id returning c.stream_id, c.rev`,
    [tx.workspaceId, streamIds],
  );
  return new Map(rows.map((row) => [row.stream_id, row.rev]));
}
