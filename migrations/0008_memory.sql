-- Up Migration

-- A segment of a stream about one thing: a range of positions, so that nothing is written to the events, and a merge or a split touches
-- one row or two. state: what the segmenter remembers of the open one. content_rev grows when what it holds changes (content_at: when it
-- last did); the index holds indexed_rev of it. postponed_at: when it last failed by itself, so that others go first.
create table epochs (
  id text primary key,
  workspace_id text not null,
  stream_id text not null,
  status text not null,
  barrier text,
  first_seq bigint not null,
  last_seq bigint not null,
  message_count int not null,
  label text,
  label_source text,
  terms text[] not null default '{}',
  snippet text,
  state jsonb,
  rev bigint not null,
  content_rev bigint not null default 0,
  content_at timestamptz not null,
  indexed_rev bigint,
  postponed_at timestamptz,
  related_count int not null default 0,
  related_at timestamptz,
  opened_at timestamptz not null,
  last_event_at timestamptz not null,
  closed_at timestamptz,
  indexed_at timestamptz
);
create unique index epochs_by_start on epochs (stream_id, first_seq);
create unique index epochs_one_open on epochs (stream_id) where status = 'open';
create index epochs_open on epochs (workspace_id, last_event_at) where status = 'open';
create index epochs_waiting on epochs (workspace_id, postponed_at nulls first, id) where status = 'closed' and indexed_rev is distinct from content_rev;
create index epochs_in_order on epochs (workspace_id, stream_id, first_seq) where status = 'closed';
create index epochs_by_workspace on epochs (workspace_id, id) where status = 'closed';

-- How far the epochs of a stream are. seq: every event up to here is in its epoch. changed_seq: edits and deletes up to here were seen.
-- rev grows with each change of its epochs.
create table epoch_cursors (
  stream_id text primary key,
  workspace_id text not null,
  seq bigint not null default 0,
  changed_seq bigint not null default 0,
  rev bigint not null default 0,
  settings jsonb not null default '{}',
  updated_at timestamptz
);

-- Where somebody said that what follows is about something else.
create table epoch_barriers (
  stream_id text not null,
  after_seq bigint not null,
  workspace_id text not null,
  label text,
  set_by text not null,
  set_at timestamptz not null,
  primary key (stream_id, after_seq)
);

-- What members corrected: where an epoch begins (split) and where none does (merge). Kept to learn from.
create table epoch_corrections (
  id text primary key,
  workspace_id text not null,
  stream_id text not null,
  seq bigint not null,
  kind text not null,
  corrected_by text not null,
  corrected_at timestamptz not null
);
create index epoch_corrections_by_workspace on epoch_corrections (workspace_id, id);

-- The dense vector of an epoch as float32, little-endian: paid for once, so that the index can be built anew without the provider.
create table epoch_vectors (
  epoch_id text not null,
  model text not null,
  dimension int not null,
  workspace_id text not null,
  content_hash bytea not null,
  vector bytea not null,
  embedded_at timestamptz not null,
  primary key (epoch_id, model, dimension)
);

-- What an epoch is related to; one row for two things, for ever. A member may have said that it is not.
create table epoch_links (
  epoch_id text not null,
  target_kind text not null,
  target_id text not null,
  workspace_id text not null,
  score real not null,
  linked_at timestamptz not null,
  rejected_by text,
  rejected_at timestamptz,
  primary key (epoch_id, target_kind, target_id)
);
create index epoch_links_by_target on epoch_links (workspace_id, target_id);

-- Which words go together in a workspace, learned from its closed epochs.
create table association_models (
  workspace_id text primary key,
  version int not null,
  model bytea not null,
  trust real not null,
  epoch_count int not null,
  learned_at timestamptz not null
);

-- Which embedding model a workspace is indexed with, and which one it is moving to.
create table workspace_memory (
  workspace_id text primary key,
  model text not null,
  dimension int not null,
  next_model text,
  next_dimension int
);

-- Long work, a step at a time: cursor says where the next one begins.
create table jobs (
  id text primary key,
  workspace_id text not null,
  kind text not null,
  status text not null,
  cursor text,
  done int not null default 0,
  total int not null default 0,
  detail text,
  started_at timestamptz not null,
  moved_at timestamptz not null,
  finished_at timestamptz
);
create index jobs_by_workspace on jobs (workspace_id, id);

do $$
declare
  t text;
begin
  foreach t in array array['epochs', 'epoch_cursors', 'epoch_barriers', 'epoch_corrections', 'epoch_vectors', 'epoch_links',
    'association_models', 'workspace_memory', 'jobs'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy one_workspace on %I using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id())', t);
    execute format('grant select, insert, update, delete on %I to streambed_app', t);
  end loop;
end
$$;
