import type { MemoryState } from '../../../contract/epoch.ts';
import type { Transaction } from '../../platform/database.ts';
import type { Model } from '../indexing/model-store.ts';

/** Longer than this no event waits to be put into an epoch, and no closed epoch for the index, unless memory is behind. */
const eventSeconds = 60;
const epochSeconds = 120;
const before = (now: Date, seconds: number): Date => new Date(now.getTime() - seconds * 1000);

/** Of epochs `w` that wait, since `content_at`. */
const waits = `w.workspace_id = $1 and w.status = 'closed' and w.indexed_rev is distinct from w.content_rev`;
const isOn = `coalesce((c.settings ->> 'enabled')::boolean, true)`;
/** Whether an epoch of the workspace waits too long. */
const isAnyLate = (late: string): string => `exists (select from epochs w where ${waits} and w.content_at < ${late})`;

/** How memory is doing in one stream, and its newest epoch: of the last few the newest that is linked with something. */
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
    [tx.workspaceId, streamId, before(now, eventSeconds), before(now, epochSeconds)],
  );
  const state = row?.is_on === false ? 'off' : row?.is_behind === true ? 'behind' : 'current';
  return { epochId: row?.epoch_id ?? undefined, state };
}

/** Which streams a member may read, for asking the index, and whether the index holds what it should. */
export interface ReadableStreams {
  readonly isGuest: boolean;
  /** Those that not everybody reads, the lively first; of a guest all. */
  readonly streamIds: readonly string[];
  readonly state: MemoryState;
  /** The model that the workspace is indexed with; undefined: nothing is indexed yet. */
  readonly model: Model | undefined;
}

/** Most streams that a question to the index names. */
const maxStreams = 10_000;

/** Undefined for who is not in the workspace. */
export async function findReadable(tx: Transaction, userId: string, now: Date): Promise<ReadableStreams | undefined> {
  const [row] = await tx.query<{ is_guest: boolean; stream_ids: string[]; is_behind: boolean; model: string | null; dimension: number }>(
    `select wm.role = 'guest' as is_guest, mm.model, mm.dimension, ${isAnyLate('$3')} as is_behind,
       array(
         select s.id
         from (
           select distinct a.stream_id
           from stream_members m
           join (select s.id as stream_id, unnest(s.access_ids) as access_id from streams s where s.workspace_id = $1) a
             on a.access_id = m.stream_id
           where m.workspace_id = $1 and m.user_id = $2 and m.left_at is null
         ) own
         join streams s on s.id = own.stream_id
         left join streams r on s.visibility = 'inherit' and r.id = s.access_ids[cardinality(s.access_ids)]
         where (wm.role = 'guest' or coalesce(r.visibility, s.visibility) <> 'public')
         order by s.last_event_at desc nulls last, s.id limit ${maxStreams}
       ) as stream_ids
     from workspace_members wm left join workspace_memory mm on mm.workspace_id = wm.workspace_id
     where wm.workspace_id = $1 and wm.user_id = $2 and wm.removed_at is null`,
    [tx.workspaceId, userId, before(now, epochSeconds)],
  );
  return (
    row && {
      isGuest: row.is_guest,
      streamIds: row.stream_ids,
      state: row.is_behind ? 'behind' : 'current',
      model: row.model === null ? undefined : { model: row.model, dimension: row.dimension },
    }
  );
}

export interface MemoryCounts {
  readonly state: MemoryState;
  readonly streamsBehind: number;
  readonly epochsWaiting: number;
  readonly waitingSince: Date | undefined;
  readonly epochCount: number;
}

/** Counting ends here. */
const countedUpTo = 1_000;

/** How far memory is in the whole workspace. */
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
    [tx.workspaceId, before(now, eventSeconds), before(now, epochSeconds)],
  );
  return {
    state: row?.is_off === true ? 'off' : row?.is_behind === true ? 'behind' : 'current',
    streamsBehind: row?.streams ?? 0,
    epochsWaiting: row?.waiting ?? 0,
    waitingSince: row?.since ?? undefined,
    epochCount: row?.epochs ?? 0,
  };
}

/** What memory stands on in a workspace: the model that it is indexed with, and what was learned of its words. */
export interface Standing {
  readonly model: Model | undefined;
  readonly associations: { readonly version: number; readonly trust: number; readonly learnedAt: string } | null;
}

export async function findStanding(tx: Transaction): Promise<Standing> {
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
