-- Up Migration

-- With the workspace in front, the row-level policy is part of the search, not asked of each row: deleted ones among the unread are counted
-- from the index alone.
drop index stream_events_deleted;
create index stream_events_deleted on stream_events (workspace_id, stream_id, ordinal) where deleted_at is not null and ordinal is not null;
