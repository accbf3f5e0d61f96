-- Up Migration
-- Searches of a workspace take turns.

-- Takes one of the workspace's two places for searches, or waits for one; one of two others may wait. Further searches get null at once.
-- Then it waits for the turn: short searches run one after the other, so that a core stays for the posts of other workspaces. A search
-- that has run for `turn_ms` is no longer waited for. 'alone': no other search of the workspace has a place or the turn.
create function search_place(wait_ms int, turn_ms int) returns text
  language plpgsql as $$
    declare
      place text := 'alone';
      lock_of constant text := 'search ' || app_workspace_id() || ' ';
    begin
      if not pg_try_advisory_xact_lock(hashtextextended(lock_of || 1, 0)) then
        place := 'shared';
        if not pg_try_advisory_xact_lock(hashtextextended(lock_of || 2, 0)) then
          if not pg_try_advisory_xact_lock(hashtextextended(lock_of || 3, 0))
            and not pg_try_advisory_xact_lock(hashtextextended(lock_of || 4, 0)) then
            return null;
          end if;
          begin
            perform set_config('lock_timeout', wait_ms::text, true);
            perform pg_advisory_xact_lock(hashtextextended(lock_of || (1 + floor(random() * 2))::int, 0));
          exception when lock_not_available then
            return null;
          end;
        end if;
      end if;
      if not pg_try_advisory_xact_lock(hashtextextended(lock_of || 'turn', 0)) then
        place := 'shared';
        begin
          perform set_config('lock_timeout', turn_ms::text, true);
          perform pg_advisory_xact_lock(hashtextextended(lock_of || 'turn', 0));
        exception when lock_not_available then
          null;
        end;
      end if;
      perform set_config('lock_timeout', '0', true);
      return place;
    end
  $$;
revoke all on function search_place(int, int) from public;
grant execute on function search_place(int, int) to streambed_app, streambed_search;

-- Keeps the places of a search without work for a while, where others search or wait at the same time.
create function search_rest(place text, rest_ms float8) returns void
  language plpgsql as $$
    begin
      if place = 'shared' or not pg_try_advisory_xact_lock(hashtextextended('search ' || app_workspace_id() || ' 3', 0)) then
        perform pg_sleep(rest_ms / 1000);
      end if;
    end
  $$;
revoke all on function search_rest(text, float8) from public;
grant execute on function search_rest(text, float8) to streambed_app, streambed_search;
