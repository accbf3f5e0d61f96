-- Up Migration

-- Until when a nudge that came too early is sure to come again: one is enough for a stream.
alter table announced_pointers add column looks_at timestamptz;
