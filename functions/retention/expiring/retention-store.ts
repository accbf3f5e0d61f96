import type { StreamRetention } from '../../../contract/retention.ts';
import type { Transaction } from '../../platform/database.ts';

export async function findRetention(tx: Transaction): Promise<number | null> {
  const [row] = await tx.query<{ retention_days: number | null }>('select retention_days from workspaces where id = $1', [tx.workspaceId]);
  return row?.retention_days ?? null;
}

/** Sets the retention of the workspace and makes its messages due at once; returns the previous one. */
export async function replaceRetention(tx: Transaction, days: number | null): Promise<number | null> {
  const [row] = await tx.query<{ before: number | null }>(
    `with before as (select id, retention_days from workspaces where id = $1 for update)
     update workspaces w set retention_days = $2, expires_at = null from before where w.id = before.id returning before.retention_days as before`,
    [tx.workspaceId, days],
  );
  return row?.before ?? null;
}

/** SQL: the retention of stream `s`, by its own or that of its nearest parent, else of the workspace `w`; 0 keeps for ever. */
const effective = `coalesce((
    with recursive up as (
      select p.id, p.parent_stream_id, p.retention_days, 0 as depth from streams p where p.id = s.id
      union all select p.id, p.parent_stream_id, p.retention_days, up.depth + 1 from up join streams p on p.id = up.parent_stream_id
      where up.retention_days is null and up.depth < 20
    ) select up.retention_days from up where up.retention_days is not null order by up.depth limit 1), w.retention_days, 0)`;

export async function findStreamRetention(tx: Transaction, streamId: string): Promise<StreamRetention> {
  const [row] = await tx.query<{ own: number | null; days: number }>(
    `select s.retention_days as own, ${effective} as days from streams s join workspaces w on w.id = s.workspace_id
     where s.workspace_id = $1 and s.id = $2`,
    [tx.workspaceId, streamId],
  );
  return { own: row?.own ?? null, days: row && row.days > 0 ? row.days : null };
}

/** Sets the own retention of a stream and makes the messages of the workspace due at once. */
export async function replaceStreamRetention(tx: Transaction, streamId: string, own: StreamRetention['own']): Promise<void> {
  await tx.query('update streams set retention_days = $3 where workspace_id = $1 and id = $2', [tx.workspaceId, streamId, own]);
  await tx.query('update workspaces set expires_at = null where id = $1', [tx.workspaceId]);
}

/** A stream whose oldest message that has not expired is older than its retention. */
export interface ExpiringStream {
  readonly id: string;
}

/** Streams with messages to delete. Of each stream only the first message behind its expired ones is read. */
export async function listExpiringStreams(tx: Transaction, now: Date, limit: number): Promise<ExpiringStream[]> {
  return tx.query(
    `select s.id
     from (select s.id, s.expired_seq, ${effective} as days from streams s join workspaces w on w.id = s.workspace_id
       where s.workspace_id = $1 and s.message_count > 0) s
     cross join lateral (
       select e.created_at from stream_events e where e.stream_id = s.id and e.seq > s.expired_seq and e.ordinal is not null order by e.seq limit 1) oldest
     where s.days > 0 and oldest.created_at < $2::timestamptz - make_interval(days => s.days)
     order by oldest.created_at limit $3`,
    [tx.workspaceId, now, limit],
  );
}

/** The next messages of a stream behind its expired ones, oldest first, deleted ones too. */
export async function listOldest(
  tx: Transaction,
  streamId: string,
  limit: number,
): Promise<{ id: string; seq: number; createdAt: Date }[]> {
  return tx.query(
    `select e.id, e.seq, e.created_at as "createdAt" from stream_events e join streams s on s.id = e.stream_id
     where e.workspace_id = $1 and e.stream_id = $2 and e.seq > s.expired_seq and e.ordinal is not null order by e.seq limit $3`,
    [tx.workspaceId, streamId, limit],
  );
}

export function moveExpired(tx: Transaction, streamId: string, seq: number): void {
  tx.defer('update streams set expired_seq = $3 where workspace_id = $1 and id = $2', [tx.workspaceId, streamId, seq]);
}

/** Sets the time at which the workspace is looked at again. */
export async function setNextExpiry(tx: Transaction, at: Date): Promise<void> {
  await tx.query('update workspaces set expires_at = $2 where id = $1', [tx.workspaceId, at]);
}
