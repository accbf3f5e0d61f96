import type { RecordOf } from '../../contract/transfer.ts';
import type { Transaction } from '../platform/database.ts';

type Event = RecordOf<'event'>;

/** Names the table and id of an event's content, by its type; a deleted event has none. */
function contentOf(event: Event): { contentType: string | null; contentId: string | null } {
  if (event.sharedRef) return { contentType: 'shared_ref', contentId: event.id };
  if (event.poll) return { contentType: 'poll', contentId: event.id };
  if (event.file) return { contentType: 'file', contentId: event.file.id };
  if (event.content) return { contentType: 'text_message', contentId: event.id };
  return { contentType: null, contentId: null };
}

/** Inserts events at their positions and returns the number of new ones. An event whose position is taken is skipped. */
export async function insertEvents(tx: Transaction, events: readonly Event[]): Promise<number> {
  const rows = await tx.query(
    `insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, provider_id, client_event_id,
       content_type, content_id, payload, pinned_at, pinned_by, created_at, edited_at, deleted_at)
     select r.id, $1, r."streamId", r.seq, r."changedSeq", r.ordinal, r."eventType", r."actorId", r."providerId", r."clientEventId",
       r."contentType", r."contentId", nullif(r.payload, 'null'), r."pinnedAt", r."pinnedBy", r."createdAt", r."editedAt", r."deletedAt"
     from jsonb_to_recordset($2::jsonb) as r(id text, "streamId" text, seq bigint, "changedSeq" bigint, ordinal bigint, "eventType" text,
       "actorId" text, "providerId" text, "clientEventId" text, "contentType" text, "contentId" text, payload jsonb,
       "pinnedAt" timestamptz, "pinnedBy" text, "createdAt" timestamptz, "editedAt" timestamptz, "deletedAt" timestamptz)
     on conflict do nothing returning id`,
    [tx.workspaceId, JSON.stringify(events.map((event) => ({ ...event, ...contentOf(event) })))],
  );
  return rows.length;
}

/** Defers a statement over rows to the commit; does nothing without rows. */
function deferAll(tx: Transaction, text: string, rows: readonly object[]): void {
  if (rows.length > 0) tx.defer(text, [tx.workspaceId, JSON.stringify(rows)]);
}

/** Inserts the contents and mentions of events. */
export function insertContents(tx: Transaction, events: readonly Event[]): void {
  const of = <Part>(part: (event: Event) => Part | null) =>
    events.flatMap((event) => {
      const value = part(event);
      return value === null ? [] : [{ ...value, eventId: event.id, streamId: event.streamId }];
    });
  deferAll(
    tx,
    `insert into text_messages (id, workspace_id, content, mentions)
     select r."eventId", $1, r.text, r.mentions from jsonb_to_recordset($2::jsonb) as r("eventId" text, text text, mentions jsonb)
     on conflict do nothing`,
    of(({ content }) => content),
  );
  deferAll(
    tx,
    `insert into polls (id, workspace_id, question, options, multiple, closes_at)
     select r."eventId", $1, r.question, r.options, r.multiple, r."closesAt"
     from jsonb_to_recordset($2::jsonb) as r("eventId" text, question text, options jsonb, multiple boolean, "closesAt" timestamptz)
     on conflict do nothing`,
    of(({ poll }) => poll),
  );
  deferAll(
    tx,
    `insert into files (id, workspace_id, stream_id, name, media_type, size_bytes, width, height, uploaded_by, created_at, event_id)
     select r.id, $1, r."streamId", r.name, r."mediaType", r."sizeBytes", r.width, r.height, r."uploadedBy", r."createdAt", r."eventId"
     from jsonb_to_recordset($2::jsonb) as r(id text, "streamId" text, name text, "mediaType" text, "sizeBytes" bigint, width int,
       height int, "uploadedBy" text, "createdAt" timestamptz, "eventId" text)
     on conflict do nothing`,
    of(({ file }) => file),
  );
  deferAll(
    tx,
    `insert into shared_refs (id, workspace_id, original_event_id, original_stream_id, context)
     select r."eventId", $1, o.id, o.stream_id, r.context
     from jsonb_to_recordset($2::jsonb) as r("eventId" text, "originalEventId" text, context text)
     join stream_events o on o.id = r."originalEventId"
     on conflict do nothing`,
    of(({ sharedRef }) => sharedRef),
  );
  deferAll(
    tx,
    `insert into mentions (workspace_id, stream_id, seq, user_id, actor_id)
     select $1, r."streamId", r.seq, r."userId", r."actorId"
     from jsonb_to_recordset($2::jsonb) as r("streamId" text, seq bigint, "userId" text, "actorId" text)
     on conflict do nothing`,
    events.flatMap(({ streamId, seq, actorId, mentionedIds }) => mentionedIds.map((userId) => ({ streamId, seq, actorId, userId }))),
  );
}

/** Inserts the parts of events: earlier versions, reactions and votes. */
export function insertParts(
  tx: Transaction,
  parts: {
    versions: readonly RecordOf<'version'>[];
    reactions: readonly RecordOf<'reactions'>[];
    votes: readonly RecordOf<'votes'>[];
  },
): void {
  deferAll(
    tx,
    `insert into event_versions (workspace_id, event_id, changed_seq, content, mentions, valid_from, edited_by)
     select $1, r."eventId", r."changedSeq", r.text, r.mentions, r."validFrom", r."editedBy"
     from jsonb_to_recordset($2::jsonb) as r("eventId" text, "changedSeq" bigint, text text, mentions jsonb, "validFrom" timestamptz,
       "editedBy" text)
     on conflict do nothing`,
    parts.versions,
  );
  deferAll(
    tx,
    `insert into reactions (workspace_id, event_id, emoji, user_id, created_at)
     select $1, r."eventId", r.emoji, r."userId", r.at
     from jsonb_to_recordset($2::jsonb) as r("eventId" text, emoji text, "userId" text, at timestamptz)
     on conflict do nothing`,
    parts.reactions.flatMap(({ eventId, reactions }) => reactions.map((reaction) => ({ eventId, ...reaction }))),
  );
  deferAll(
    tx,
    `insert into poll_votes (workspace_id, poll_id, user_id, option_id, voted_at)
     select $1, p.id, r."userId", r."optionId", r.at
     from jsonb_to_recordset($2::jsonb) as r("eventId" text, "optionId" text, "userId" text, at timestamptz)
     join polls p on p.id = r."eventId" and p.options @> jsonb_build_array(jsonb_build_object('id', r."optionId"))
     on conflict do nothing`,
    parts.votes.flatMap(({ eventId, votes }) => votes.map((vote) => ({ eventId, ...vote }))),
  );
}
