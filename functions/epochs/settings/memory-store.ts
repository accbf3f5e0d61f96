import { MemorySettings } from '../../../contract/epoch.ts';
import type { MemoryState } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import type { Model } from '../indexing/index-store.ts';

const Stored = MemorySettings.partial();

/** Memory settings that were set for a stream. */
export async function findMemorySettings(tx: Transaction, streamId: string): Promise<Partial<MemorySettings>> {
  const [row] = await tx.query<{ settings: unknown }>('select settings from epoch_cursors where workspace_id = $1 and stream_id = $2', [
    tx.workspaceId,
    streamId,
  ]);
  return Stored.parse(row?.settings ?? {});
}

/** Merges memory settings of a stream, which may have no epochs yet, and returns all that are set. */
export async function mergeMemorySettings(
  tx: Transaction,
  streamId: string,
  change: Partial<Record<keyof MemorySettings, unknown>>,
): Promise<Partial<MemorySettings>> {
  const [row] = await tx.query<{ settings: unknown }>(
    `insert into epoch_cursors as c (stream_id, workspace_id, settings) values ($2, $1, $3::jsonb)
     on conflict (stream_id) do update set settings = c.settings || excluded.settings
     returning settings`,
    [tx.workspaceId, streamId, JSON.stringify(change)],
  );
  return Stored.parse(row?.settings);
}

/** Memory is `behind` when an event waits longer than this for an epoch, or a closed epoch for the index. */
const eventSeconds = 60;
const epochSeconds = 120;
const before = (now: Date, seconds: number): Date => new Date(now.getTime() - seconds * 1000);
/** The time since which an epoch may wait for the index. */
export const lateBefore = (now: Date): Date => before(now, epochSeconds);

/** SQL: the closed epoch `w` waits for the index, since `content_at`. */
const waits = `w.workspace_id = $1 and w.status = 'closed' and w.indexed_rev is distinct from w.content_rev`;
const isOn = `coalesce((c.settings ->> 'enabled')::boolean, true)`;
/** SQL: an epoch of the workspace waits since before the time `late`. */
export const isAnyLate = (late: string): string => `exists (select from epochs w where ${waits} and w.content_at < ${late})`;

/** The state of memory in a stream, and its newest epoch: the newest one with links, if one of the last ten has any. */
export async function findMemoryOfStream(
  tx: Transaction,
  streamId: string,
  now: Date,
): Promise<{ epochId: string | undefined; state: MemoryState }> {
  const [row] = await tx.query<{ epoch_id: string | null; is_on: boolean; is_behind: boolean }>(
    `select ${isOn} as is_on,
       (select ep.id from (
          select id, first_seq from epochs where workspace_id = $1 and stream_id = s.id order by first_seq desc limit 10
        ) ep
        order by exists (select from epoch_links l where l.workspace_id = $1 and l.epoch_id = ep.id) desc, ep.first_seq desc limit 1) as epoch_id,
       ${isAnyLate('$4')} or exists (
         select from stream_events e where e.stream_id = s.id and e.seq > coalesce(c.seq, 0) and e.ordinal is not null and e.created_at < $3
       ) as is_behind
     from streams s left join epoch_cursors c on c.stream_id = s.id
     where s.workspace_id = $1 and s.id = $2`,
    [tx.workspaceId, streamId, before(now, eventSeconds), lateBefore(now)],
  );
  const state = row?.is_on === false ? 'off' : row?.is_behind === true ? 'behind' : 'current';
  return { epochId: row?.epoch_id ?? undefined, state };
}

export interface MemoryCounts {
  readonly state: MemoryState;
  readonly streamsBehind: number;
  readonly epochsWaiting: number;
  readonly waitingSince: Date | undefined;
  readonly epochCount: number;
}

/** Counts above this are not exact. */
const countedUpTo = 1_000;

/** Counts the streams and epochs of the workspace that memory has not caught up with. */
export async function countMemory(tx: Transaction, now: Date): Promise<MemoryCounts> {
  const [row] = await tx.query<{
    is_off: boolean | null;
    is_behind: boolean | null;
    streams: number;
    waiting: number;
    since: Date | null;
    epochs: number;
  }>(
    `with waiting as (
       select w.content_at as since from epochs w where ${waits} order by w.content_at limit ${countedUpTo}
     ), behind as (
       select e.created_at as since
       from streams s left join epoch_cursors c on c.stream_id = s.id
       cross join lateral (
         select e.created_at from stream_events e
         where e.stream_id = s.id and e.seq > coalesce(c.seq, 0) and e.ordinal is not null order by e.seq limit 1
       ) e
       where s.workspace_id = $1 and s.last_seq > coalesce(c.seq, 0) and ${isOn} limit ${countedUpTo}
     )
     select (select count(*)::int from waiting) as waiting, (select min(since) from waiting) as since,
       (select count(*)::int from behind) as streams, (select count(*) from epochs where workspace_id = $1) as epochs,
       (select min(since) < $3 from waiting) is true or (select min(since) < $2 from behind) is true as is_behind,
       (select bool_and(not ${isOn}) from streams s left join epoch_cursors c on c.stream_id = s.id where s.workspace_id = $1) as is_off`,
    [tx.workspaceId, before(now, eventSeconds), lateBefore(now)],
  );
  return {
    state: row?.is_off === true ? 'off' : row?.is_behind === true ? 'behind' : 'current',
    streamsBehind: row?.streams ?? 0,
    epochsWaiting: row?.waiting ?? 0,
    waitingSince: row?.since ?? undefined,
    epochCount: row?.epochs ?? 0,
  };
}

/** The models of memory in a workspace: its embedding model, and the learned associations. */
export interface MemoryModels {
  readonly model: Model | undefined;
  readonly associations: { readonly version: number; readonly trust: number; readonly learnedAt: string } | null;
}

export async function findMemoryModels(tx: Transaction): Promise<MemoryModels> {
  const [row] = await tx.query<{ version: number | null; trust: number; learned_at: Date; model: string | null; dimension: number }>(
    `select a.version, a.trust, a.learned_at, m.model, m.dimension
     from (select $1::text as workspace_id) w
     left join association_models a on a.workspace_id = w.workspace_id
     left join workspace_memory m on m.workspace_id = w.workspace_id`,
    [tx.workspaceId],
  );
  if (!row) throw new Error('One row is always there');
  return {
    model: row.model === null ? undefined : { model: row.model, dimension: row.dimension },
    associations: row.version === null ? null : { version: row.version, trust: row.trust, learnedAt: row.learned_at.toISOString() },
  };
}
