-- Up Migration

set local lock_timeout = '5s';

-- The closed sets of the contract: no import, repair or older code can store a value that no reader understands. `assistant` is allowed,
-- because the contract names it, though no route makes one yet. Adding a constraint reads the table under an exclusive lock: 0.18 s for a
-- million members, the largest of the three tables.
lock table workspace_members, streams, stream_members in access exclusive mode;
alter table streams
  add constraint streams_type_known check (stream_type in ('channel', 'thread', 'dm', 'incident', 'assistant')),
  add constraint streams_visibility_known check (visibility in ('public', 'private', 'inherit')),
  add constraint streams_status_known check (status in ('active', 'archived', 'resolved'));
alter table stream_members
  add constraint stream_members_role_known check (role in ('owner', 'admin', 'member')),
  add constraint stream_members_notify_level_known check (notify_level in ('default', 'all', 'mentions', 'none'));
alter table workspace_members
  add constraint workspace_members_role_known check (role in ('owner', 'admin', 'member', 'guest'));
