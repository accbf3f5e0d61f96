-- Up Migration
-- Bounded follow-up work, and repeats that are compared with what was sent first.

set local lock_timeout = '5s';
lock table streams, stream_events, shared_refs in access exclusive mode;

-- Version of the original that a share's readers were told of: the position of its last edit or of its deletion.
alter table shared_refs add column shown_seq bigint not null default 0;
create index shared_refs_by_shown on shared_refs (original_event_id, shown_seq);

-- Originals whose shares are being refreshed. One worker at a time goes through the shares of an original, until `lease_ends_at`.
create table share_refreshes (
  original_event_id text primary key,
  workspace_id text not null,
  lease_ends_at timestamptz not null
);
alter table share_refreshes enable row level security;
create policy one_workspace on share_refreshes using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
grant select, insert, update, delete on share_refreshes to streambed_app, streambed_worker;

-- Hash of the body of the request that made the row. A repeat with the same key has the same hash; rows of before have none.
alter table stream_events add column request_hash bytea;
alter table streams add column request_hash bytea;

-- `append_event` of 0009 with the hash. The one without stays: the version before calls it during a deployment and after a rollback.
create function append_event(
  event_id text, workspace text, stream text, author text, client_key text, created timestamptz, kind text,
  content_kind text, content_ref text, body jsonb, said text, mentioned jsonb,
  is_message boolean, mentions_all boolean, even_archived boolean, in_line boolean,
  promise_id text, promise_room text, promise_topic text, promise_payload jsonb, hash bytea
) returns bigint
  language plpgsql
  as $$
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
  $$;
revoke all on function append_event(text, text, text, text, text, timestamptz, text, text, text, jsonb, text, jsonb, boolean, boolean, boolean,
  boolean, text, text, text, jsonb, bytea) from public;
grant execute on function append_event(text, text, text, text, text, timestamptz, text, text, text, jsonb, text, jsonb, boolean, boolean, boolean,
  boolean, text, text, text, jsonb, bytea) to streambed_app, streambed_worker;
