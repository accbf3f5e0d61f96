-- Up Migration

-- The one import that a workspace may have: which file it comes from, and whether its end was reached.
create table imports (
  workspace_id text primary key,
  source_workspace_id text not null,
  exported_at timestamptz not null,
  started_at timestamptz not null,
  finished_at timestamptz
);
alter table imports enable row level security;
create policy one_workspace on imports using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
grant select, insert, update on imports to streambed_app;

-- An export walks the streams of a workspace in the order of their ids, and in a second pass the events that share another.
create index streams_by_workspace on streams (workspace_id, id);
create index stream_events_shared on stream_events (stream_id, seq) where event_type = 'shared';
