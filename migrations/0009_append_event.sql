-- Up Migration

set local lock_timeout = '5s';

-- All pending migrations share one transaction. Requests lock these tables in this order; taking them one by one in another order closed a
-- cycle with running posts in three of three tries (40P01).
lock table workspace_members, streams, stream_members, stream_events, outbox in access exclusive mode;

-- An item's position in its room's log stands in a column of its own; its payload holds none. Rows of before have it in the payload.
alter table outbox add column seq bigint;
-- The change that a row tells of. Rows that only carry a change to another room, or end subscriptions, name none.
alter table outbox alter column topic drop not null;
-- An epoch is a range of positions: nothing is written to events.
alter table stream_events drop column epoch_id;

/*
 * Appends an event to its stream and promises it to the stream's room, and returns its position. One call, so that the row lock of a busy
 * stream is held for one round trip. It stores the text, takes the next position (and, for what counts as a message, the next ordinal) under
 * the stream's row lock, stores the event, moves the author's pointer, and writes the promise with its position.
 *
 * in_line: the writer has no lock of the stream yet and queues for it first. Row locks are not fair: with 16 writers one waited 2 s. The
 * text is stored before the queue, so that nothing is done under the lock that can be done before it.
 *
 * Raises SBARC where the stream is archived (unless even_archived) or gone, and SBDUP where the author's client event id is taken.
 * Runs with the caller's rights: row-level security bounds it to the caller's workspace.
 */
create function append_event(
  event_id text, workspace text, stream text, author text, client_key text, created timestamptz, kind text,
  content_kind text, content_ref text, body jsonb, said text, mentioned jsonb,
  is_message boolean, mentions_all boolean, even_archived boolean, in_line boolean,
  promise_id text, promise_room text, promise_topic text, promise_payload jsonb
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
  $$;

-- Rows come complete, as the version before wrote them: that version's sweeper reads them too, during a deployment and after a rollback. An
-- event that was just appended holds its position itself.
create or replace function outbox_unpublished(older_than timestamptz, max_rows int)
  returns table (id text, workspace_id text, room text, topic text, payload jsonb, created_at timestamptz)
  language sql security definer set search_path = pg_catalog, public
  as $$
    select o.id, o.workspace_id, o.room, coalesce(o.topic, ''),
      case
        when o.seq is null then o.payload
        when o.payload #>> '{item,type}' = 'event' then jsonb_set(jsonb_set(jsonb_set(o.payload,
          '{item,seq}', to_jsonb(o.seq)), '{item,data,seq}', to_jsonb(o.seq)), '{item,data,changedSeq}', to_jsonb(o.seq))
        else jsonb_set(o.payload, '{item,seq}', to_jsonb(o.seq))
      end,
      o.created_at
    from public.outbox o
    where o.published_at is null and o.created_at < older_than
    order by o.position
    limit max_rows
  $$;

revoke all on function append_event(text, text, text, text, text, timestamptz, text, text, text, jsonb, text, jsonb, boolean, boolean, boolean,
  boolean, text, text, text, jsonb) from public;
grant execute on function append_event(text, text, text, text, text, timestamptz, text, text, text, jsonb, text, jsonb, boolean, boolean,
  boolean, boolean, text, text, text, jsonb) to streambed_app;
