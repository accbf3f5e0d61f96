-- Up Migration

set local lock_timeout = '5s';

-- Roles by purpose. The migration function creates them before it runs this, and sets their passwords and settings. streambed_app keeps what
-- it has: older code that still runs connects as it for every purpose. Later tables name the roles in their grants.
grant usage on schema public to streambed_worker, streambed_search, streambed_operations;

-- Workers take no calls. They write what follows from events, as the application does, and read who is who. They see no key and no import,
-- and of a membership or a workspace they change the revision only.
do $$
declare
  granted record;
  hidden constant text[] := array['api_keys', 'imports'];
  read_only constant text[] := array['users', 'workspaces', 'workspace_members', 'providers', 'files'];
begin
  for granted in
    select table_name as name, string_agg(privilege_type, ', ') as privileges from information_schema.role_table_grants
    where table_schema = 'public' and grantee = 'streambed_app' and table_name <> all (hidden) group by table_name
  loop
    execute format('grant %s on %I to streambed_worker',
      case when granted.name = any (read_only) then 'select' else granted.privileges end, granted.name);
  end loop;
end $$;
grant update (rev) on workspaces, workspace_members to streambed_worker;

-- Search reads messages, and who may read them.
grant select on workspaces, workspace_members, users, streams, stream_members, stream_events, text_messages, shared_refs, files,
  polls, poll_votes, reactions, event_versions, providers to streambed_search;
grant execute on function enter_workspace(text, bigint, text) to streambed_search;

-- Operations publish the outbox of all workspaces and answer health checks: functions only, and no table.
do $$
declare
  granted record;
begin
  for granted in
    select p.oid::regprocedure as signature, p.proname as name from pg_proc p, aclexplode(p.proacl) a
    where p.pronamespace = 'public'::regnamespace and a.grantee = 'streambed_app'::regrole and a.privilege_type = 'EXECUTE'
  loop
    if granted.name like 'search\_%' then
      execute format('grant execute on function %s to streambed_search', granted.signature);
    elsif granted.name like 'outbox\_%' then
      execute format('grant execute on function %s to streambed_operations', granted.signature);
    end if;
    -- A worker marks what it sent itself; it does not see what others have not sent.
    if granted.name in ('append_event', 'outbox_mark_published') then
      execute format('grant execute on function %s to streambed_worker', granted.signature);
    end if;
  end loop;
end $$;
