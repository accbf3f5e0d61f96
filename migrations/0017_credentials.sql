-- Up Migration
-- API keys that say what they may, that end, and that are replaced with an overlap.

set local lock_timeout = '5s';
lock table workspace_members, api_keys in share row exclusive mode;

-- Keys of earlier releases keep all rights. Code that creates a key names its scopes.
alter table api_keys
  add column scopes text[] not null default '{tokens,members,providers,transfer,memory,keys}',
  add column expires_at timestamptz,
  -- Written once an hour at most.
  add column last_used_at timestamptz,
  -- A user's id, `key:<key id>` of an API key, or `system`.
  add column created_by text not null default 'system',
  -- Id of the key that this one replaces.
  add column rotated_from text;
create index api_keys_by_workspace on api_keys (workspace_id, id desc);

-- Members who were removed by an earlier release hold tokens that would work again when they are restored.
update workspace_members set token_version = token_version + 1 where removed_at is not null;
