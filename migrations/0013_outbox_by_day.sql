-- Up Migration

set local lock_timeout = '5s';

-- All locks first. The outbox is the last table in the order of the requests.
lock table outbox in access exclusive mode;

/*
 * The outbox by days. Deleting old rows kept pace up to 83 rows a second; dropping a day costs the same at any rate. Days stand in a schema
 * of their own, where the functions' role has no rights: it reaches rows only through `outbox`, whose policy bounds it to its workspace.
 *
 * A row that the queue refuses counts its attempts. After the last one it is parked: it stays, but no sweep sends it again.
 */
create schema outbox_days;
revoke all on schema outbox_days from public;

alter table outbox drop constraint outbox_pkey;
drop index outbox_unpublished, outbox_by_age;
alter table outbox alter column position drop identity;
alter table outbox add column attempts smallint not null default 0, add column parked_at timestamptz;
alter table outbox rename to before;
alter table before set schema outbox_days;
revoke all on outbox_days.before from streambed_app;
drop policy one_workspace on outbox_days.before;

create table outbox (
  id text not null,
  position bigint generated always as identity,
  workspace_id text not null,
  room text not null,
  topic text,
  payload jsonb not null,
  created_at timestamptz not null,
  published_at timestamptz,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint,
  attempts smallint not null default 0,
  parked_at timestamptz,
  primary key (id, created_at)
) partition by range (created_at);
create index outbox_unpublished on outbox (position) where published_at is null and parked_at is null;
create index outbox_parked on outbox (position) where parked_at is not null;
alter table outbox enable row level security;
create policy one_workspace on outbox using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
grant select, insert on outbox to streambed_app;

-- Rows of a day without a table of its own.
create table outbox_days.strays partition of outbox default;
alter table outbox_days.strays enable row level security;

-- The table of before becomes the first part, from its first day to the end of today. An empty one is dropped. No row is copied; its new
-- indexes take 8 s for a million rows, while posts wait.
do $$
declare
  first_day timestamptz;
  next_day timestamptz;
begin
  set local timezone = 'UTC';
  select date_trunc('day', min(created_at)), date_trunc('day', greatest(max(created_at), now())) + interval '1 day'
    into first_day, next_day from outbox_days.before;
  if first_day is null then
    drop table outbox_days.before;
  else
    execute format('alter table public.outbox alter column position restart with %s',
      (select max(position) + 1 from outbox_days.before));
    execute format('alter table public.outbox attach partition outbox_days.before for values from (%L) to (%L)', first_day, next_day);
  end if;
end $$;

-- The days that have a table, with their limits.
create function outbox_days()
  returns table (part regclass, since timestamptz, until timestamptz)
  language sql stable set search_path = pg_catalog set timezone = 'UTC'
  as $$
    select c.oid::regclass, (regexp_match(b.bound, $re$FROM \('([^']+)'\)$re$))[1]::timestamptz,
      (regexp_match(b.bound, $re$TO \('([^']+)'\)$re$))[1]::timestamptz
    from pg_inherits i join pg_class c on c.oid = i.inhrelid cross join lateral pg_get_expr(c.relpartbound, c.oid) b(bound)
    where i.inhparent = 'public.outbox'::regclass and b.bound <> 'DEFAULT'
  $$;

/*
 * Makes the tables of this day and of the next ones, and moves the rows there that were stored without one. Returns the number of new
 * tables. A day with more than 10,000 stray rows gets none: moving them would hold up posts, so they are deleted in their time instead.
 * Posts wait for the lock, once a day, for milliseconds. Raises 55P03 when it is not free for a second; the next sweep tries again.
 */
create function outbox_make_days(at timestamptz, ahead int)
  returns int
  language plpgsql security definer set search_path = pg_catalog, public set timezone = 'UTC' set lock_timeout = '1s'
  as $$
    declare
      day_start timestamptz;
      day_end timestamptz;
      part_name text;
      made int := 0;
    begin
      for n in 0..least(ahead, 7) loop
        day_start := date_trunc('day', at) + n * interval '1 day';
        day_end := day_start + interval '1 day';
        continue when exists (select from public.outbox_days() d where d.since < day_end and d.until > day_start);
        -- No insert may be on its way to the stray rows: with a weaker lock it fails when its day gets a table meanwhile (23514).
        lock table only public.outbox in access exclusive mode;
        lock table only outbox_days.strays in access exclusive mode;
        continue when exists (select from public.outbox_days() d where d.since < day_end and d.until > day_start);
        continue when (select count(*) > 10000 from (
          select from outbox_days.strays s where s.created_at >= day_start and s.created_at < day_end limit 10001));
        part_name := to_char(day_start, '"d"YYYYMMDD');
        execute format('create table outbox_days.%I (like public.outbox including defaults)', part_name);
        execute format('alter table outbox_days.%I enable row level security', part_name);
        execute format('with moved as (delete from outbox_days.strays where created_at >= %L and created_at < %L returning *)
          insert into outbox_days.%I select * from moved', day_start, day_end, part_name);
        execute format('alter table public.outbox attach partition outbox_days.%I for values from (%L) to (%L)',
          part_name, day_start, day_end);
        made := made + 1;
      end loop;
      return made;
    end
  $$;

/*
 * Drops the tables of the days that ended before a time, and returns their number. Unsent rows are never lost: they become stray rows. A day
 * with more than 10,000 of them stays. Posts wait for the lock, once a day, for milliseconds. Raises 55P03 when it is not free for a second.
 */
create function outbox_drop_days(older_than timestamptz)
  returns int
  language plpgsql security definer set search_path = pg_catalog, public set timezone = 'UTC' set lock_timeout = '1s'
  as $$
    declare
      part regclass;
      unsent bigint;
      dropped int := 0;
    begin
      for part in select d.part from public.outbox_days() d where d.until <= older_than order by d.until loop
        execute format('select (select count(*) from (select from %1$s where published_at is null and parked_at is null limit 10001) u)
          + (select count(*) from (select from %1$s where published_at is null and parked_at is not null limit 10001) u)', part)
          into unsent;
        continue when unsent > 10000;
        lock table only public.outbox in access exclusive mode;
        execute format('alter table public.outbox detach partition %s', part);
        execute format('insert into public.outbox overriding system value select * from %s where published_at is null', part);
        execute format('drop table %s', part);
        dropped := dropped + 1;
      end loop;
      return dropped;
    end
  $$;

-- Whole days are dropped; this deletes published rows of days without a table.
create or replace function outbox_forget(older_than timestamptz, max_rows int)
  returns bigint
  language sql security definer set search_path = pg_catalog, public
  as $$
    with old as (
      select s.ctid from outbox_days.strays s where s.created_at < older_than and s.published_at is not null limit max_rows
    ), gone as (
      delete from outbox_days.strays s using old where s.ctid = old.ctid returning 1
    )
    select count(*) from gone
  $$;

-- Unpublished rows behind a position, with their attempts. Rows come complete: an event that was just appended holds its position itself.
create function outbox_waiting(older_than timestamptz, behind bigint, max_rows int)
  returns table (id text, place bigint, workspace_id text, room text, topic text, payload jsonb, created_at timestamptz)
  language sql security definer set search_path = pg_catalog, public
  as $$
    select o.id, o.position, o.workspace_id, o.room, coalesce(o.topic, ''),
      case
        when o.seq is null or jsonb_typeof(o.payload -> 'item') is distinct from 'object' then o.payload
        when o.payload #>> '{item,type}' = 'event' then jsonb_set(jsonb_set(jsonb_set(o.payload,
          '{item,seq}', to_jsonb(o.seq)), '{item,data,seq}', to_jsonb(o.seq)), '{item,data,changedSeq}', to_jsonb(o.seq))
        else jsonb_set(o.payload, '{item,seq}', to_jsonb(o.seq))
      end,
      o.created_at
    from public.outbox o
    where o.published_at is null and o.parked_at is null and o.position > behind and o.created_at < older_than
    order by o.position
    limit max_rows
  $$;

-- For the sweeper of the version before, which neither pages nor parks.
create or replace function outbox_unpublished(older_than timestamptz, max_rows int)
  returns table (id text, workspace_id text, room text, topic text, payload jsonb, created_at timestamptz)
  language sql security definer set search_path = pg_catalog, public
  as $$
    select w.id, w.workspace_id, w.room, w.topic, w.payload, w.created_at from public.outbox_waiting(older_than, 0, max_rows) w
    order by w.place
  $$;

-- The times of creation bound the search to the days of the rows: without them a mark looks into each day. JavaScript cuts a time to
-- milliseconds. A mark may be lost with the server (then the row is sent once more, which changes nothing): nobody waits for the disk.
create function outbox_mark_published(row_ids text[], earliest timestamptz, latest timestamptz, at timestamptz)
  returns void
  language plpgsql security definer set search_path = pg_catalog, public set plan_cache_mode = force_generic_plan
  as $$
    begin
      perform set_config('synchronous_commit', 'off', true);
      update public.outbox set published_at = at
      where id = any(row_ids) and created_at >= earliest and created_at < latest + interval '1 millisecond';
    end
  $$;

-- Counts an attempt for rows that the queue refused, and parks those with no attempt left. Returns the number of rows parked now.
create function outbox_note_refused(row_ids text[], earliest timestamptz, latest timestamptz, at timestamptz, max_attempts int)
  returns bigint
  language sql security definer set search_path = pg_catalog, public
  as $$
    with noted as (
      update public.outbox o set attempts = o.attempts + 1, parked_at = case when o.attempts + 1 >= max_attempts then at end
      where o.id = any(row_ids) and o.created_at >= earliest and o.created_at < latest + interval '1 millisecond'
        and o.published_at is null and o.parked_at is null
      returning o.parked_at
    )
    select count(parked_at) from noted
  $$;

-- Time of the oldest row that waits, and the number of parked rows.
create function outbox_state()
  returns table (oldest timestamptz, parked bigint)
  language sql security definer set search_path = pg_catalog, public
  as $$
    select (select o.created_at from public.outbox o where o.published_at is null and o.parked_at is null order by o.position limit 1),
      (select count(*) from public.outbox o where o.parked_at is not null)
  $$;

revoke all on function outbox_days(), outbox_make_days(timestamptz, int), outbox_drop_days(timestamptz),
  outbox_waiting(timestamptz, bigint, int), outbox_mark_published(text[], timestamptz, timestamptz, timestamptz),
  outbox_note_refused(text[], timestamptz, timestamptz, timestamptz, int), outbox_state() from public;
grant execute on function outbox_make_days(timestamptz, int), outbox_drop_days(timestamptz), outbox_waiting(timestamptz, bigint, int),
  outbox_mark_published(text[], timestamptz, timestamptz, timestamptz),
  outbox_note_refused(text[], timestamptz, timestamptz, timestamptz, int), outbox_state() to streambed_app;

do $$ begin perform public.outbox_make_days(now(), 3); end $$;
