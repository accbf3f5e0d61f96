-- Up Migration
-- Access that is decided under a lock.

set local lock_timeout = '5s';
lock table workspace_members in share row exclusive mode;

-- Version of a member's tokens. A token carries the version it was made with; raising the version ends all earlier tokens.
alter table workspace_members add column token_version bigint not null default 0;

-- Access epochs: a subscription has the epoch at which its access was checked, an ended access a later one.
create sequence access_epochs;
grant usage on sequence access_epochs to streambed_app;

-- Opens a transaction for a caller. Writers share the access lock of the workspace; whoever takes access away holds it alone, so that
-- no writer decides by access that ends meanwhile. The lock is the first of each transaction, so it takes part in no deadlock. It is
-- waited for two seconds at most when held alone, because writers queue behind the wait.
create function enter_workspace(caller text, version bigint, lock text) returns void
language plpgsql as $$
declare
  name bigint := hashtextextended('access:' || app_workspace_id(), 0);
begin
  if lock = 'shared' then
    perform pg_advisory_xact_lock_shared(name);
  elsif lock = 'exclusive' then
    perform set_config('lock_timeout', '2s', true);
    perform pg_advisory_xact_lock(name);
    perform set_config('lock_timeout', '0', true);
  end if;
  if caller is not null and exists (
    select from workspace_members m
    where m.workspace_id = app_workspace_id() and m.user_id = caller and m.token_version > version
  ) then
    raise exception 'The token of % was revoked', caller using errcode = 'SBTOK';
  end if;
end
$$;
revoke all on function enter_workspace(text, bigint, text) from public;
grant execute on function enter_workspace(text, bigint, text) to streambed_app;

-- Changes of membership, roles, visibility, keys, retention, exports and recoveries. Rows are only ever added.
create table audit_log (
  id text primary key,
  workspace_id text not null,
  at timestamptz not null,
  action text not null,
  -- A user's id, `key:<key id>` of an API key, or `system`.
  actor text not null,
  subject_kind text not null,
  subject_id text not null,
  details jsonb not null default '{}'
);
create index audit_log_by_workspace on audit_log (workspace_id, id desc);
alter table audit_log enable row level security;
create policy one_workspace on audit_log using (workspace_id = app_workspace_id()) with check (workspace_id = app_workspace_id());
grant select, insert on audit_log to streambed_app;
