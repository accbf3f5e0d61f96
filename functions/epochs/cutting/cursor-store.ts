import { MemorySettings, defaultMemorySettings } from '../../../contract/epoch.ts';
import type { BarrierSet } from '../../../contract/epoch.ts';
import { UserId } from '../../../contract/ids.ts';
import type { Transaction } from '../../platform/database.ts';

/** The position up to which a stream has been cut, and its settings. */
export interface EpochCursor {
  readonly seq: number;
  readonly changedSeq: number;
  /** The time of the last move. */
  readonly updatedAt: Date | null;
  readonly rev: number;
  readonly settings: MemorySettings;
}

/** Locks the cursor of a stream, so that no other worker cuts it; undefined when the stream has no cursor yet. */
export async function lockCursor(tx: Transaction, streamId: string): Promise<EpochCursor | undefined> {
  const [row] = await tx.query<{
    seq: number;
    changed_seq: number;
    updated_at: Date | null;
    rev: number;
    settings: Partial<MemorySettings>;
  }>('select seq, changed_seq, updated_at, rev, settings from epoch_cursors where workspace_id = $1 and stream_id = $2 for update', [
    tx.workspaceId,
    streamId,
  ]);
  if (!row) return undefined;
  const settings = MemorySettings.parse({ ...defaultMemorySettings, ...row.settings });
  return { seq: row.seq, changedSeq: row.changed_seq, updatedAt: row.updated_at, rev: row.rev, settings };
}

/** Creates the cursor of a stream. A second call changes nothing. */
export async function insertCursor(tx: Transaction, streamId: string): Promise<void> {
  await tx.query(
    `insert into epoch_cursors (stream_id, workspace_id) select id, workspace_id from streams where workspace_id = $1 and id = $2
     on conflict (stream_id) do nothing`,
    [tx.workspaceId, streamId],
  );
}

/** Moves the cursor of a stream. */
export function moveCursor(tx: Transaction, streamId: string, to: { seq: number; changedSeq: number; rev: number; now: Date }): void {
  tx.defer('update epoch_cursors set seq = $3, changed_seq = $4, rev = $5, updated_at = $6 where workspace_id = $1 and stream_id = $2', [
    tx.workspaceId,
    streamId,
    to.seq,
    to.changedSeq,
    to.rev,
    to.now,
  ]);
}

/** SQL: the time at which the open epoch `p` of cursor `c` becomes idle, counted from its last message or the last batch. */
const idleAt = `greatest(p.last_event_at, c.updated_at)
  + make_interval(mins => coalesce((c.settings ->> 'idleMinutes')::int, ${defaultMemorySettings.idleMinutes}))`;

/** Streams with an idle open epoch, longest idle first. */
export async function listIdleStreams(tx: Transaction, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ stream_id: string }>(
    `select p.stream_id from epochs p join epoch_cursors c on c.stream_id = p.stream_id
     where p.workspace_id = $1 and p.status = 'open' and ${idleAt} <= $2 order by p.last_event_at limit $3`,
    [tx.workspaceId, now, limit],
  );
  return rows.map(({ stream_id: id }) => id);
}

/** Streams with changes from before `before` behind their cursor: their nudge was lost, or waits for a provider. */
export async function listLaggingStreams(tx: Transaction, before: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select s.id from streams s left join epoch_cursors c on c.stream_id = s.id
     where s.workspace_id = $1 and s.message_count > 0 and s.last_seq > greatest(c.seq, c.changed_seq, 0)
       and coalesce(c.updated_at, '-infinity') <= $2 and s.last_event_at <= $2
     order by s.last_event_at desc limit $3`,
    [tx.workspaceId, before, limit],
  );
  return rows.map(({ id }) => id);
}

/** The time at which the next open epoch of the workspace becomes idle; undefined when none is open. */
export async function findNextIdleTime(tx: Transaction): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date | null }>(
    `select min(${idleAt}) as at from epochs p join epoch_cursors c on c.stream_id = p.stream_id
     where p.workspace_id = $1 and p.status = 'open'`,
    [tx.workspaceId],
  );
  return row?.at ?? undefined;
}

/** Streams with messages behind their cursor, the most recently active first. */
export async function listUncutStreams(tx: Transaction, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select s.id from streams s left join epoch_cursors c on c.stream_id = s.id
     where s.workspace_id = $1 and s.message_count > 0 and s.last_seq > coalesce(c.seq, 0)
     order by s.last_event_at desc nulls last, s.id limit $2`,
    [tx.workspaceId, limit],
  );
  return rows.map(({ id }) => id);
}

/** Stores a barrier. A second one at the same position only adds its label. */
export async function upsertBarrier(
  tx: Transaction,
  barrier: { streamId: string; afterSeq: number; label: string | null; setBy: string; setAt: Date },
): Promise<BarrierSet> {
  const [row] = await tx.query<{ after_seq: number; set_by: string; set_at: Date }>(
    `insert into epoch_barriers as b (stream_id, after_seq, workspace_id, label, set_by, set_at) values ($2, $3, $1, $4, $5, $6)
     on conflict (stream_id, after_seq) do update set label = coalesce(excluded.label, b.label)
     returning after_seq, set_by, set_at`,
    [tx.workspaceId, barrier.streamId, barrier.afterSeq, barrier.label, barrier.setBy, barrier.setAt],
  );
  if (!row) throw new Error('The barrier was not stored');
  return { afterSeq: row.after_seq, setBy: UserId.parse(row.set_by), setAt: row.set_at.toISOString() };
}
