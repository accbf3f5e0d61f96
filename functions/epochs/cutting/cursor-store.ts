import { defaultMemorySettings } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';

/** When the open epoch `p` of cursor `c` falls idle: nobody spoke for as long as its stream allows, and nothing came in either. */
const idleAt = `greatest(p.last_event_at, c.updated_at)
  + make_interval(mins => coalesce((c.settings ->> 'idleMinutes')::int, ${defaultMemorySettings.idleMinutes}))`;

/** Streams whose open epoch has fallen idle. */
export async function listIdleStreams(tx: Transaction, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ stream_id: string }>(
    `select p.stream_id from epochs p join epoch_cursors c on c.stream_id = p.stream_id
     where p.workspace_id = $1 and p.status = 'open' and ${idleAt} <= $2 order by p.last_event_at limit $3`,
    [tx.workspaceId, now, limit],
  );
  return rows.map(({ stream_id: id }) => id);
}

/** Streams in which something was said before `before` that nobody has cut yet: whoever was to do it is gone, or waits for a provider. */
export async function listLagging(tx: Transaction, before: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select s.id from streams s left join epoch_cursors c on c.stream_id = s.id
     where s.workspace_id = $1 and s.message_count > 0 and s.last_seq > greatest(c.seq, c.changed_seq, 0)
       and coalesce(c.updated_at, '-infinity') <= $2 and s.last_event_at <= $2
     order by s.last_event_at desc limit $3`,
    [tx.workspaceId, before, limit],
  );
  return rows.map(({ id }) => id);
}

/** When the next open epoch of the workspace falls idle; undefined where none is open. */
export async function findNextDue(tx: Transaction): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date | null }>(
    `select min(${idleAt}) as at from epochs p join epoch_cursors c on c.stream_id = p.stream_id
     where p.workspace_id = $1 and p.status = 'open'`,
    [tx.workspaceId],
  );
  return row?.at ?? undefined;
}

/** Streams in which something was said that no epoch holds yet, the lively first. */
export async function listUncutStreams(tx: Transaction, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select s.id from streams s left join epoch_cursors c on c.stream_id = s.id
     where s.workspace_id = $1 and s.message_count > 0 and s.last_seq > coalesce(c.seq, 0)
     order by s.last_event_at desc nulls last, s.id limit $2`,
    [tx.workspaceId, limit],
  );
  return rows.map(({ id }) => id);
}
