-- Up Migration

-- Who sees a stream. access_ids: the streams whose members see this one, from itself (unless it is a thread) along its parents, as far as
-- visibility is inherited; the last of them says whether everybody does.
alter table streams
  add column access_ids text[] not null default '{}',
  add column dm_member_ids text[],
  add column severity text,
  add column rev bigint not null default 0,
  add column counts_rev bigint not null default 0,
  -- Countable events that were deleted, and the highest ordinal among them: only who has not read so far has to look closer.
  add column deleted_count bigint not null default 0,
  add column last_deleted_ordinal bigint not null default 0,
  -- Who posted last, newest first: three are shown beside a thread.
  add column recent_actor_ids text[] not null default '{}';
update streams set access_ids = array[id];
create unique index streams_by_dm_members on streams (workspace_id, dm_member_ids) where dm_member_ids is not null;
create unique index streams_by_branch on streams (branched_from_event_id) where branched_from_event_id is not null;
create index streams_by_parent on streams (parent_stream_id) where parent_stream_id is not null;
-- Each post changes its stream's row: with room in the page, and no index on what changes, no index has to follow.
alter table streams set (fillfactor = 70);

alter table stream_events
  add column pinned_at timestamptz,
  add column pinned_by text;
create index stream_events_pinned on stream_events (stream_id, pinned_at desc) where pinned_at is not null;
-- The deleted ones among the unread.
create index stream_events_deleted on stream_events (stream_id, ordinal) where deleted_at is not null and ordinal is not null;

alter table stream_members add column read_rev bigint not null default 0;
alter table workspace_members
  -- Position and generation of the member's own room.
  add column rev bigint not null default 0,
  add column gen text not null default substr(md5(random()::text), 1, 8);

-- What a message said before it was edited.
create table event_versions (
  workspace_id text not null,
  event_id text not null,
  changed_seq bigint not null,
  content text not null,
  mentions jsonb not null default '[]',
  valid_from timestamptz not null,
  edited_by text not null,
  primary key (event_id, changed_seq)
);

-- A reference, never a copy: what a reader sees of the original is decided when it is read.
create table shared_refs (
  id text primary key,
  workspace_id text not null,
  original_event_id text not null,
  original_stream_id text not null,
  context text
);
create index shared_refs_by_original on shared_refs (original_event_id);

create table polls (
  id text primary key,
  workspace_id text not null,
  question text not null,
  options jsonb not null,
  multiple boolean not null,
  closes_at timestamptz
);

create table poll_votes (
  workspace_id text not null,
  poll_id text not null,
  user_id text not null,
  option_id text not null,
  voted_at timestamptz not null,
  primary key (poll_id, user_id, option_id)
);

create table reactions (
  workspace_id text not null,
  event_id text not null,
  emoji text not null,
  user_id text not null,
  created_at timestamptz not null,
  primary key (event_id, emoji, user_id)
);

-- Who an event mentions: '@here' stands for everyone in the stream. Sparse; counted only behind a read pointer.
create table mentions (
  workspace_id text not null,
  stream_id text not null,
  seq bigint not null,
  user_id text not null,
  actor_id text not null,
  primary key (stream_id, user_id, seq)
);

-- The activity feed. An '@here' is one row for everyone in the stream, and read by when the reader looked last.
create table notifications (
  id text primary key,
  workspace_id text not null,
  user_id text not null,
  kind text not null,
  stream_id text not null,
  event_id text,
  seq bigint not null,
  actor_id text not null,
  created_at timestamptz not null,
  read_at timestamptz
);
create index notifications_by_user on notifications (workspace_id, user_id, id desc);
create index notifications_unread on notifications (workspace_id, user_id) where read_at is null;
create index notifications_by_event on notifications (event_id) where event_id is not null;
create index notifications_by_stream on notifications (workspace_id, user_id, stream_id, seq) where read_at is null;

-- Until where the sidebars were told of a stream.
create table announced_pointers (
  stream_id text primary key,
  workspace_id text not null,
  head bigint not null,
  counts_rev bigint not null,
  reply_count bigint not null,
  -- Revision of the settings that the root event was told.
  rev bigint not null default 0,
  announced_at timestamptz not null
);

-- Words for search: as they are, and by their English stem.
alter table text_messages add column words tsvector
  generated always as (to_tsvector('simple', content) || to_tsvector('english', content)) stored;
create index text_messages_by_words on text_messages using gin (words);

do $$
declare
  t text;
begin
  foreach t in array array['event_versions', 'shared_refs', 'polls', 'poll_votes', 'reactions', 'mentions', 'notifications', 'announced_pointers'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy one_workspace on %I using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id())', t);
  end loop;
end
$$;
grant select, insert, update on event_versions, shared_refs, polls, announced_pointers, notifications to streambed_app;
grant select, insert, delete on poll_votes, reactions, mentions to streambed_app;
grant delete on notifications to streambed_app;

-- Full text search does not pass a row-level policy (its operator is not leakproof), so the index is asked with the owner's rights, and only
-- within the workspace that the transaction sees. Who may see what was found is decided by the caller.
create function search_words(query text, author text, in_stream text, since timestamptz, until timestamptz, max_rows int)
  returns table (event_id text, stream_id text, score real)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    with q as (select websearch_to_tsquery('simple', query) || websearch_to_tsquery('english', query) as words)
    select e.id, e.stream_id, ts_rank_cd(t.words, q.words, 32)
    from q
    join public.text_messages t on t.words @@ q.words and t.workspace_id = public.app_workspace_id()
    join public.stream_events e on e.id = t.id
    where e.workspace_id = public.app_workspace_id() and e.deleted_at is null
      and (author is null or e.actor_id = author)
      and (in_stream is null or e.stream_id = in_stream)
      and (since is null or e.created_at >= since)
      and (until is null or e.created_at < until)
    order by 3 desc, e.id desc
    limit max_rows
  $$;
revoke all on function search_words(text, text, text, timestamptz, timestamptz, int) from public;
grant execute on function search_words(text, text, text, timestamptz, timestamptz, int) to streambed_app;
