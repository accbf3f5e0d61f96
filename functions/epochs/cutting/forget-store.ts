import type { Transaction } from '../../platform/database.ts';

/** Locks the cursors of streams, in the order of their ids. */
export async function lockCursors(tx: Transaction, streamIds: readonly string[]): Promise<void> {
  await tx.query('select stream_id from epoch_cursors where workspace_id = $1 and stream_id = any($2) order by stream_id for update', [
    tx.workspaceId,
    streamIds,
  ]);
}

/** Clears what was made from the texts of the epochs at these positions, and returns the epochs. Labels of members stay. */
export async function clearEpochsAt(
  tx: Transaction,
  places: readonly { readonly streamId: string; readonly seq: number }[],
  now: Date,
): Promise<{ id: string; status: 'open' | 'closed' }[]> {
  return tx.query(
    `with hit as (
       select distinct h.id from unnest($2::text[], $3::bigint[]) as place(stream_id, seq) cross join lateral (
         select p.id, p.last_seq from epochs p where p.stream_id = place.stream_id and p.first_seq <= place.seq order by p.first_seq desc limit 1) h
       where place.seq <= h.last_seq
     )
     update epochs p set content_rev = p.content_rev + 1, purged_rev = p.content_rev + 1, content_at = $4, terms = '{}', snippet = null,
       state = null, label = case when p.label_source = 'member' then p.label end,
       label_source = case when p.label_source = 'member' then p.label_source end
     from hit where p.workspace_id = $1 and p.id = hit.id
     returning p.id, p.status`,
    [tx.workspaceId, places.map(({ streamId }) => streamId), places.map(({ seq }) => seq), now],
  );
}

export function deleteVectorsOf(tx: Transaction, epochIds: readonly string[]): void {
  tx.defer('delete from epoch_vectors where workspace_id = $1 and epoch_id = any($2)', [tx.workspaceId, epochIds]);
}

/** Streams with epochs that link to these. */
export async function listLinkingStreams(tx: Transaction, epochIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ stream_id: string }>(
    `select distinct p.stream_id from epoch_links l join epochs p on p.id = l.epoch_id where l.workspace_id = $1 and l.target_id = any($2)`,
    [tx.workspaceId, epochIds],
  );
  return rows.map(({ stream_id: id }) => id);
}

/** Clears the state of the open epoch of a stream where it names an author. */
export async function clearStatesOf(tx: Transaction, streamId: string, userId: string): Promise<void> {
  await tx.query(
    `update epochs set state = null where workspace_id = $1 and stream_id = $2 and status = 'open' and strpos(state::text, to_jsonb($3::text)::text) > 0`,
    [tx.workspaceId, streamId, userId],
  );
}
