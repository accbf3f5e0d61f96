-- Up Migration

-- Every statement of the functions runs as streambed_app with app.workspace_id set for its transaction (set_config(..., true)).
-- Without it the function gives null, no row passes a policy, and every table looks empty.
create function app_workspace_id() returns text
  language sql stable parallel safe
  as $$ select nullif(current_setting('app.workspace_id', true), '') $$;

create table workspaces (
  id text primary key,
  name text not null,
  rev bigint not null default 0,
  gen text not null,
  created_at timestamptz not null
);

-- A user belongs to one workspace: the product that embeds Streambed chooses the id, and two products may choose the same one.
create table users (
  workspace_id text not null,
  id text not null,
  name text not null,
  email text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);

create table workspace_members (
  workspace_id text not null,
  user_id text not null,
  role text not null,
  joined_at timestamptz not null,
  removed_at timestamptz,
  primary key (workspace_id, user_id)
);

create table api_keys (
  id text primary key,
  workspace_id text not null,
  name text not null,
  secret_hash bytea not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);

create table providers (
  id text primary key,
  workspace_id text not null,
  kind text not null,
  name text not null,
  created_at timestamptz not null
);
create unique index providers_by_name on providers (workspace_id, lower(name));

create table streams (
  id text primary key,
  workspace_id text not null,
  stream_type text not null,
  name text,
  slug text,
  description text,
  parent_stream_id text,
  branched_from_event_id text,
  visibility text not null default 'public',
  status text not null default 'active',
  promoted_at timestamptz,
  promoted_by text,
  metadata jsonb,
  gen text not null,
  last_seq bigint not null default 0,
  message_count bigint not null default 0,
  last_event_at timestamptz,
  created_by text not null,
  idempotency_key text,
  created_at timestamptz not null,
  archived_at timestamptz
);
create unique index streams_by_slug on streams (workspace_id, slug) where slug is not null;
create unique index streams_by_idempotency_key on streams (workspace_id, created_by, idempotency_key) where idempotency_key is not null;
create index streams_by_name on streams (workspace_id, (lower(name) collate "C"), id) where archived_at is null;

-- One row per thing that happened. seq: where it was appended. changed_seq: its last change. ordinal: which countable message it is.
create table stream_events (
  id text primary key,
  workspace_id text not null,
  stream_id text not null,
  seq bigint not null,
  changed_seq bigint not null,
  ordinal bigint,
  event_type text not null,
  actor_id text not null,
  provider_id text,
  client_event_id text not null,
  content_type text,
  content_id text,
  payload jsonb,
  epoch_id text,
  created_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz
);
create unique index stream_events_by_seq on stream_events (stream_id, seq);
create unique index stream_events_by_change on stream_events (stream_id, changed_seq);
create unique index stream_events_by_client_event_id on stream_events (stream_id, actor_id, client_event_id);

create table text_messages (
  id text primary key,
  workspace_id text not null,
  content text not null,
  mentions jsonb not null default '[]',
  formatting jsonb
);

create table stream_members (
  stream_id text not null,
  user_id text not null,
  workspace_id text not null,
  role text not null default 'member',
  notify_level text not null default 'default',
  read_seq bigint not null default 0,
  read_ordinal bigint not null default 0,
  last_read_event_id text,
  last_read_at timestamptz,
  joined_at timestamptz not null,
  left_at timestamptz,
  primary key (stream_id, user_id)
);
create index stream_members_by_user on stream_members (workspace_id, user_id) where left_at is null;

-- Every durable change is promised here, in the transaction that makes it. xid and position let a reader by position never skip.
create table outbox (
  id text primary key,
  position bigint generated always as identity,
  workspace_id text not null,
  room text not null,
  topic text not null,
  payload jsonb not null,
  created_at timestamptz not null,
  published_at timestamptz,
  xid xid8 not null default pg_current_xact_id()
);
create index outbox_unpublished on outbox (position) where published_at is null;
create index outbox_by_age on outbox (created_at);

do $$
declare
  t text;
begin
  foreach t in array array['users', 'workspace_members', 'api_keys', 'providers', 'streams', 'stream_events', 'text_messages', 'stream_members', 'outbox'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy one_workspace on %I using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id())', t);
  end loop;
end $$;
alter table workspaces enable row level security;
create policy one_workspace on workspaces using (id = app_workspace_id()) with check (id = app_workspace_id());

-- The three things that look across workspaces: what was promised and not yet sent, noting that it was sent, and forgetting what is old.
-- They run with their owner's rights and take and give nothing but outbox rows.
create function outbox_unpublished(older_than timestamptz, max_rows int)
  returns table (id text, workspace_id text, room text, topic text, payload jsonb, created_at timestamptz)
  language sql security definer set search_path = pg_catalog, public
  as $$
    select o.id, o.workspace_id, o.room, o.topic, o.payload, o.created_at
    from public.outbox o
    where o.published_at is null and o.created_at < older_than
    order by o.position
    limit max_rows
  $$;

create function outbox_mark_published(row_ids text[], at timestamptz)
  returns void
  language sql security definer set search_path = pg_catalog, public
  as $$ update public.outbox set published_at = at where id = any(row_ids) and published_at is null $$;

create function outbox_forget(older_than timestamptz, max_rows int)
  returns bigint
  language sql security definer set search_path = pg_catalog, public
  as $$
    with old as (
      select o.id from public.outbox o
      where o.created_at < older_than and o.published_at is not null
      order by o.created_at
      limit max_rows
    ), gone as (
      delete from public.outbox o using old where o.id = old.id returning 1
    )
    select count(*) from gone
  $$;

revoke all on function outbox_unpublished(timestamptz, int), outbox_mark_published(text[], timestamptz), outbox_forget(timestamptz, int) from public;
grant execute on function outbox_unpublished(timestamptz, int), outbox_mark_published(text[], timestamptz), outbox_forget(timestamptz, int) to streambed_app;
grant usage on schema public to streambed_app;
grant select, insert, update on users, workspace_members, api_keys, providers, streams, stream_events, text_messages, stream_members, workspaces to streambed_app;
grant select, insert on outbox to streambed_app;
