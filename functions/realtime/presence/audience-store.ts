import { room as roomName } from '../../../contract/frames.ts';
import { maxTold } from '../../../contract/presence.ts';
import type { Transaction } from '../../platform/database.ts';

/** Lists the rooms that are told of presence: the workspace's if it is small, or those of the streams that are. One statement. */
export async function listSmallRooms(tx: Transaction, streamIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ stream_id: string | null }>(
    `select null as stream_id where (select count(*) from (
       select from workspace_members where workspace_id = $1 and removed_at is null limit $3 + 1) x) <= $3
     union all
     select s.id from streams s where s.workspace_id = $1 and s.id = any($2) and (select count(*) from (
       select from stream_members m where m.stream_id = s.id and m.left_at is null limit $3 + 1) x) <= $3`,
    [tx.workspaceId, streamIds, maxTold],
  );
  if (rows.some(({ stream_id }) => stream_id === null)) return [roomName.workspace(tx.workspaceId)];
  return rows.map(({ stream_id }) => roomName.stream(tx.workspaceId, stream_id ?? ''));
}
