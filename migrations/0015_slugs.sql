-- Up Migration
-- Slugs that tell nothing of hidden streams.

set local lock_timeout = '5s';
lock table streams in access exclusive mode;

-- A unique slug for all streams told the name of a hidden one. Only public streams, which every member may know of, exclude each other.
create unique index streams_by_public_slug on streams (workspace_id, slug) where slug is not null and visibility = 'public';
create index streams_by_any_slug on streams (workspace_id, slug) where slug is not null;
drop index streams_by_slug;
