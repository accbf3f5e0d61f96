CREATE OR REPLACE FUNCTION public.app_workspace_id()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.workspace_id', true), '') $function$;

CREATE OR REPLACE FUNCTION public.outbox_forget(older_than timestamp with time zone, max_rows integer)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    with old as (
      select o.id from public.outbox o
      where o.created_at < older_than and o.published_at is not null
      order by o.created_at
      limit max_rows
    ), gone as (
      delete from public.outbox o using old where o.id = old.id returning 1
    )
    select count(*) from gone
  $function$;

CREATE OR REPLACE FUNCTION public.outbox_mark_published(row_ids text[], at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$ update public.outbox set published_at = at where id = any(row_ids) and published_at is null $function$;

CREATE OR REPLACE FUNCTION public.outbox_unpublished(older_than timestamp with time zone, max_rows integer)
 RETURNS TABLE(id text, workspace_id text, room text, topic text, payload jsonb, created_at timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    select o.id, o.workspace_id, o.room, o.topic, o.payload, o.created_at
    from public.outbox o
    where o.published_at is null and o.created_at < older_than
    order by o.position
    limit max_rows
  $function$;

CREATE TABLE api_keys (
  id text NOT NULL,
  workspace_id text NOT NULL,
  name text NOT NULL,
  secret_hash bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  CONSTRAINT api_keys_pkey PRIMARY KEY (id)
);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON api_keys AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE outbox (
  id text NOT NULL,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  workspace_id text NOT NULL,
  room text NOT NULL,
  topic text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  published_at timestamp with time zone,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT outbox_pkey PRIMARY KEY (id)
);
CREATE INDEX outbox_by_age ON public.outbox USING btree (created_at);
CREATE INDEX outbox_unpublished ON public.outbox USING btree ("position") WHERE (published_at IS NULL);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON outbox AS PERMISSIVE FOR ALL TO PUBLIC
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
  epoch_id text,
  created_at timestamp with time zone NOT NULL,
  edited_at timestamp with time zone,
  deleted_at timestamp with time zone,
  CONSTRAINT stream_events_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX stream_events_by_change ON public.stream_events USING btree (stream_id, changed_seq);
CREATE UNIQUE INDEX stream_events_by_client_event_id ON public.stream_events USING btree (stream_id, actor_id, client_event_id);
CREATE UNIQUE INDEX stream_events_by_seq ON public.stream_events USING btree (stream_id, seq);
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
  CONSTRAINT stream_members_pkey PRIMARY KEY (stream_id, user_id)
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
  CONSTRAINT streams_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX streams_by_idempotency_key ON public.streams USING btree (workspace_id, created_by, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX streams_by_name ON public.streams USING btree (workspace_id, lower(name) COLLATE "C", id) WHERE (archived_at IS NULL);
CREATE UNIQUE INDEX streams_by_slug ON public.streams USING btree (workspace_id, slug) WHERE (slug IS NOT NULL);
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
  CONSTRAINT text_messages_pkey PRIMARY KEY (id)
);
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
  CONSTRAINT workspace_members_pkey PRIMARY KEY (workspace_id, user_id)
);
ALTER TABLE workspace_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON workspace_members AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((workspace_id = app_workspace_id()))
  WITH CHECK ((workspace_id = app_workspace_id()));

CREATE TABLE workspaces (
  id text NOT NULL,
  name text NOT NULL,
  rev bigint NOT NULL DEFAULT 0,
  gen text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT workspaces_pkey PRIMARY KEY (id)
);
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON workspaces AS PERMISSIVE FOR ALL TO PUBLIC
  USING ((id = app_workspace_id()))
  WITH CHECK ((id = app_workspace_id()));

GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE ON SCHEMA public TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE api_keys TO streambed_app;
GRANT INSERT, SELECT ON TABLE outbox TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE providers TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE stream_events TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE stream_members TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE streams TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE text_messages TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE users TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE workspace_members TO streambed_app;
GRANT INSERT, SELECT, UPDATE ON TABLE workspaces TO streambed_app;
GRANT EXECUTE ON FUNCTION app_workspace_id() TO PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_forget(timestamp with time zone,integer) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_mark_published(text[],timestamp with time zone) TO streambed_app;
GRANT EXECUTE ON FUNCTION outbox_unpublished(timestamp with time zone,integer) TO streambed_app;
