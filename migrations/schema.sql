CREATE OR REPLACE FUNCTION public.app_workspace_id()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.workspace_id', true), '') $function$;

CREATE OR REPLACE FUNCTION public.append_event(event_id text, workspace text, stream text, author text, client_key text, created timestamp with time zone, kind text, content_kind text, content_ref text, body jsonb, said text, mentioned jsonb, is_message boolean, mentions_all boolean, even_archived boolean, in_line boolean, promise_id text, promise_room text, promise_topic text, promise_payload jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
    declare
      place bigint;
      message_ordinal bigint;
    begin
      if said is not null then
        insert into text_messages (id, workspace_id, content, mentions) values (event_id, workspace, said, mentioned);
      end if;
      if in_line then
        perform pg_advisory_xact_lock(hashtextextended(stream, 0));
      end if;

      if is_message then
        update streams s set last_seq = s.last_seq + 1, message_count = s.message_count + 1, last_event_at = created,
          recent_actor_ids = case when s.recent_actor_ids[1] is distinct from author
            then (array_prepend(author, array_remove(s.recent_actor_ids, author)))[1:3] else s.recent_actor_ids end,
          counts_rev = s.counts_rev + mentions_all::int
        where s.id = stream and s.workspace_id = workspace and (s.archived_at is null or even_archived)
        returning s.last_seq, s.message_count into place, message_ordinal;
      else
        update streams s set last_seq = s.last_seq + 1, counts_rev = s.counts_rev + mentions_all::int
        where s.id = stream and s.workspace_id = workspace and (s.archived_at is null or even_archived)
        returning s.last_seq into place;
      end if;
      if place is null then
        raise exception 'The stream % takes no events', stream using errcode = 'SBARC';
      end if;

      insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id,
        content_type, content_id, payload, created_at)
      values (event_id, workspace, stream, place, place, message_ordinal, kind, author, client_key, content_kind, content_ref, body, created)
      on conflict (stream_id, actor_id, client_event_id) do nothing;
      if not found then
        raise exception 'The client event id % is taken', client_key using errcode = 'SBDUP';
      end if;

      if is_message then
        update stream_members m set read_seq = place, read_ordinal = message_ordinal, read_rev = m.read_rev + 1,
          last_read_event_id = event_id, last_read_at = created
        where m.stream_id = stream and m.user_id = author and m.left_at is null;
      end if;

      insert into outbox (id, workspace_id, room, topic, payload, seq, created_at)
      values (promise_id, workspace, promise_room, promise_topic, promise_payload, place, created);
      return place;
    end
  $function$;

CREATE OR REPLACE FUNCTION public.append_event(event_id text, workspace text, stream text, author text, client_key text, created timestamp with time zone, kind text, content_kind text, content_ref text, body jsonb, said text, mentioned jsonb, is_message boolean, mentions_all boolean, even_archived boolean, in_line boolean, promise_id text, promise_room text, promise_topic text, promise_payload jsonb, hash bytea)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
    declare
      place bigint;
      message_ordinal bigint;
    begin
      if said is not null then
        insert into text_messages (id, workspace_id, content, mentions) values (event_id, workspace, said, mentioned);
      end if;
      if in_line then
        perform pg_advisory_xact_lock(hashtextextended(stream, 0));
      end if;

      if is_message then
        update streams s set last_seq = s.last_seq + 1, message_count = s.message_count + 1, last_event_at = created,
          recent_actor_ids = case when s.recent_actor_ids[1] is distinct from author
            then (array_prepend(author, array_remove(s.recent_actor_ids, author)))[1:3] else s.recent_actor_ids end,
          counts_rev = s.counts_rev + mentions_all::int
        where s.id = stream and s.workspace_id = workspace and (s.archived_at is null or even_archived)
        returning s.last_seq, s.message_count into place, message_ordinal;
      else
        update streams s set last_seq = s.last_seq + 1, counts_rev = s.counts_rev + mentions_all::int
        where s.id = stream and s.workspace_id = workspace and (s.archived_at is null or even_archived)
        returning s.last_seq into place;
      end if;
      if place is null then
        raise exception 'The stream % takes no events', stream using errcode = 'SBARC';
      end if;

      insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id,
        content_type, content_id, payload, created_at, request_hash)
      values (event_id, workspace, stream, place, place, message_ordinal, kind, author, client_key, content_kind, content_ref, body, created,
        hash)
      on conflict (stream_id, actor_id, client_event_id) do nothing;
      if not found then
        raise exception 'The client event id % is taken', client_key using errcode = 'SBDUP';
      end if;

      if is_message then
        update stream_members m set read_seq = place, read_ordinal = message_ordinal, read_rev = m.read_rev + 1,
          last_read_event_id = event_id, last_read_at = created
        where m.stream_id = stream and m.user_id = author and m.left_at is null;
      end if;

      insert into outbox (id, workspace_id, room, topic, payload, seq, created_at)
      values (promise_id, workspace, promise_room, promise_topic, promise_payload, place, created);
      return place;
    end
  $function$;

CREATE OR REPLACE FUNCTION public.audit_log_erase(person text, replacement text)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  with changed as (
    update public.audit_log a set
      actor = case when a.actor = person then replacement else a.actor end,
      subject_id = case when a.subject_kind = 'member' and a.subject_id = person then replacement else a.subject_id end,
      details = public.erased_json(a.details, '', person, replacement, '')
    where a.workspace_id = public.app_workspace_id()
      and (a.actor = person or a.subject_id = person or strpos(a.details::text, to_jsonb(person)::text) > 0)
    returning 1
  )
  select count(*) from changed
$function$;

CREATE OR REPLACE FUNCTION public.enter_workspace(caller text, version bigint, lock text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  name bigint := hashtextextended('access:' || app_workspace_id(), 0);
begin
  if lock = 'shared' then
    perform pg_advisory_xact_lock_shared(name);
  elsif lock = 'exclusive' then
    perform set_config('lock_timeout', '2s', true);
    perform pg_advisory_xact_lock(name);
    perform set_config('lock_timeout', '0', true);
  end if;
  if caller is not null and exists (
    select from workspace_members m
    where m.workspace_id = app_workspace_id() and m.user_id = caller and m.token_version > version
  ) then
    raise exception 'The token of % was revoked', caller using errcode = 'SBTOK';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.erased_json(value jsonb, field text, person text, replacement text, placeholder text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  said text := value #>> '{}';
  room constant text := ':user:' || person;
  mention constant text := '(?<![\w.@/-])@' || regexp_replace(person, '\.', '\\.', 'g') || '(?![A-Za-z0-9_@-])';
begin
  case jsonb_typeof(value)
  when 'string' then
    if field in ('type', 'op', 'eventType', 'streamType', 'kind', 'status', 'visibility', 'role', 'messages', 'scopes', 'from', 'to', 'gen',
      'name', 'text', 'label', 'question', 'context', 'topic', 'description') then null;
    elsif said = person then return to_jsonb(replacement);
    elsif right(said, length(room)) = room then return to_jsonb(left(said, -length(person)) || replacement);
    end if;
    return to_jsonb(regexp_replace(said, mention, '@' || replacement, 'g'));
  when 'array' then
    return (select coalesce(jsonb_agg(public.erased_json(x, field, person, replacement, placeholder) order by n), '[]')
      from jsonb_array_elements(value) with ordinality as a(x, n));
  when 'object' then
    return (select coalesce(jsonb_object_agg(key, case
        when key in ('name', 'label') and value ->> 'id' = person or key = 'actorName' and value ->> 'actorId' = person then to_jsonb(placeholder)
        when key = 'email' and value ->> 'id' = person then 'null'
        when key = 'metadata' or key = 'payload' and value ->> 'eventType' ~ '\.' then
          regexp_replace(replace(x::text, to_jsonb(person)::text, to_jsonb(replacement)::text), mention, '@' || replacement, 'g')::jsonb
        else public.erased_json(x, key, person, replacement, placeholder) end), '{}')
      from jsonb_each(value) as o(key, x));
  else return value;
  end case;
end
$function$;

CREATE OR REPLACE FUNCTION public.outbox_days()
 RETURNS TABLE(part regclass, since timestamp with time zone, until timestamp with time zone)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog'
 SET "TimeZone" TO 'UTC'
AS $function$
    select c.oid::regclass, (regexp_match(b.bound, $re$FROM \('([^']+)'\)$re$))[1]::timestamptz,
      (regexp_match(b.bound, $re$TO \('([^']+)'\)$re$))[1]::timestamptz
    from pg_inherits i join pg_class c on c.oid = i.inhrelid cross join lateral pg_get_expr(c.relpartbound, c.oid) b(bound)
    where i.inhparent = 'public.outbox'::regclass and b.bound <> 'DEFAULT'
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_drop_days(older_than timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '1s'
AS $function$
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
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_drop_frames(rooms text[])
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  with gone as (
    delete from public.outbox o
    where o.workspace_id = public.app_workspace_id() and public.outbox_subject(o.payload, o.room) = any(rooms) and o.payload ? 'frame'
    returning 1
  )
  select count(*) from gone
$function$;

CREATE OR REPLACE FUNCTION public.outbox_erase(person text, replacement text, person_name text, person_email text, placeholder text, own_room text, after text, max_rows integer, OUT last_id text, OUT changed bigint, OUT waiting bigint)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  chunk text[];
  other text := to_jsonb(replacement)::text;
  mention text := '(?<![\w.@/-])@' || regexp_replace(person, '\.', '\\.', 'g') || '(?![A-Za-z0-9_@-])';
begin
  select array_agg(o.id order by o.id) into chunk
  from (select id from public.outbox where id > after order by id limit max_rows) o;
  last_id := chunk[cardinality(chunk)];
  select count(*) into waiting from public.outbox o
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and o.room = own_room and o.payload ? 'close' and o.published_at is null;
  delete from public.outbox o
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and o.room = own_room
    and not (o.payload ? 'close' and o.published_at is null);
  -- A profile as it was announced, under whatever name the member had then.
  update public.outbox o set payload = jsonb_set(jsonb_set(o.payload, '{item,data,name}', to_jsonb(placeholder)), '{item,data,email}', 'null')
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id()
    and o.payload #>> '{item,type}' = 'member:updated' and o.payload #>> '{item,data,id}' = person;
  update public.outbox o set payload = regexp_replace(replace(replace(replace(replace(replace(replace(o.payload::text,
      to_jsonb(person)::text, other),
      ':user:' || person || '"', ':user:' || replacement || '"'),
      '"id": ' || other || ', "name": ' || to_jsonb(person_name)::text, '"id": ' || other || ', "name": ' || to_jsonb(placeholder)::text),
      '"id": ' || other || ', "type": "user", "label": ' || to_jsonb(person_name)::text,
      '"id": ' || other || ', "type": "user", "label": ' || to_jsonb(placeholder)::text),
      '"actorName": ' || to_jsonb(person_name)::text, '"actorName": ' || to_jsonb(placeholder)::text),
      '"email": ' || to_jsonb(coalesce(person_email, ''))::text, '"email": null'),
    mention, '@' || replacement, 'g')::jsonb
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and strpos(o.payload::text, person) > 0 and o.room <> own_room;
  get diagnostics changed = row_count;
end
$function$;

CREATE OR REPLACE FUNCTION public.outbox_erase(person text, replacement text, placeholder text, own_room text, after text, max_rows integer, OUT last_id text, OUT changed bigint, OUT waiting bigint)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  chunk text[];
begin
  select array_agg(o.id order by o.id) into chunk
  from (select id from public.outbox where id > after order by id limit max_rows) o;
  last_id := chunk[cardinality(chunk)];
  select count(*) into waiting from public.outbox o
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and o.room = own_room and o.payload ? 'close' and o.published_at is null;
  delete from public.outbox o
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and o.room = own_room
    and not (o.payload ? 'close' and o.published_at is null);
  update public.outbox o set payload = public.erased_json(o.payload, '', person, replacement, placeholder)
  where o.id = any(chunk) and o.workspace_id = public.app_workspace_id() and strpos(o.payload::text, person) > 0 and o.room <> own_room;
  get diagnostics changed = row_count;
end
$function$;

CREATE OR REPLACE FUNCTION public.outbox_forget(older_than timestamp with time zone, max_rows integer)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    with old as (
      select s.ctid from outbox_days.strays s where s.created_at < older_than and s.published_at is not null limit max_rows
    ), gone as (
      delete from outbox_days.strays s using old where s.ctid = old.ctid returning 1
    )
    select count(*) from gone
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_make_days(at timestamp with time zone, ahead integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '1s'
AS $function$
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
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_mark_published(row_ids text[], at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
    begin
      perform set_config('synchronous_commit', 'off', true);
      update public.outbox set published_at = at where id = any(row_ids);
    end
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_mark_published(row_ids text[], earliest timestamp with time zone, latest timestamp with time zone, at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
    begin
      perform set_config('synchronous_commit', 'off', true);
      update public.outbox set published_at = at
      where id = any(row_ids) and created_at >= earliest and created_at < latest + interval '1 millisecond';
    end
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_note_refused(row_ids text[], earliest timestamp with time zone, latest timestamp with time zone, at timestamp with time zone, max_attempts integer)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    with noted as (
      update public.outbox o set attempts = o.attempts + 1, parked_at = case when o.attempts + 1 >= max_attempts then at end
      where o.id = any(row_ids) and o.created_at >= earliest and o.created_at < latest + interval '1 millisecond'
        and o.published_at is null and o.parked_at is null
      returning o.parked_at
    )
    select count(parked_at) from noted
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_redact(event_ids text[])
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  with changed as (
    update public.outbox o set payload = case
      when o.payload #> '{item,data,notification}' is not null then jsonb_set(o.payload, '{item,data,notification,text}', 'null')
      when e.deleted_at is not null then jsonb_set(o.payload, '{item,data}', (o.payload #> '{item,data}') || jsonb_build_object(
        'content', null, 'sharedRef', null, 'poll', null, 'file', null, 'payload', null, 'reactions', '[]'::jsonb, 'pinnedAt', null,
        'pinnedBy', null, 'deletedAt', to_char(e.deleted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
      else jsonb_set(o.payload, '{item,data,content}',
        coalesce((select jsonb_build_object('text', t.content, 'mentions', t.mentions) from public.text_messages t where t.id = e.id), 'null'))
      end
    from public.stream_events e
    where e.id = any(event_ids) and e.workspace_id = public.app_workspace_id() and o.workspace_id = public.app_workspace_id()
      and public.outbox_subject(o.payload, o.room) = e.id and jsonb_typeof(o.payload #> '{item,data}') = 'object'
    returning 1
  )
  select count(*) from changed
$function$;

CREATE OR REPLACE FUNCTION public.outbox_state()
 RETURNS TABLE(oldest timestamp with time zone, parked bigint)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    select (select o.created_at from public.outbox o where o.published_at is null and o.parked_at is null order by o.position limit 1),
      (select count(*) from public.outbox o where o.parked_at is not null)
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_subject(payload jsonb, room text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select coalesce(payload #>> '{item,eventId}', payload #>> '{item,data,notification,eventId}', case when payload ? 'frame' then room end) $function$;

CREATE OR REPLACE FUNCTION public.outbox_unpublished(older_than timestamp with time zone, max_rows integer)
 RETURNS TABLE(id text, workspace_id text, room text, topic text, payload jsonb, created_at timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    select w.id, w.workspace_id, w.room, w.topic, w.payload, w.created_at from public.outbox_waiting(older_than, 0, max_rows) w
    order by w.place
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_waiting(older_than timestamp with time zone, behind bigint, max_rows integer)
 RETURNS TABLE(id text, place bigint, workspace_id text, room text, topic text, payload jsonb, created_at timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
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
  $function$;

CREATE OR REPLACE FUNCTION public.retention_waiting(since timestamp with time zone, at timestamp with time zone, max_rows integer)
 RETURNS TABLE(kind text, workspace_id text, job_id text, waiting_since timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  (select 'purge', w.id, null, p.since from public.workspaces w
   cross join lateral (select min(requested_at) as since from public.purges p where p.workspace_id = w.id) p
   where p.since < $1 limit max_rows)
  union all
  (select 'job', j.workspace_id, j.id, j.moved_at from public.jobs j
   where j.status = 'running' and j.kind = 'erasure' and j.moved_at < $1 limit max_rows)
  union all
  (select 'expire', w.id, null, w.expires_at from public.workspaces w
   where coalesce(w.expires_at, '-infinity') <= $2 and (w.retention_days is not null or exists (
     select from public.streams s where s.workspace_id = w.id and s.retention_days > 0)) limit max_rows)
$function$;

CREATE OR REPLACE FUNCTION public.search_digits(period bigint, characters integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    select string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + (greatest(period, 0) >> (5 * place))::int % 32, 1), '' order by place desc)
    from generate_series(0, characters - 1) place
  $function$;

CREATE OR REPLACE FUNCTION public.search_keys(workspace text, id text, words tsvector)
 RETURNS tsvector
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
    declare
      own constant text := left(md5(workspace), 8);
      said constant text := array_to_string(tsvector_to_array(words), ' ');
      keys text[];
    begin
      if octet_length(said) < 2000 then
        keys := string_to_array(own || replace(said, ' ', ' ' || own), ' ');
      else
        -- Takes twice as long, and cuts a word that would be longer than a key can be (2,046 bytes).
        keys := array(select own || left(word, 500) from unnest(tsvector_to_array(words)) word);
      end if;
      return array_to_tsvector(keys || array[own || ' ', own || ' ' || substr(id, 5, 4), own || ' ' || substr(id, 5, 5)]);
    end
  $function$;

CREATE OR REPLACE FUNCTION public.search_marks(workspace text, newest bigint, periods integer, characters integer)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    select string_agg(quote_literal(left(md5(workspace), 8) || ' ' || search_digits(period, characters)), ' | ')::tsquery
    from generate_series(newest - periods + 1, newest) period
  $function$;

CREATE OR REPLACE FUNCTION public.search_messages(query text, reader text, author text, in_stream text, since timestamp with time zone, until timestamp with time zone)
 RETURNS TABLE(event_id text, stream_id text, score real)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
    #variable_conflict use_column
    declare
      workspace constant text := public.app_workspace_id();
      plain constant tsquery := websearch_to_tsquery('simple', query) || websearch_to_tsquery('english', query);
      keys constant tsquery := public.search_query(workspace, plain);
      -- The period of 2^25 ms that the newest message is in, and one more for clocks that are ahead.
      period constant bigint := 1 + floor(extract(epoch from least(until, now())) * 1000 / 33554432);
      newest constant text := 'evt_' || public.search_digits(period + 1, 5);
      -- A message's time is that of its id, to the millisecond.
      oldest constant text := 'evt_' || public.search_digits(floor(extract(epoch from since) * 1000 / 1073741824)::bigint - 1, 4);
      is_guest boolean;
      span record;
      span_start text;
      span_end text := newest;
      span_keys tsquery;
      taken int;
      total int := 0;
    begin
      select m.role = 'guest' into is_guest from public.workspace_members m
      where m.workspace_id = workspace and m.user_id = reader and m.removed_at is null;
      if is_guest is null or numnode(plain) = 0 then
        return;
      end if;
      for span in
        select * from (values (5, 0, 4), (5, 4, 16), (4, 0, 2), (4, 2, 6), (4, 8, 24), (0, 0, 0)) s (characters, behind, periods)
      loop
        span_start := case when span.characters > 0
          then 'evt_' || public.search_digits((period >> (25 - 5 * span.characters)) - span.behind - span.periods + 1, span.characters) end;
        span_keys := case when span.characters > 0
          then keys && public.search_marks(workspace, (period >> (25 - 5 * span.characters)) - span.behind, span.periods, span.characters)
          else keys end;
        return query
          select e.id, e.stream_id, ts_rank_cd(t.words, plain, 32)
          from (
            -- `offset 0` keeps this apart, so that the plan begins with the index of keys.
            select m.id, m.words from public.text_messages m
            where public.search_keys(m.workspace_id, m.id, m.words) @@ span_keys
              and (m.id collate "C" >= span_start and m.id collate "C" < span_end
                or span_start is null and (m.id collate "C" < span_end or m.id collate "C" >= newest))
              and m.workspace_id = workspace and m.words @@ plain
            offset 0
          ) t
          join public.stream_events e on e.id = t.id
          join public.streams s on s.id = e.stream_id
          where e.workspace_id = workspace and e.deleted_at is null
            and (author is null or e.actor_id = author)
            and (in_stream is null or e.stream_id = in_stream)
            and (since is null or e.created_at >= since)
            and (until is null or e.created_at < until)
            and s.workspace_id = workspace
            and (
              exists (select from public.stream_members am
                where am.stream_id = any(s.access_ids) and am.user_id = reader and am.left_at is null)
              or not is_guest and case s.visibility
                when 'inherit' then (select r.visibility = 'public' from public.streams r where r.id = s.access_ids[cardinality(s.access_ids)])
                else s.visibility = 'public' end
            )
          limit 4000;
        get diagnostics taken = row_count;
        total := total + taken;
        exit when total >= 500 or span_start collate "C" <= oldest;
        span_end := span_start;
      end loop;
    end
  $function$;

CREATE OR REPLACE FUNCTION public.search_place(wait_ms integer, turn_ms integer)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
    declare
      place text := 'alone';
      lock_of constant text := 'search ' || app_workspace_id() || ' ';
    begin
      if not pg_try_advisory_xact_lock(hashtextextended(lock_of || 1, 0)) then
        place := 'shared';
        if not pg_try_advisory_xact_lock(hashtextextended(lock_of || 2, 0)) then
          if not pg_try_advisory_xact_lock(hashtextextended(lock_of || 3, 0))
            and not pg_try_advisory_xact_lock(hashtextextended(lock_of || 4, 0)) then
            return null;
          end if;
          begin
            perform set_config('lock_timeout', wait_ms::text, true);
            perform pg_advisory_xact_lock(hashtextextended(lock_of || (1 + floor(random() * 2))::int, 0));
          exception when lock_not_available then
            return null;
          end;
        end if;
      end if;
      if not pg_try_advisory_xact_lock(hashtextextended(lock_of || 'turn', 0)) then
        place := 'shared';
        begin
          perform set_config('lock_timeout', turn_ms::text, true);
          perform pg_advisory_xact_lock(hashtextextended(lock_of || 'turn', 0));
        exception when lock_not_available then
          null;
        end;
      end if;
      perform set_config('lock_timeout', '0', true);
      return place;
    end
  $function$;

CREATE OR REPLACE FUNCTION public.search_query(workspace text, query tsquery)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    select case when querytree(query) in ('', 'T') then quote_literal(left(md5(workspace), 8) || ' ')::tsquery
      else regexp_replace(regexp_replace(querytree(query), ' <(-|\d+)> ', ' & ', 'g'),
        '''((?:[^'']|'''')*)''', '''' || left(md5(workspace), 8) || '\1''', 'g')::tsquery end
  $function$;

CREATE OR REPLACE FUNCTION public.search_rest(place text, rest_ms double precision)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
    begin
      if place = 'shared' or not pg_try_advisory_xact_lock(hashtextextended('search ' || app_workspace_id() || ' 3', 0)) then
        perform pg_sleep(rest_ms / 1000);
      end if;
    end
  $function$;

CREATE OR REPLACE FUNCTION public.search_words(query text, author text, in_stream text, since timestamp with time zone, until timestamp with time zone, max_rows integer)
 RETURNS TABLE(event_id text, stream_id text, score real)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    with q as (select websearch_to_tsquery('simple', query) || websearch_to_tsquery('english', query) as words)
    select e.id, e.stream_id, ts_rank_cd(t.words, q.words, 32)
    from q
    join public.text_messages t on t.words @@ q.words and t.workspace_id = public.app_workspace_id()
      and public.search_keys(t.workspace_id, t.id, t.words) @@ public.search_query(public.app_workspace_id(), q.words)
    join public.stream_events e on e.id = t.id
    where e.workspace_id = public.app_workspace_id() and e.deleted_at is null
      and (author is null or e.actor_id = author)
      and (in_stream is null or e.stream_id = in_stream)
      and (since is null or e.created_at >= since)
      and (until is null or e.created_at < until)
    order by 3 desc, e.id desc
    limit max_rows
  $function$;

CREATE TABLE announced_pointers (
  stream_id text NOT NULL,
  workspace_id text NOT NULL,
  head bigint NOT NULL,
  counts_rev bigint NOT NULL,
  reply_count bigint NOT NULL,
  rev bigint NOT NULL DEFAULT 0,
  announced_at timestamp with time zone NOT NULL,
  looks_at timestamp with time zone,
  CONSTRAINT announced_pointers_pkey PRIMARY KEY (stream_id)
);
ALTER TABLE announced_pointers ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON announced_pointers AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE api_keys (
  id text NOT NULL,
  workspace_id text NOT NULL,
  name text NOT NULL,
  secret_hash bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  scopes text[] NOT NULL DEFAULT '{tokens,members,providers,transfer,memory,keys}'::text[],
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  created_by text NOT NULL DEFAULT 'system'::text,
  rotated_from text,
  CONSTRAINT api_keys_pkey PRIMARY KEY (id)
);
CREATE INDEX api_keys_by_workspace ON public.api_keys USING btree (workspace_id, id DESC);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON api_keys AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE association_models (
  workspace_id text NOT NULL,
  version integer NOT NULL,
  model bytea NOT NULL,
  trust real NOT NULL,
  epoch_count integer NOT NULL,
  learned_at timestamp with time zone NOT NULL,
  CONSTRAINT association_models_pkey PRIMARY KEY (workspace_id)
);
ALTER TABLE association_models ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON association_models AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE audit_log (
  id text NOT NULL,
  workspace_id text NOT NULL,
  at timestamp with time zone NOT NULL,
  action text NOT NULL,
  actor text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT audit_log_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_log_by_workspace ON public.audit_log USING btree (workspace_id, id DESC);
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON audit_log AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE epoch_barriers (
  stream_id text NOT NULL,
  after_seq bigint NOT NULL,
  workspace_id text NOT NULL,
  label text,
  set_by text NOT NULL,
  set_at timestamp with time zone NOT NULL,
  CONSTRAINT epoch_barriers_pkey PRIMARY KEY (stream_id, after_seq)
);
ALTER TABLE epoch_barriers ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON epoch_barriers AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE epoch_corrections (
  id text NOT NULL,
  workspace_id text NOT NULL,
  stream_id text NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  corrected_by text NOT NULL,
  corrected_at timestamp with time zone NOT NULL,
  CONSTRAINT epoch_corrections_pkey PRIMARY KEY (id)
);
CREATE INDEX epoch_corrections_by_workspace ON public.epoch_corrections USING btree (workspace_id, id);
ALTER TABLE epoch_corrections ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON epoch_corrections AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE epoch_cursors (
  stream_id text NOT NULL,
  workspace_id text NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  changed_seq bigint NOT NULL DEFAULT 0,
  rev bigint NOT NULL DEFAULT 0,
  settings jsonb NOT NULL DEFAULT '{}'::jsonb,
  updated_at timestamp with time zone,
  CONSTRAINT epoch_cursors_pkey PRIMARY KEY (stream_id)
);
ALTER TABLE epoch_cursors ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON epoch_cursors AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE epoch_links (
  epoch_id text NOT NULL,
  target_kind text NOT NULL,
  target_id text NOT NULL,
  workspace_id text NOT NULL,
  score real NOT NULL,
  linked_at timestamp with time zone NOT NULL,
  rejected_by text,
  rejected_at timestamp with time zone,
  CONSTRAINT epoch_links_pkey PRIMARY KEY (epoch_id, target_kind, target_id)
);
CREATE INDEX epoch_links_by_target ON public.epoch_links USING btree (workspace_id, target_id);
ALTER TABLE epoch_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON epoch_links AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE epoch_vectors (
  epoch_id text NOT NULL,
  model text NOT NULL,
  dimension integer NOT NULL,
  workspace_id text NOT NULL,
  content_hash bytea NOT NULL,
  vector bytea NOT NULL,
  embedded_at timestamp with time zone NOT NULL,
  CONSTRAINT epoch_vectors_pkey PRIMARY KEY (epoch_id, model, dimension)
);
ALTER TABLE epoch_vectors ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON epoch_vectors AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE epochs (
  id text NOT NULL,
  workspace_id text NOT NULL,
  stream_id text NOT NULL,
  status text NOT NULL,
  barrier text,
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  message_count integer NOT NULL,
  label text,
  label_source text,
  terms text[] NOT NULL DEFAULT '{}'::text[],
  snippet text,
  state jsonb,
  rev bigint NOT NULL,
  content_rev bigint NOT NULL DEFAULT 0,
  content_at timestamp with time zone NOT NULL,
  indexed_rev bigint,
  postponed_at timestamp with time zone,
  related_count integer NOT NULL DEFAULT 0,
  related_at timestamp with time zone,
  opened_at timestamp with time zone NOT NULL,
  last_event_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  indexed_at timestamp with time zone,
  purged_rev bigint NOT NULL DEFAULT 0,
  CONSTRAINT epochs_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX epochs_by_start ON public.epochs USING btree (stream_id, first_seq);
CREATE INDEX epochs_by_workspace ON public.epochs USING btree (workspace_id, id) WHERE (status = 'closed'::text);
CREATE INDEX epochs_in_order ON public.epochs USING btree (workspace_id, stream_id, first_seq) WHERE (status = 'closed'::text);
CREATE UNIQUE INDEX epochs_one_open ON public.epochs USING btree (stream_id) WHERE (status = 'open'::text);
CREATE INDEX epochs_open ON public.epochs USING btree (workspace_id, last_event_at) WHERE (status = 'open'::text);
CREATE INDEX epochs_waiting ON public.epochs USING btree (workspace_id, postponed_at NULLS FIRST, id) WHERE ((status = 'closed'::text) AND (indexed_rev IS DISTINCT FROM content_rev));
ALTER TABLE epochs ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON epochs AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE event_versions (
  workspace_id text NOT NULL,
  event_id text NOT NULL,
  changed_seq bigint NOT NULL,
  content text NOT NULL,
  mentions jsonb NOT NULL DEFAULT '[]'::jsonb,
  valid_from timestamp with time zone NOT NULL,
  edited_by text NOT NULL,
  CONSTRAINT event_versions_pkey PRIMARY KEY (event_id, changed_seq)
);
ALTER TABLE event_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON event_versions AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE files (
  id text NOT NULL,
  workspace_id text NOT NULL,
  stream_id text NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  size_bytes bigint NOT NULL,
  width integer,
  height integer,
  uploaded_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  uploaded_at timestamp with time zone,
  event_id text,
  CONSTRAINT files_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX files_by_event ON public.files USING btree (event_id) WHERE (event_id IS NOT NULL);
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON files AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE imports (
  workspace_id text NOT NULL,
  source_workspace_id text NOT NULL,
  exported_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT imports_pkey PRIMARY KEY (workspace_id)
);
ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON imports AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE jobs (
  id text NOT NULL,
  workspace_id text NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  cursor text,
  done integer NOT NULL DEFAULT 0,
  total integer NOT NULL DEFAULT 0,
  detail text,
  started_at timestamp with time zone NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  input jsonb NOT NULL DEFAULT '{}'::jsonb,
  report jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT jobs_pkey PRIMARY KEY (id)
);
CREATE INDEX jobs_by_workspace ON public.jobs USING btree (workspace_id, id);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON jobs AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE mentions (
  workspace_id text NOT NULL,
  stream_id text NOT NULL,
  seq bigint NOT NULL,
  user_id text NOT NULL,
  actor_id text NOT NULL,
  CONSTRAINT mentions_pkey PRIMARY KEY (stream_id, user_id, seq)
);
ALTER TABLE mentions ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON mentions AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE notification_defaults (
  workspace_id text NOT NULL,
  level text NOT NULL,
  show_text boolean NOT NULL,
  CONSTRAINT notification_defaults_pkey PRIMARY KEY (workspace_id),
  CONSTRAINT notification_defaults_level_known CHECK ((level = ANY (ARRAY['all'::text, 'default'::text, 'none'::text])))
);
ALTER TABLE notification_defaults ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON notification_defaults AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE notification_settings (
  workspace_id text NOT NULL,
  user_id text NOT NULL,
  level text,
  quiet_from text,
  quiet_to text,
  time_zone text,
  incidents boolean NOT NULL DEFAULT true,
  email boolean NOT NULL DEFAULT true,
  mail_key text,
  mailed_through text,
  mail_due_at timestamp with time zone,
  CONSTRAINT notification_settings_pkey PRIMARY KEY (workspace_id, user_id),
  CONSTRAINT notification_settings_level_known CHECK ((level = ANY (ARRAY['all'::text, 'default'::text, 'none'::text]))),
  CONSTRAINT notification_settings_quiet_whole CHECK ((((quiet_from IS NULL) = (quiet_to IS NULL)) AND ((quiet_from IS NULL) = (time_zone IS NULL))))
);
CREATE UNIQUE INDEX notification_settings_by_mail_key ON public.notification_settings USING btree (workspace_id, mail_key) WHERE (mail_key IS NOT NULL);
ALTER TABLE notification_settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON notification_settings AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE notifications (
  id text NOT NULL,
  workspace_id text NOT NULL,
  user_id text NOT NULL,
  kind text NOT NULL,
  stream_id text NOT NULL,
  event_id text,
  seq bigint NOT NULL,
  actor_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  read_at timestamp with time zone,
  CONSTRAINT notifications_pkey PRIMARY KEY (id)
);
CREATE INDEX notifications_by_event ON public.notifications USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX notifications_by_stream ON public.notifications USING btree (workspace_id, user_id, stream_id, seq) WHERE (read_at IS NULL);
CREATE INDEX notifications_by_user ON public.notifications USING btree (workspace_id, user_id, id DESC);
CREATE INDEX notifications_unread ON public.notifications USING btree (workspace_id, user_id) WHERE (read_at IS NULL);
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON notifications AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE notified_members (
  stream_id text NOT NULL,
  user_id text NOT NULL,
  workspace_id text NOT NULL,
  seq bigint NOT NULL,
  CONSTRAINT notified_members_pkey PRIMARY KEY (stream_id, user_id)
);
CREATE INDEX notified_members_by_user ON public.notified_members USING btree (workspace_id, user_id);
ALTER TABLE notified_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON notified_members AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE notified_streams (
  stream_id text NOT NULL,
  workspace_id text NOT NULL,
  seq bigint NOT NULL,
  CONSTRAINT notified_streams_pkey PRIMARY KEY (stream_id)
);
ALTER TABLE notified_streams ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON notified_streams AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE outbox (
  id text NOT NULL,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  workspace_id text NOT NULL,
  room text NOT NULL,
  topic text,
  payload jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  published_at timestamp with time zone,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  seq bigint,
  attempts smallint NOT NULL DEFAULT 0,
  parked_at timestamp with time zone,
  CONSTRAINT outbox_pkey PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX outbox_by_subject ON ONLY public.outbox USING btree (outbox_subject(payload, room));
CREATE INDEX outbox_parked ON ONLY public.outbox USING btree ("position") WHERE (parked_at IS NOT NULL);
CREATE INDEX outbox_unpublished ON ONLY public.outbox USING btree ("position") WHERE ((published_at IS NULL) AND (parked_at IS NULL));
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON outbox AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE poll_votes (
  workspace_id text NOT NULL,
  poll_id text NOT NULL,
  user_id text NOT NULL,
  option_id text NOT NULL,
  voted_at timestamp with time zone NOT NULL,
  CONSTRAINT poll_votes_pkey PRIMARY KEY (poll_id, user_id, option_id)
);
CREATE INDEX poll_votes_by_user ON public.poll_votes USING btree (workspace_id, user_id, poll_id);
ALTER TABLE poll_votes ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON poll_votes AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE polls (
  id text NOT NULL,
  workspace_id text NOT NULL,
  question text NOT NULL,
  options jsonb NOT NULL,
  multiple boolean NOT NULL,
  closes_at timestamp with time zone,
  CONSTRAINT polls_pkey PRIMARY KEY (id)
);
ALTER TABLE polls ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON polls AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE providers (
  id text NOT NULL,
  workspace_id text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT providers_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX providers_by_name ON public.providers USING btree (workspace_id, lower(name));
ALTER TABLE providers ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON providers AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE purges (
  event_id text NOT NULL,
  workspace_id text NOT NULL,
  stream_id text NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  texts text[] NOT NULL DEFAULT '{}'::text[],
  requested_at timestamp with time zone NOT NULL,
  CONSTRAINT purges_pkey PRIMARY KEY (event_id),
  CONSTRAINT purges_kind_check CHECK ((kind = ANY (ARRAY['event'::text, 'versions'::text])))
);
CREATE INDEX purges_by_age ON public.purges USING btree (workspace_id, requested_at);
CREATE INDEX purges_by_place ON public.purges USING btree (stream_id, seq);
ALTER TABLE purges ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON purges AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE push_subscriptions (
  id text NOT NULL,
  workspace_id text NOT NULL,
  user_id text NOT NULL,
  endpoint text NOT NULL,
  p256dh text NOT NULL,
  auth text NOT NULL,
  public_key text NOT NULL,
  device text,
  origin text,
  created_at timestamp with time zone NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT push_subscriptions_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX push_subscriptions_by_endpoint ON public.push_subscriptions USING btree (workspace_id, endpoint);
CREATE INDEX push_subscriptions_by_user ON public.push_subscriptions USING btree (workspace_id, user_id);
ALTER TABLE push_subscriptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON push_subscriptions AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE reactions (
  workspace_id text NOT NULL,
  event_id text NOT NULL,
  emoji text NOT NULL,
  user_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT reactions_pkey PRIMARY KEY (event_id, emoji, user_id)
);
CREATE INDEX reactions_by_user ON public.reactions USING btree (workspace_id, user_id, event_id);
ALTER TABLE reactions ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON reactions AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE share_refreshes (
  original_event_id text NOT NULL,
  workspace_id text NOT NULL,
  lease_ends_at timestamp with time zone NOT NULL,
  CONSTRAINT share_refreshes_pkey PRIMARY KEY (original_event_id)
);
ALTER TABLE share_refreshes ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON share_refreshes AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE shared_refs (
  id text NOT NULL,
  workspace_id text NOT NULL,
  original_event_id text NOT NULL,
  original_stream_id text NOT NULL,
  context text,
  shown_seq bigint NOT NULL DEFAULT 0,
  CONSTRAINT shared_refs_pkey PRIMARY KEY (id)
);
CREATE INDEX shared_refs_by_original ON public.shared_refs USING btree (original_event_id);
CREATE INDEX shared_refs_by_shown ON public.shared_refs USING btree (original_event_id, shown_seq);
ALTER TABLE shared_refs ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON shared_refs AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE stream_events (
  id text NOT NULL,
  workspace_id text NOT NULL,
  stream_id text NOT NULL,
  seq bigint NOT NULL,
  changed_seq bigint NOT NULL,
  ordinal bigint,
  event_type text NOT NULL,
  actor_id text NOT NULL,
  provider_id text,
  client_event_id text NOT NULL,
  content_type text,
  content_id text,
  payload jsonb,
  created_at timestamp with time zone NOT NULL,
  edited_at timestamp with time zone,
  deleted_at timestamp with time zone,
  pinned_at timestamp with time zone,
  pinned_by text,
  request_hash bytea,
  CONSTRAINT stream_events_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX stream_events_by_change ON public.stream_events USING btree (stream_id, changed_seq);
CREATE UNIQUE INDEX stream_events_by_client_event_id ON public.stream_events USING btree (stream_id, actor_id, client_event_id);
CREATE UNIQUE INDEX stream_events_by_seq ON public.stream_events USING btree (stream_id, seq);
CREATE INDEX stream_events_deleted ON public.stream_events USING btree (workspace_id, stream_id, ordinal) WHERE ((deleted_at IS NOT NULL) AND (ordinal IS NOT NULL));
CREATE INDEX stream_events_pinned ON public.stream_events USING btree (stream_id, pinned_at DESC) WHERE (pinned_at IS NOT NULL);
CREATE INDEX stream_events_shared ON public.stream_events USING btree (stream_id, seq) WHERE (event_type = 'shared'::text);
ALTER TABLE stream_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON stream_events AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE stream_members (
  stream_id text NOT NULL,
  user_id text NOT NULL,
  workspace_id text NOT NULL,
  role text NOT NULL DEFAULT 'member'::text,
  notify_level text NOT NULL DEFAULT 'default'::text,
  read_seq bigint NOT NULL DEFAULT 0,
  read_ordinal bigint NOT NULL DEFAULT 0,
  last_read_event_id text,
  last_read_at timestamp with time zone,
  joined_at timestamp with time zone NOT NULL,
  left_at timestamp with time zone,
  read_rev bigint NOT NULL DEFAULT 0,
  CONSTRAINT stream_members_pkey PRIMARY KEY (stream_id, user_id),
  CONSTRAINT stream_members_notify_level_known CHECK ((notify_level = ANY (ARRAY['default'::text, 'all'::text, 'mentions'::text, 'none'::text]))),
  CONSTRAINT stream_members_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text])))
);
CREATE INDEX stream_members_by_user ON public.stream_members USING btree (workspace_id, user_id) WHERE (left_at IS NULL);
ALTER TABLE stream_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON stream_members AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE streams (
  id text NOT NULL,
  workspace_id text NOT NULL,
  stream_type text NOT NULL,
  name text,
  slug text,
  description text,
  parent_stream_id text,
  branched_from_event_id text,
  visibility text NOT NULL DEFAULT 'public'::text,
  status text NOT NULL DEFAULT 'active'::text,
  promoted_at timestamp with time zone,
  promoted_by text,
  metadata jsonb,
  gen text NOT NULL,
  last_seq bigint NOT NULL DEFAULT 0,
  message_count bigint NOT NULL DEFAULT 0,
  last_event_at timestamp with time zone,
  created_by text NOT NULL,
  idempotency_key text,
  created_at timestamp with time zone NOT NULL,
  archived_at timestamp with time zone,
  access_ids text[] NOT NULL DEFAULT '{}'::text[],
  dm_member_ids text[],
  severity text,
  rev bigint NOT NULL DEFAULT 0,
  counts_rev bigint NOT NULL DEFAULT 0,
  deleted_count bigint NOT NULL DEFAULT 0,
  last_deleted_ordinal bigint NOT NULL DEFAULT 0,
  recent_actor_ids text[] NOT NULL DEFAULT '{}'::text[],
  retention_days integer,
  expired_seq bigint NOT NULL DEFAULT 0,
  request_hash bytea,
  CONSTRAINT streams_pkey PRIMARY KEY (id),
  CONSTRAINT streams_retention_known CHECK ((retention_days >= 0)),
  CONSTRAINT streams_status_known CHECK ((status = ANY (ARRAY['active'::text, 'archived'::text, 'resolved'::text]))),
  CONSTRAINT streams_type_known CHECK ((stream_type = ANY (ARRAY['channel'::text, 'thread'::text, 'dm'::text, 'incident'::text, 'assistant'::text]))),
  CONSTRAINT streams_visibility_known CHECK ((visibility = ANY (ARRAY['public'::text, 'private'::text, 'inherit'::text])))
);
CREATE INDEX streams_by_any_slug ON public.streams USING btree (workspace_id, slug) WHERE (slug IS NOT NULL);
CREATE UNIQUE INDEX streams_by_branch ON public.streams USING btree (branched_from_event_id) WHERE (branched_from_event_id IS NOT NULL);
CREATE UNIQUE INDEX streams_by_dm_members ON public.streams USING btree (workspace_id, dm_member_ids) WHERE (dm_member_ids IS NOT NULL);
CREATE UNIQUE INDEX streams_by_idempotency_key ON public.streams USING btree (workspace_id, created_by, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX streams_by_name ON public.streams USING btree (workspace_id, lower(name) COLLATE "C", id) WHERE (archived_at IS NULL);
CREATE INDEX streams_by_parent ON public.streams USING btree (parent_stream_id) WHERE (parent_stream_id IS NOT NULL);
CREATE UNIQUE INDEX streams_by_public_slug ON public.streams USING btree (workspace_id, slug) WHERE ((slug IS NOT NULL) AND (visibility = 'public'::text));
CREATE INDEX streams_by_workspace ON public.streams USING btree (workspace_id, id);
CREATE INDEX streams_with_retention ON public.streams USING btree (workspace_id) WHERE (retention_days > 0);
ALTER TABLE streams ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON streams AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE text_messages (
  id text NOT NULL,
  workspace_id text NOT NULL,
  content text NOT NULL,
  mentions jsonb NOT NULL DEFAULT '[]'::jsonb,
  formatting jsonb,
  words tsvector GENERATED ALWAYS AS ((to_tsvector('simple'::regconfig, content) || to_tsvector('english'::regconfig, content))) STORED,
  CONSTRAINT text_messages_pkey PRIMARY KEY (id)
);
CREATE INDEX text_messages_by_keys ON public.text_messages USING gin (search_keys(workspace_id, id, words)) WITH (gin_pending_list_limit='256');
ALTER TABLE text_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON text_messages AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE users (
  workspace_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  email text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT users_pkey PRIMARY KEY (workspace_id, id)
);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON users AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE workspace_members (
  workspace_id text NOT NULL,
  user_id text NOT NULL,
  role text NOT NULL,
  joined_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone,
  rev bigint NOT NULL DEFAULT 0,
  gen text NOT NULL DEFAULT substr(md5((random())::text), 1, 8),
  token_version bigint NOT NULL DEFAULT 0,
  CONSTRAINT workspace_members_pkey PRIMARY KEY (workspace_id, user_id),
  CONSTRAINT workspace_members_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'guest'::text])))
);
ALTER TABLE workspace_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON workspace_members AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE workspace_memory (
  workspace_id text NOT NULL,
  model text NOT NULL,
  dimension integer NOT NULL,
  next_model text,
  next_dimension integer,
  CONSTRAINT workspace_memory_pkey PRIMARY KEY (workspace_id)
);
ALTER TABLE workspace_memory ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON workspace_memory AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE workspaces (
  id text NOT NULL,
  name text NOT NULL,
  rev bigint NOT NULL DEFAULT 0,
  gen text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  retention_days integer,
  expires_at timestamp with time zone,
  CONSTRAINT workspaces_pkey PRIMARY KEY (id),
  CONSTRAINT workspaces_retention_known CHECK ((retention_days >= 1))
);
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON workspaces AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((id = app_workspace_id()))
  WITH CHECK ((id = app_workspace_id()));

GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE ON SCHEMA public TO streambed_app;
GRANT USAGE ON SCHEMA public TO streambed_operations;
GRANT USAGE ON SCHEMA public TO streambed_search;
GRANT USAGE ON SCHEMA public TO streambed_worker;
GRANT INSERT, SELECT, UPDATE ON TABLE announced_pointers TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE announced_pointers TO streambed_worker;
GRANT INSERT, SELECT, UPDATE ON TABLE api_keys TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE association_models TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE association_models TO streambed_worker;
GRANT INSERT, SELECT ON TABLE audit_log TO streambed_app;
GRANT INSERT, SELECT ON TABLE audit_log TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_barriers TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_barriers TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_corrections TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_corrections TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_cursors TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_cursors TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_links TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_links TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_vectors TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epoch_vectors TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epochs TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE epochs TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE event_versions TO streambed_app;
GRANT SELECT ON TABLE event_versions TO streambed_search;
GRANT INSERT, SELECT, UPDATE ON TABLE event_versions TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE files TO streambed_app;
GRANT SELECT ON TABLE files TO streambed_search;
GRANT SELECT ON TABLE files TO streambed_worker;
GRANT INSERT, SELECT, UPDATE ON TABLE imports TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE jobs TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE jobs TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE mentions TO streambed_app;
GRANT DELETE, INSERT, SELECT ON TABLE mentions TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notification_defaults TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notification_defaults TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notification_settings TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notification_settings TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notifications TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notifications TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notified_members TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notified_members TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notified_streams TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE notified_streams TO streambed_worker;
GRANT INSERT, SELECT ON TABLE outbox TO streambed_app;
GRANT INSERT, SELECT ON TABLE outbox TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE poll_votes TO streambed_app;
GRANT SELECT ON TABLE poll_votes TO streambed_search;
GRANT DELETE, INSERT, SELECT ON TABLE poll_votes TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE polls TO streambed_app;
GRANT SELECT ON TABLE polls TO streambed_search;
GRANT INSERT, SELECT, UPDATE ON TABLE polls TO streambed_worker;
GRANT INSERT, SELECT, UPDATE ON TABLE providers TO streambed_app;
GRANT SELECT ON TABLE providers TO streambed_search;
GRANT SELECT ON TABLE providers TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE purges TO streambed_app;
GRANT SELECT ON TABLE purges TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE push_subscriptions TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE push_subscriptions TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE reactions TO streambed_app;
GRANT SELECT ON TABLE reactions TO streambed_search;
GRANT DELETE, INSERT, SELECT ON TABLE reactions TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE share_refreshes TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE share_refreshes TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE shared_refs TO streambed_app;
GRANT SELECT ON TABLE shared_refs TO streambed_search;
GRANT INSERT, SELECT, UPDATE ON TABLE shared_refs TO streambed_worker;
GRANT INSERT, SELECT, UPDATE ON TABLE stream_events TO streambed_app;
GRANT SELECT ON TABLE stream_events TO streambed_search;
GRANT INSERT, SELECT, UPDATE ON TABLE stream_events TO streambed_worker;
GRANT INSERT, SELECT, UPDATE ON TABLE stream_members TO streambed_app;
GRANT SELECT ON TABLE stream_members TO streambed_search;
GRANT INSERT, SELECT, UPDATE ON TABLE stream_members TO streambed_worker;
GRANT INSERT, SELECT, UPDATE ON TABLE streams TO streambed_app;
GRANT SELECT ON TABLE streams TO streambed_search;
GRANT INSERT, SELECT, UPDATE ON TABLE streams TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE text_messages TO streambed_app;
GRANT SELECT ON TABLE text_messages TO streambed_search;
GRANT INSERT, SELECT, UPDATE ON TABLE text_messages TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE users TO streambed_app;
GRANT SELECT ON TABLE users TO streambed_search;
GRANT SELECT ON TABLE users TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE workspace_members TO streambed_app;
GRANT SELECT ON TABLE workspace_members TO streambed_search;
GRANT SELECT ON TABLE workspace_members TO streambed_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE workspace_memory TO streambed_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE workspace_memory TO streambed_worker;
GRANT INSERT, SELECT, UPDATE ON TABLE workspaces TO streambed_app;
GRANT SELECT ON TABLE workspaces TO streambed_search;
GRANT SELECT ON TABLE workspaces TO streambed_worker;
GRANT UPDATE ON COLUMN workspace_members.rev TO streambed_worker;
GRANT UPDATE ON COLUMN workspaces.rev TO streambed_worker;
GRANT USAGE ON SEQUENCE access_epochs TO streambed_app;
GRANT EXECUTE ON FUNCTION app_workspace_id() TO PUBLIC;
GRANT EXECUTE ON FUNCTION append_event(text,text,text,text,text,timestamp with time zone,text,text,text,jsonb,text,jsonb,boolean,boolean,boolean,boolean,text,text,text,jsonb) TO streambed_app;
GRANT EXECUTE ON FUNCTION append_event(text,text,text,text,text,timestamp with time zone,text,text,text,jsonb,text,jsonb,boolean,boolean,boolean,boolean,text,text,text,jsonb) TO streambed_worker;
GRANT EXECUTE ON FUNCTION append_event(text,text,text,text,text,timestamp with time zone,text,text,text,jsonb,text,jsonb,boolean,boolean,boolean,boolean,text,text,text,jsonb,bytea) TO streambed_app;
GRANT EXECUTE ON FUNCTION append_event(text,text,text,text,text,timestamp with time zone,text,text,text,jsonb,text,jsonb,boolean,boolean,boolean,boolean,text,text,text,jsonb,bytea) TO streambed_worker;
GRANT EXECUTE ON FUNCTION audit_log_erase(text,text) TO streambed_app;
GRANT EXECUTE ON FUNCTION enter_workspace(text,bigint,text) TO streambed_app;
GRANT EXECUTE ON FUNCTION enter_workspace(text,bigint,text) TO streambed_search;
GRANT EXECUTE ON FUNCTION erased_json(jsonb,text,text,text,text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_drop_days(timestamp with time zone) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_drop_days(timestamp with time zone) TO streambed_operations;
GRANT EXECUTE ON FUNCTION outbox_drop_frames(text[]) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_erase(text,text,text,text,text,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_erase(text,text,text,text,text,text,text,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_forget(timestamp with time zone,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_forget(timestamp with time zone,integer) TO streambed_operations;
GRANT EXECUTE ON FUNCTION outbox_make_days(timestamp with time zone,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_make_days(timestamp with time zone,integer) TO streambed_operations;
GRANT EXECUTE ON FUNCTION outbox_mark_published(text[],timestamp with time zone) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_mark_published(text[],timestamp with time zone) TO streambed_operations;
GRANT EXECUTE ON FUNCTION outbox_mark_published(text[],timestamp with time zone) TO streambed_worker;
GRANT EXECUTE ON FUNCTION outbox_mark_published(text[],timestamp with time zone,timestamp with time zone,timestamp with time zone) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_mark_published(text[],timestamp with time zone,timestamp with time zone,timestamp with time zone) TO streambed_operations;
GRANT EXECUTE ON FUNCTION outbox_mark_published(text[],timestamp with time zone,timestamp with time zone,timestamp with time zone) TO streambed_worker;
GRANT EXECUTE ON FUNCTION outbox_note_refused(text[],timestamp with time zone,timestamp with time zone,timestamp with time zone,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_note_refused(text[],timestamp with time zone,timestamp with time zone,timestamp with time zone,integer) TO streambed_operations;
GRANT EXECUTE ON FUNCTION outbox_redact(text[]) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_state() TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_state() TO streambed_operations;
GRANT EXECUTE ON FUNCTION outbox_subject(jsonb,text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_unpublished(timestamp with time zone,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_unpublished(timestamp with time zone,integer) TO streambed_operations;
GRANT EXECUTE ON FUNCTION outbox_waiting(timestamp with time zone,bigint,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_waiting(timestamp with time zone,bigint,integer) TO streambed_operations;
GRANT EXECUTE ON FUNCTION retention_waiting(timestamp with time zone,timestamp with time zone,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION search_digits(bigint,integer) TO PUBLIC;
GRANT EXECUTE ON FUNCTION search_keys(text,text,tsvector) TO PUBLIC;
GRANT EXECUTE ON FUNCTION search_marks(text,bigint,integer,integer) TO PUBLIC;
GRANT EXECUTE ON FUNCTION search_messages(text,text,text,text,timestamp with time zone,timestamp with time zone) TO streambed_app;
GRANT EXECUTE ON FUNCTION search_messages(text,text,text,text,timestamp with time zone,timestamp with time zone) TO streambed_search;
GRANT EXECUTE ON FUNCTION search_place(integer,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION search_place(integer,integer) TO streambed_search;
GRANT EXECUTE ON FUNCTION search_query(text,tsquery) TO PUBLIC;
GRANT EXECUTE ON FUNCTION search_rest(text,double precision) TO streambed_app;
GRANT EXECUTE ON FUNCTION search_rest(text,double precision) TO streambed_search;
GRANT EXECUTE ON FUNCTION search_words(text,text,text,timestamp with time zone,timestamp with time zone,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION search_words(text,text,text,timestamp with time zone,timestamp with time zone,integer) TO streambed_search;
