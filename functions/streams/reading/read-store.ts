import type { ReadState } from '../../../contract/stream.ts';
import type { Transaction } from '../../platform/database.ts';
import { readStateOf, unreadNotifications } from '../mentions/mention-store.ts';
import { mentionCount, unreadCount } from '../streams/stream-rows.ts';

/** Read state after a move, and the position of the reader's own room. `room` is undefined if the pointer did not move. */
export interface MovedPointer {
  readonly read: ReadState;
  readonly room: { rev: number; gen: string } | undefined;
  readonly unreadNotifications: number;
}

/**
 * Moves a member's read pointer: forward only, or (`back`) to just before `seq` from any position. Marks the notifications up to the
 * pointer as read. The member's own room takes its next position if the pointer moved.
 */
export async function movePointer(
  tx: Transaction,
  move: { streamId: string; userId: string; seq: number; back: boolean; at: Date },
): Promise<MovedPointer | undefined> {
  const [moved] = await tx.query<{ rev: number; gen: string }>(
    `with target as (
       select s.id, least($4::bigint, s.last_seq) as seq,
         case when $4::bigint >= s.last_seq then s.message_count else coalesce((
           select e.ordinal from stream_events e where e.stream_id = s.id and e.seq <= $4 and e.ordinal is not null order by e.seq desc limit 1
         ), 0) end as ordinal
       from streams s where s.id = $2 and s.workspace_id = $1
     ), pointer as (
       update stream_members m set read_seq = target.seq, read_ordinal = target.ordinal, read_rev = m.read_rev + 1, last_read_at = $6
       from target
       where m.stream_id = target.id and m.user_id = $3 and m.left_at is null
         and (m.read_seq < target.seq or ($5::boolean and m.read_seq <> target.seq))
       returning m.user_id, target.seq
     ), moved as (
       update workspace_members wm set rev = wm.rev + 1 from pointer where wm.workspace_id = $1 and wm.user_id = pointer.user_id
       returning wm.rev, wm.gen, pointer.seq
     ), seen as (
       update notifications n set read_at = $6 from moved
       where n.workspace_id = $1 and n.user_id = $3 and n.stream_id = $2 and n.seq <= moved.seq and n.read_at is null
     )
     select rev, gen from moved`,
    [tx.workspaceId, move.streamId, move.userId, move.seq, move.back, move.at],
  );
  const state = await findReadState(tx, move.streamId, move.userId);
  return state && { ...state, room: moved };
}

/** Finds a member's read pointer in a stream and the remaining unread counts. */
export async function findReadState(
  tx: Transaction,
  streamId: string,
  userId: string,
): Promise<{ read: ReadState; unreadNotifications: number } | undefined> {
  const [row] = await tx.query<{
    read_rev: number;
    read_seq: number;
    unread_count: number;
    mention_count: number;
    last_read_at: Date | null;
    unread_notifications: number;
  }>(
    `select m.read_rev, m.read_seq, m.last_read_at, ${unreadCount} as unread_count, ${mentionCount} as mention_count,
       ${unreadNotifications('m.user_id')} as unread_notifications
     from stream_members m join streams s on s.id = m.stream_id
     where m.workspace_id = $1 and m.stream_id = $2 and m.user_id = $3 and m.left_at is null`,
    [tx.workspaceId, streamId, userId],
  );
  return row && { read: readStateOf(row), unreadNotifications: row.unread_notifications };
}
