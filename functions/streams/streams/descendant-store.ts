import { room } from '../../../contract/frames.ts';
import type { Transaction } from '../../platform/database.ts';

/** Lists the descendants of a stream that inherit its readers, at any depth. */
export async function listDescendants(tx: Transaction, streamId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `with recursive below as (
       select id from streams where workspace_id = $1 and parent_stream_id = $2 and visibility = 'inherit'
       union select c.id from streams c join below b on c.parent_stream_id = b.id and c.visibility = 'inherit'
     ) select id from below`,
    [tx.workspaceId, streamId],
  );
  return rows.map(({ id }) => id);
}

/** Lists the rooms of a stream and of its descendants that inherit its readers; the stream's own comes first. */
export async function listRoomsFrom(tx: Transaction, streamId: string): Promise<string[]> {
  return [streamId, ...(await listDescendants(tx, streamId))].map((id) => room.stream(tx.workspaceId, id));
}

/** Ends access inherited from above a stream, for its descendants: their `access_ids` now stop at this stream. */
export async function cutAccess(tx: Transaction, streamId: string): Promise<void> {
  await tx.query(
    `with recursive below as (
       select id from streams where parent_stream_id = $1 and visibility = 'inherit'
       union select c.id from streams c join below b on c.parent_stream_id = b.id and c.visibility = 'inherit'
     )
     update streams s set access_ids = s.access_ids[1:array_position(s.access_ids, $1)]
     from below where s.id = below.id and s.workspace_id = $2`,
    [streamId, tx.workspaceId],
  );
}
