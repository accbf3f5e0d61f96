import type pg from 'pg';
import { ids, seededUntil, seedWorkspace, theWorkspace, withoutIndexes } from './seeding.ts';

export interface WorkspaceSize {
  readonly streams: number;
  readonly events: number;
  readonly members: number;
}

/** Days of history. */
const days = 180;

/**
 * Seeds a workspace with half a year of history: few streams hold most events, and members are in 30 to 300 streams, read to the end, in
 * part or never. Of 20 streams 13 are public channels, one is a public incident, two are private channels, three are DMs and one is a
 * thread. 1 event in 50 is deleted, 1 in 20 is a system event. Random numbers are the same in each run.
 */
export async function seedBusyWorkspace(owner: pg.Client, size: WorkspaceSize): Promise<void> {
  await seedWorkspace(owner, size.members);
  await owner.query('set max_parallel_workers_per_gather = 0; select setseed(0.25)');
  await seedStreams(owner, size);
  await seedEvents(owner, size);
  await countEvents(owner);
  await seedMembers(owner, size);
  await seedMentions(owner, size);
  await owner.query('reset max_parallel_workers_per_gather');
  await owner.query('vacuum analyze');
}

/** The nth stream's share of the events is proportional to 1 / n^0.9. Its kind is the nth of a repeating list of 20. */
async function seedStreams(owner: pg.Client, { streams, events, members }: WorkspaceSize): Promise<void> {
  await owner.query(
    'create table seeded (n int primary key, id text not null, kind int not null, size int not null, until timestamptz not null)',
  );
  await owner.query(
    `insert into seeded
     select n, ${ids.stream('n')}, (n * 7) % 20, greatest(1, round($2::int * power(n, -0.9) / sum(power(n, -0.9)) over ())),
       $3::timestamptz - power(random(), 3) * interval '60 days'
     from generate_series(1, $1::int) n`,
    [streams, events, seededUntil],
  );
  await owner.query('update seeded set size = size + $1::int - (select sum(size) from seeded)::int where n = 1', [events]);
  await owner.query(
    `insert into streams (id, workspace_id, stream_type, name, slug, description, parent_stream_id, branched_from_event_id, visibility, gen,
       created_by, created_at, access_ids, dm_member_ids)
     select id, $1, type, case when named then 'Stream ' || n end, case when named then 'stream-' || n end, 'What stream ' || n || ' is about',
       case type when 'thread' then parent_id end, case type when 'thread' then ${ids.event('n')} end,
       case when type = 'thread' then 'inherit' when type = 'dm' or kind < 2 then 'private' else 'public' end,
       'g1', ${ids.user('1')}, $2::timestamptz - interval '${days} days', array[case type when 'thread' then parent_id else id end],
       case type when 'dm' then array(select distinct ${ids.user('p')} from unnest(array[1 + n % $3::int, 1 + n * 13 / 7 % $3::int]) p order by 1) end
     from (select *, case when kind between 2 and 4 then 'dm' when kind = 5 then 'thread' when kind = 6 then 'incident' else 'channel' end as type
       from seeded) d,
       -- The one before a thread is a public channel.
       lateral (select type in ('channel', 'incident') as named, ${ids.stream('n - 1')} as parent_id) x`,
    [theWorkspace, seededUntil, members],
  );
}

/** Inserts rows in the order of time, as production does, not stream by stream. */
async function seedEvents(owner: pg.Client, { members }: WorkspaceSize): Promise<void> {
  await withoutIndexes(owner, 'stream_events', () =>
    owner.query(
      `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id, content_type,
         content_id, created_at, deleted_at)
       select ${ids.event('row_number() over (order by at)')}, $1, stream_id, seq,
         case when deleted then size + count(*) filter (where deleted) over log else seq end,
         case when counted then count(*) filter (where counted) over log end,
         case when counted then 'message' else 'system' end, ${ids.user('actor')}, 'c' || seq, case when counted then 'text_message' end,
         null, at, case when deleted then at + interval '1 minute' end
       from (
         select d.id as stream_id, d.size, seq, r.chance < 0.95 as counted, r.chance < 0.02 as deleted, 1 + floor(random() * $3::int)::int as actor,
           d.until - (d.size - seq + random()) / d.size * ($2::timestamptz - d.until) - (d.size - seq) * interval '${days - 61} days' / d.size as at
         from seeded d, generate_series(1, d.size) seq, lateral (select random() as chance where seq > 0) r
       ) e
       window log as (partition by stream_id order by seq)
       order by at`,
      [theWorkspace, seededUntil, members],
    ),
  );
}

/** Sets the counters of streams from their events. */
async function countEvents(owner: pg.Client): Promise<void> {
  await owner.query(
    `update streams s set last_seq = e.last_seq, message_count = e.message_count, deleted_count = e.deleted_count,
       last_deleted_ordinal = e.last_deleted_ordinal, last_event_at = e.last_event_at, recent_actor_ids = e.actors
     from (
       select stream_id, max(changed_seq) as last_seq, coalesce(max(ordinal), 0) as message_count, count(deleted_at) as deleted_count,
         coalesce(max(ordinal) filter (where deleted_at is not null), 0) as last_deleted_ordinal, max(created_at) as last_event_at,
         (array_agg(distinct actor_id) filter (where seq > size - 3)) as actors
       from stream_events join seeded on seeded.id = stream_id group by stream_id
     ) e where s.id = e.stream_id`,
  );
}

/**
 * Busy streams have more members. Two in five members have read everything, two in five a random part, one in ten nearly everything, one
 * in ten nothing.
 */
async function seedMembers(owner: pg.Client, { members }: WorkspaceSize): Promise<void> {
  await owner.query(
    `insert into stream_members (stream_id, user_id, workspace_id, joined_at, read_seq, read_ordinal, last_read_at)
     select id, user_id, $1, $2::timestamptz - interval '${days} days', coalesce(e.seq, 0), coalesce(e.ordinal, 0), e.created_at
     from (
       select d.id, ${ids.user('u')} as user_id, d.size, random() as how
       from generate_series(1, $3::int) u, lateral (
         select * from seeded where kind not between 2 and 4 order by random() * power(n, 0.5) + 0 * u limit 30 + 270 * u / $3::int
       ) d
       union all
       select d.id, p, d.size, random() from seeded d join streams s on s.id = d.id, unnest(s.dm_member_ids) p
     ) m
     left join lateral (
       select e.seq, e.ordinal, e.created_at from stream_events e
       where e.stream_id = m.id and e.ordinal is not null and how < 0.9
         and e.seq <= case when how < 0.4 then size when how < 0.5 then size - (how - 0.4) * 300 else (how - 0.5) / 0.4 * size end
       order by e.seq desc limit 1
     ) e on true`,
    [theWorkspace, seededUntil, members],
  );
}

/** One event in 100 mentions one member, one in 2,000 everybody. Activity up to the read pointer is read. */
async function seedMentions(owner: pg.Client, { members }: WorkspaceSize): Promise<void> {
  await owner.query(
    `insert into mentions (workspace_id, stream_id, seq, user_id, actor_id)
     select $1, stream_id, seq, case when ordinal % 2000 = 0 then '@here' else ${ids.user('1 + (seq * 7919) % $2::int')} end, actor_id
     from stream_events where ordinal % 100 = 0 and deleted_at is null`,
    [theWorkspace, members],
  );
  await owner.query(
    `insert into notifications (id, workspace_id, user_id, kind, stream_id, event_id, seq, actor_id, created_at, read_at)
     select ${ids.notification('row_number() over (order by e.created_at)')}, $1, n.user_id, 'mention', n.stream_id, e.id, n.seq, n.actor_id,
       e.created_at, case when m.read_seq >= n.seq then e.created_at end
     from mentions n join stream_events e on e.stream_id = n.stream_id and e.seq = n.seq
     left join stream_members m on m.stream_id = n.stream_id and m.user_id = n.user_id`,
    [theWorkspace],
  );
}
