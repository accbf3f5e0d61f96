-- Up Migration

set local lock_timeout = '5s';

-- On a large table the index is built before the deployment (docs/deploy.md, "The index of search"); then this takes a moment.
lock table text_messages in access exclusive mode;

/*
 * Returns the keys of a message in the index of search: each word behind eight characters that stand for the workspace, and three marks.
 * So a word has one list of messages for each workspace, and a word of other workspaces has none in this one.
 *
 * A mark is a prefix of the time in the message's id: 5 characters are 9.3 hours, 4 are 12.4 days, none is the whole workspace. Words hold
 * no space, so no word equals a mark. The marks are ANDed with words to read the newest matches only.
 */
create or replace function search_keys(workspace text, id text, words tsvector) returns tsvector
  language plpgsql immutable parallel safe
  as $$
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
  $$;

-- All workspaces share the list of new keys, and each search reads it: with the default of 4 MB it would cost more than the search, and its
-- merge would hold up one post in 4,000 for a long time.
create index if not exists text_messages_by_keys on text_messages using gin (search_keys(workspace_id, id, words))
  with (gin_pending_list_limit = 256);

/*
 * Returns the query of the index for a query of words: the same words as keys of the workspace. A phrase becomes its words, and an excluded
 * word is left out: both are checked on the rows. A query that only excludes words reads the mark of the whole workspace.
 */
create function search_query(workspace text, query tsquery) returns tsquery
  language sql immutable parallel safe
  as $$
    select case when querytree(query) in ('', 'T') then quote_literal(left(md5(workspace), 8) || ' ')::tsquery
      else regexp_replace(regexp_replace(querytree(query), ' <(-|\d+)> ', ' & ', 'g'),
        '''((?:[^'']|'''')*)''', '''' || left(md5(workspace), 8) || '\1''', 'g')::tsquery end
  $$;

-- Returns the digits of a period in the time of an id: base 32, with leading zeros.
create function search_digits(period bigint, characters int) returns text
  language sql immutable parallel safe
  as $$
    select string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + (greatest(period, 0) >> (5 * place))::int % 32, 1), '' order by place desc)
    from generate_series(0, characters - 1) place
  $$;

-- Returns the query for the marks of `periods` periods up to `newest`.
create function search_marks(workspace text, newest bigint, periods int, characters int) returns tsquery
  language sql immutable parallel safe
  as $$
    select string_agg(quote_literal(left(md5(workspace), 8) || ' ' || search_digits(period, characters)), ' | ')::tsquery
    from generate_series(newest - periods + 1, newest) period
  $$;

/*
 * Finds the newest messages that match a query and that the reader may see, with their ranks, in no order: at least 500 where there are as
 * many, 4,500 at most. Access is filtered before anything is counted or cut, so matches in streams of others hide none.
 *
 * It reads the matches of the newest 37 hours, then of the rest of a week, of two fortnights, of three months, of a year, and at last all
 * others, and stops when it has enough. So a common word costs what the newest window holds. The caller's time limit bounds what remains: a
 * common word that the reader may see in few places.
 *
 * Full text search does not pass a row-level policy (its operator is not leakproof), so this runs with the owner's rights, and only within
 * the workspace of the transaction. The condition on access is that of `accessOf` and `seesIt` in functions/streams/streams/stream-rows.ts.
 */
create function search_messages(query text, reader text, author text, in_stream text, since timestamptz, until timestamptz)
  returns table (event_id text, stream_id text, score real)
  language plpgsql stable security definer
  set search_path = pg_catalog, public set plan_cache_mode = force_generic_plan set jit = off
  -- The plan of a large table, whatever the statistics say: the index of keys, then each row by its id.
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  as $$
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
  $$;
revoke all on function search_messages(text, text, text, text, timestamptz, timestamptz) from public;
grant execute on function search_messages(text, text, text, text, timestamptz, timestamptz) to streambed_app;

-- For the code before this migration, during a deployment and after a rollback.
create or replace function search_words(query text, author text, in_stream text, since timestamptz, until timestamptz, max_rows int)
  returns table (event_id text, stream_id text, score real)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
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
  $$;
drop index text_messages_by_words;
