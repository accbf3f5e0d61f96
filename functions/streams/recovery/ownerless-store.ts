import type { OwnerlessStream } from '../../../contract/stream.ts';
import { StreamId } from '../../../contract/ids.ts';
import type { Transaction } from '../../platform/database.ts';

/** SQL condition: a member `m` of stream `s` is in the workspace still. */
const activeMember = `m.left_at is null and exists (
    select from workspace_members wm where wm.workspace_id = m.workspace_id and wm.user_id = m.user_id and wm.removed_at is null)`;

/** SQL condition: an owner who is in the workspace, and no guest, can manage stream `s` or a stream that it inherits its readers from. */
const hasOwner = `exists (
    select from stream_members m
    join workspace_members wm on wm.workspace_id = m.workspace_id and wm.user_id = m.user_id and wm.removed_at is null and wm.role <> 'guest'
    where m.stream_id = any(s.access_ids) and m.role = 'owner' and m.left_at is null)`;

/**
 * SQL condition: stream `s` takes its readers from its members only, so a lost owner leaves it without anybody who lets others in. A stream
 * with readers from its parent counts where it has members of its own. What branched off a DM belongs to its participants, and does not
 * count; nor does a stream whose import goes on.
 */
const isRecoverable = `s.stream_type not in ('dm', 'thread') and cardinality(s.access_ids) > 0
    and not exists (select from streams d where d.id = any(s.access_ids) and d.stream_type = 'dm')
    and (s.visibility = 'private' or s.visibility = 'inherit' and exists (select from stream_members m where m.stream_id = s.id and ${activeMember}))`;

/** Lists the recoverable streams without an owner after an id; ids grow with time. */
export async function listOwnerless(tx: Transaction, page: { after: string | undefined; limit: number }): Promise<OwnerlessStream[]> {
  const rows = await tx.query<{ id: string; created_at: Date; member_count: number }>(
    `select s.id, s.created_at, (select count(*) from stream_members m where m.stream_id = s.id and ${activeMember}) as member_count
     from streams s where s.workspace_id = $1 and ($2::text is null or s.id > $2) and ${isRecoverable} and not ${hasOwner}
     order by s.id limit $3`,
    [tx.workspaceId, page.after ?? null, page.limit],
  );
  return rows.map(({ id, created_at: at, member_count: memberCount }) => ({
    id: StreamId.parse(id),
    createdAt: at.toISOString(),
    memberCount,
  }));
}

/** Finds out if a stream is of a kind that can be recovered, and if it has an owner; undefined for an unknown stream. */
export async function findOwnership(tx: Transaction, streamId: string): Promise<{ isRecoverable: boolean; hasOwner: boolean } | undefined> {
  const [row] = await tx.query<{ is_recoverable: boolean; has_owner: boolean }>(
    `select (${isRecoverable}) as is_recoverable, ${hasOwner} as has_owner from streams s where s.workspace_id = $1 and s.id = $2`,
    [tx.workspaceId, streamId],
  );
  return row && { isRecoverable: row.is_recoverable, hasOwner: row.has_owner };
}
