-- Up Migration

-- By primary key, whatever the table looks like: the index of what is unpublished still holds each row that was published since the last
-- vacuum, so a mark by that index costs more with each post. A mark may be lost with the server (then the row is sent once more, which
-- changes nothing): nobody waits for the disk.
create or replace function outbox_mark_published(row_ids text[], at timestamptz)
  returns void
  language plpgsql security definer set search_path = pg_catalog, public set plan_cache_mode = force_generic_plan
  as $$
    begin
      perform set_config('synchronous_commit', 'off', true);
      update public.outbox set published_at = at where id = any(row_ids);
    end
  $$;
