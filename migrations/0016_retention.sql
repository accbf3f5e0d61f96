-- Up Migration
-- Deleted text leaves the database, and text that is older than its retention is deleted.

set local lock_timeout = '5s';
-- In the order of the requests.
lock table workspaces, workspace_members, streams, stream_events, outbox, epochs, jobs, reactions, poll_votes in access exclusive mode;

-- Days that messages are kept; null: for ever. In a stream, null takes the days of its parent or workspace, and 0 keeps for ever.
alter table workspaces
  add column retention_days integer,
  add column expires_at timestamptz,
  add constraint workspaces_retention_known check (retention_days >= 1);
alter table streams
  add column retention_days integer,
  -- Messages up to this position have expired.
  add column expired_seq bigint not null default 0,
  add constraint streams_retention_known check (retention_days >= 0);
create index streams_with_retention on streams (workspace_id) where retention_days > 0;

-- Revision of the content at which text was purged last: descriptions of an earlier revision are stale and must not be stored.
alter table epochs add column purged_rev bigint not null default 0;

-- Input of a job, and counts of what it did.
alter table jobs
  add column input jsonb not null default '{}',
  add column report jsonb not null default '{}';

-- Events whose text waits to be purged: all of a deleted event (`event`), or only what it said before its edits (`versions`).
create table purges (
  event_id text primary key,
  workspace_id text not null,
  stream_id text not null,
  seq bigint not null,
  kind text not null check (kind in ('event', 'versions')),
  -- Earlier texts whose versions are deleted already: their words leave what memory learned.
  texts text[] not null default '{}',
  requested_at timestamptz not null
);
create index purges_by_age on purges (workspace_id, requested_at);
create index purges_by_place on purges (stream_id, seq);
alter table purges enable row level security;
create policy one_workspace on purges using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
grant select, insert, update, delete on purges to streambed_app;
-- Workers of memory see what is purged.
grant select on purges to streambed_worker;
-- Events that were deleted while deletion only hid them.
insert into purges (event_id, workspace_id, stream_id, seq, kind, requested_at)
select id, workspace_id, stream_id, seq, 'event', now() from stream_events where deleted_at is not null;

grant delete on text_messages, event_versions, polls, shared_refs, files to streambed_app;

-- What an outbox row carries the text of: an event, or, for frames that belong to no log, the room.
create function outbox_subject(payload jsonb, room text) returns text language sql immutable parallel safe as
$$ select coalesce(payload #>> '{item,eventId}', payload #>> '{item,data,notification,eventId}', case when payload ? 'frame' then room end) $$;
create index outbox_by_subject on outbox (outbox_subject(payload, room));

-- Row-level security would keep the statements from the index above, so they run with the owner's rights and name the workspace themselves.

-- Takes texts out of the outbox rows of events: all of a deleted event, earlier texts of another one. Positions stay.
create function outbox_redact(event_ids text[]) returns bigint
language sql security definer set search_path = pg_catalog, public as $$
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
$$;
revoke all on function outbox_redact(text[]) from public;
grant execute on function outbox_redact(text[]) to streambed_app;

-- Drops the frames of rooms that stand in no log. Clients read them again over HTTP.
create function outbox_drop_frames(rooms text[]) returns bigint
language sql security definer set search_path = pg_catalog, public as $$
  with gone as (
    delete from public.outbox o
    where o.workspace_id = public.app_workspace_id() and public.outbox_subject(o.payload, o.room) = any(rooms) and o.payload ? 'frame'
    returning 1
  )
  select count(*) from gone
$$;
revoke all on function outbox_drop_frames(text[]) from public;
grant execute on function outbox_drop_frames(text[]) to streambed_app;

-- Workspaces with work of retention that waits since before `since`: purges, jobs without progress, and messages that expire.
create function retention_waiting(since timestamptz, at timestamptz, max_rows integer)
returns table (kind text, workspace_id text, job_id text, waiting_since timestamptz)
language sql stable security definer set search_path = pg_catalog, public as $$
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
$$;
revoke all on function retention_waiting(timestamptz, timestamptz, integer) from public;
grant execute on function retention_waiting(timestamptz, timestamptz, integer) to streambed_app;

-- For the export of a member.
create index reactions_by_user on reactions (workspace_id, user_id, event_id);
create index poll_votes_by_user on poll_votes (workspace_id, user_id, poll_id);

-- Erasure of a member. The user id is chosen by the product and may be an e-mail address: another id takes its place in every column.
grant update on mentions, reactions, poll_votes to streambed_app;
grant delete on users, workspace_members to streambed_app;

-- Puts another id in place of a member's, and a placeholder in place of their name, into outbox rows behind `after`, at most `max_rows`
-- at a time. jsonb prints keys by length, so a name follows its id. Rows of the member's own room go. A request to close their connections
-- that is not sent yet stays, and is counted as `waiting`.
create function outbox_erase(
  person text, replacement text, person_name text, person_email text, placeholder text, own_room text, after text, max_rows integer,
  out last_id text, out changed bigint, out waiting bigint
) language plpgsql security definer set search_path = pg_catalog, public as $$
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
$$;
revoke all on function outbox_erase(text, text, text, text, text, text, text, integer) from public;
grant execute on function outbox_erase(text, text, text, text, text, text, text, integer) to streambed_app;

-- Puts another id in place of a member's into the audit log, whose rows are otherwise only ever added.
create function audit_log_erase(person text, replacement text) returns bigint
language sql security definer set search_path = pg_catalog, public as $$
  with changed as (
    update public.audit_log a set
      actor = case when a.actor = person then replacement else a.actor end,
      subject_id = case when a.subject_kind = 'member' and a.subject_id = person then replacement else a.subject_id end,
      details = replace(a.details::text, to_jsonb(person)::text, to_jsonb(replacement)::text)::jsonb
    where a.workspace_id = public.app_workspace_id()
      and (a.actor = person or a.subject_id = person or strpos(a.details::text, to_jsonb(person)::text) > 0)
    returning 1
  )
  select count(*) from changed
$$;
revoke all on function audit_log_erase(text, text) from public;
grant execute on function audit_log_erase(text, text) to streambed_app;
