import type { WorkspaceRole } from '../../../contract/workspace.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessOf, readersAmong, seesIt } from './stream-rows.ts';

/** Position of a room's log, with its generation. */
export interface RoomPosition {
  readonly rev: number;
  readonly gen: string;
}

/** Takes the next revision of the workspace's own room, under the row lock of the workspace. */
export async function takeWorkspaceRevision(tx: Transaction): Promise<RoomPosition> {
  const [row] = await tx.query<RoomPosition>('update workspaces set rev = rev + 1 where id = $1 returning rev, gen', [tx.workspaceId]);
  if (!row) throw new Error(`The workspace ${tx.workspaceId} has no row`);
  return row;
}

/** Takes the next revision of several members' own rooms, locked in the order of their ids, which prevents deadlocks. */
export async function takeMemberRevisions(tx: Transaction, userIds: readonly string[]): Promise<(RoomPosition & { userId: string })[]> {
  if (userIds.length === 0) return [];
  const rows = await tx.query<RoomPosition & { user_id: string }>(
    `with held as (
       select user_id from workspace_members where workspace_id = $1 and user_id = any($2) and removed_at is null
       order by user_id for no key update
     )
     update workspace_members wm set rev = wm.rev + 1 from held where wm.workspace_id = $1 and wm.user_id = held.user_id
     returning wm.user_id, wm.rev, wm.gen`,
    [tx.workspaceId, userIds],
  );
  return rows.map(({ user_id, rev, gen }) => ({ userId: user_id, rev, gen }));
}

/**
 * Takes the next revision of the own rooms of those users who can read the stream now; others are left out. Personal frames about a stream
 * have this audience.
 */
export async function takeReaderRevisions(
  tx: Transaction,
  streamId: string,
  userIds: readonly string[],
): Promise<(RoomPosition & { userId: string })[]> {
  if (userIds.length === 0) return [];
  const rows = await tx.query<RoomPosition & { user_id: string }>(
    `with held as (
       select wm.user_id ${readersAmong('$2', '$3')} order by wm.user_id for no key update of wm
     )
     update workspace_members wm set rev = wm.rev + 1 from held where wm.workspace_id = $1 and wm.user_id = held.user_id
     returning wm.user_id, wm.rev, wm.gen`,
    [tx.workspaceId, streamId, userIds],
  );
  return rows.map(({ user_id, rev, gen }) => ({ userId: user_id, rev, gen }));
}

/** Lists those of the users who can read the stream now. */
export async function listReadersAmong(tx: Transaction, streamId: string, userIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ user_id: string }>(`select wm.user_id ${readersAmong('$2', '$3')}`, [tx.workspaceId, streamId, userIds]);
  return rows.map(({ user_id }) => user_id);
}

/** Lists the guests among the users. */
export async function listGuestsAmong(tx: Transaction, userIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ user_id: string }>(
    `select user_id from workspace_members where workspace_id = $1 and user_id = any($2) and role = 'guest' and removed_at is null`,
    [tx.workspaceId, userIds],
  );
  return rows.map(({ user_id }) => user_id);
}

/** Lists the members whose own room gets a stream: everyone who reads it by membership, or only the guests of a public stream. */
export async function listPersonalAudience(tx: Transaction, accessIds: readonly string[], guestsOnly: boolean): Promise<string[]> {
  const rows = await tx.query<{ user_id: string }>(
    `select distinct m.user_id from stream_members m
     join workspace_members wm on wm.workspace_id = m.workspace_id and wm.user_id = m.user_id and wm.removed_at is null
     where m.stream_id = any($1) and m.workspace_id = $2 and m.left_at is null and (not $3::boolean or wm.role = 'guest')`,
    [accessIds, tx.workspaceId, guestsOnly],
  );
  return rows.map(({ user_id }) => user_id);
}

/** Finds the positions of the workspace's and the member's rooms, and the member's role; undefined for users outside the workspace. */
export async function findRoomPositions(
  tx: Transaction,
  userId: string,
): Promise<{ role: WorkspaceRole; workspace: RoomPosition; user: RoomPosition } | undefined> {
  const [row] = await tx.query<{ role: WorkspaceRole; w_rev: number; w_gen: string } & RoomPosition>(
    `select wm.role, w.rev as w_rev, w.gen as w_gen, wm.rev, wm.gen from workspaces w
     join workspace_members wm on wm.workspace_id = w.id and wm.user_id = $2 and wm.removed_at is null
     where w.id = $1`,
    [tx.workspaceId, userId],
  );
  return row && { role: row.role, workspace: { rev: row.w_rev, gen: row.w_gen }, user: { rev: row.rev, gen: row.gen } };
}

/**
 * Finds the positions of those of the streams that a member sees. Without counts, because a client asks for all its open streams at once.
 */
export async function findStreamPositions(
  tx: Transaction,
  userId: string,
  streamIds: readonly string[],
): Promise<(RoomPosition & { streamId: string })[]> {
  const rows = await tx.query<{ id: string; gen: string; last_seq: number }>(
    `select s.id, s.gen, s.last_seq from workspace_members wm
     join streams s on s.workspace_id = wm.workspace_id
     ${accessOf('wm.user_id')}
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null and s.id = any($3)
       and ${seesIt(`(wm.role = 'guest')`)}`,
    [tx.workspaceId, userId, streamIds],
  );
  return rows.map(({ id, gen, last_seq }) => ({ streamId: id, gen, rev: last_seq }));
}
