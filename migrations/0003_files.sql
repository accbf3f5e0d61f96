-- Up Migration

-- A file of a stream; its content lies in a bucket, under the ids of the workspace and the file. uploaded_at: the content is there.
-- event_id: the event that shows it. Without one it exists for its uploader only.
create table files (
  id text primary key,
  workspace_id text not null,
  stream_id text not null,
  name text not null,
  media_type text not null,
  size_bytes bigint not null,
  width int,
  height int,
  uploaded_by text not null,
  created_at timestamptz not null,
  uploaded_at timestamptz,
  event_id text
);
create unique index files_by_event on files (event_id) where event_id is not null;

alter table files enable row level security;
create policy one_workspace on files using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
grant select, insert, update on files to streambed_app;
