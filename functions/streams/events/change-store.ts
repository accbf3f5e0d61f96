import type { EventVersion, Mention } from '../../../contract/event.ts';
import type { Transaction } from '../../platform/database.ts';

/** Takes the next position of the log for a change, under the stream's row lock. */
export async function takePosition(tx: Transaction, streamId: string): Promise<{ seq: number; gen: string }> {
  const [row] = await tx.query<{ last_seq: number; gen: string }>(
    'update streams set last_seq = last_seq + 1 where id = $1 and workspace_id = $2 returning last_seq, gen',
    [streamId, tx.workspaceId],
  );
  if (!row) throw new Error(`The stream ${streamId} has no row`);
  return { seq: row.last_seq, gen: row.gen };
}

/** The event takes a new position: something that belongs to it, and is kept elsewhere, changed. */
export function touchEvent(tx: Transaction, eventId: string, seq: number): void {
  tx.defer('update stream_events set changed_seq = $3 where workspace_id = $1 and id = $2', [tx.workspaceId, eventId, seq]);
}

/**
 * Gives an event another text and keeps the one it had. Whether the event is still as the caller saw it is part of the statement: undefined
 * means it was not, and nothing changed.
 */
export async function updateText(
  tx: Transaction,
  change: {
    eventId: string;
    seq: number;
    text: string;
    mentions: readonly Mention[];
    expectedSeq: number;
    editedAt: Date;
    editedBy: string;
  },
): Promise<true | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `with before as (
       select e.id, t.content, t.mentions, coalesce(e.edited_at, e.created_at) as valid_from
       from stream_events e join text_messages t on t.id = e.id
       where e.workspace_id = $1 and e.id = $2 and e.deleted_at is null and e.changed_seq = $5
     ), event as (
       update stream_events e set changed_seq = $3, edited_at = $6 from before where e.id = before.id returning e.id
     ), version as (
       insert into event_versions (workspace_id, event_id, changed_seq, content, mentions, valid_from, edited_by)
       select $1, before.id, $3, before.content, before.mentions, before.valid_from, $8 from before
     ), text as (
       update text_messages t set content = $4, mentions = $7::jsonb from event where t.id = event.id
     )
     select id from event`,
    [
      tx.workspaceId,
      change.eventId,
      change.seq,
      change.text,
      change.expectedSeq,
      change.editedAt,
      JSON.stringify(change.mentions),
      change.editedBy,
    ],
  );
  return row && true;
}

/** What an event said before its edits, newest first: at most 100. */
export async function listVersionsOf(tx: Transaction, eventId: string): Promise<EventVersion[]> {
  const rows = await tx.query<{ content: string; mentions: Mention[]; valid_from: Date; edited_by: string }>(
    `select content, mentions, valid_from, edited_by from event_versions
     where workspace_id = $1 and event_id = $2 order by changed_seq desc limit 100`,
    [tx.workspaceId, eventId],
  );
  return rows.map(
    (row) => ({ text: row.content, mentions: row.mentions, at: row.valid_from.toISOString(), editedBy: row.edited_by }) as EventVersion,
  );
}

/** Marks an event as deleted, unless it changed meanwhile; the stream knows that there is one less among its counted events. */
export async function markDeleted(
  tx: Transaction,
  change: { streamId: string; eventId: string; seq: number; expectedSeq: number; deletedAt: Date },
): Promise<true | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `with event as (
       update stream_events set changed_seq = $3, deleted_at = $5, pinned_at = null
       where workspace_id = $1 and id = $2 and deleted_at is null and changed_seq = $4
       returning id, ordinal
     ), counts as (
       update streams s set deleted_count = s.deleted_count + 1, counts_rev = s.counts_rev + 1,
         last_deleted_ordinal = greatest(s.last_deleted_ordinal, event.ordinal)
       from event where s.id = $6 and event.ordinal is not null
     )
     select id from event`,
    [tx.workspaceId, change.eventId, change.seq, change.expectedSeq, change.deletedAt, change.streamId],
  );
  return row && true;
}

/** Counts of the stream changed otherwise than by a new message: who is in it reads their own anew. */
export function noteCountsChanged(tx: Transaction, streamId: string): void {
  tx.defer('update streams set counts_rev = counts_rev + 1 where id = $1 and workspace_id = $2', [streamId, tx.workspaceId]);
}

/** True when it is new; at most `maxEmoji` different ones stand on an event. */
export async function insertReaction(
  tx: Transaction,
  reaction: { eventId: string; emoji: string; userId: string; maxEmoji: number; createdAt: Date },
): Promise<'added' | 'there' | 'full'> {
  const [row] = await tx.query<{ added: boolean; emoji: number; known: boolean }>(
    `with seen as (
       select count(distinct emoji) as emoji, coalesce(bool_or(emoji = $3), false) as known from reactions where event_id = $2
     ), added as (
       insert into reactions (workspace_id, event_id, emoji, user_id, created_at)
       select $1, $2, $3, $4, $5 from seen where seen.known or seen.emoji < $6
       on conflict do nothing returning 1
     )
     select exists (select from added) as added, seen.emoji, seen.known from seen`,
    [tx.workspaceId, reaction.eventId, reaction.emoji, reaction.userId, reaction.createdAt, reaction.maxEmoji],
  );
  if (row?.added === true) return 'added';
  return row?.known === true ? 'there' : 'full';
}

/** Whether there was one to take back. */
export async function deleteReaction(tx: Transaction, reaction: { eventId: string; emoji: string; userId: string }): Promise<boolean> {
  const rows = await tx.query<{ emoji: string }>(
    'delete from reactions where workspace_id = $1 and event_id = $2 and emoji = $3 and user_id = $4 returning emoji',
    [tx.workspaceId, reaction.eventId, reaction.emoji, reaction.userId],
  );
  return rows.length > 0;
}

export function insertPoll(
  tx: Transaction,
  poll: { id: string; question: string; options: readonly { id: string; text: string }[]; multiple: boolean; closesAt: Date | null },
): void {
  tx.defer('insert into polls (id, workspace_id, question, options, multiple, closes_at) values ($1, $2, $3, $4::jsonb, $5, $6)', [
    poll.id,
    tx.workspaceId,
    poll.question,
    JSON.stringify(poll.options),
    poll.multiple,
    poll.closesAt,
  ]);
}

/** Replaces a voter's choice; says whether it differs from what it was. */
export async function replaceVotes(
  tx: Transaction,
  vote: { pollId: string; userId: string; optionIds: readonly string[]; votedAt: Date },
): Promise<boolean> {
  const rows = await tx.query<{ option_id: string }>(
    `with gone as (
       delete from poll_votes where workspace_id = $1 and poll_id = $2 and user_id = $3 and not option_id = any($4) returning option_id
     ), added as (
       insert into poll_votes (workspace_id, poll_id, user_id, option_id, voted_at)
       select $1, $2, $3, o, $5 from unnest($4::text[]) o on conflict do nothing returning option_id
     )
     select option_id from gone union all select option_id from added`,
    [tx.workspaceId, vote.pollId, vote.userId, vote.optionIds, vote.votedAt],
  );
  return rows.length > 0;
}

/** Pins or unpins; at most `maxPins` in a stream. */
export async function setPin(
  tx: Transaction,
  pin: { streamId: string; eventId: string; by: string | null; at: Date; maxPins: number },
): Promise<boolean> {
  const rows = await tx.query<{ id: string }>(
    `update stream_events set pinned_at = case when $4::text is null then null else $5::timestamptz end, pinned_by = $4
     where workspace_id = $1 and id = $3
       and ($4::text is null or (select count(*) from stream_events p where p.stream_id = $2 and p.pinned_at is not null) < $6)
     returning id`,
    [tx.workspaceId, pin.streamId, pin.eventId, pin.by, pin.at, pin.maxPins],
  );
  return rows.length > 0;
}

/** The file of that id, now taken by an event: uploaded to this stream by this person, complete, and in no event yet. */
export async function claimFile(
  tx: Transaction,
  claim: { fileId: string; streamId: string; userId: string; eventId: string },
): Promise<
  { name: string; mediaType: string; sizeBytes: number; width: number | null; height: number | null; createdAt: Date } | undefined
> {
  const [row] = await tx.query<{
    name: string;
    media_type: string;
    size_bytes: number;
    width: number | null;
    height: number | null;
    created_at: Date;
  }>(
    `update files set event_id = $5
     where workspace_id = $1 and id = $2 and stream_id = $3 and uploaded_by = $4 and uploaded_at is not null and event_id is null
     returning name, media_type, size_bytes, width, height, created_at`,
    [tx.workspaceId, claim.fileId, claim.streamId, claim.userId, claim.eventId],
  );
  if (!row) return undefined;
  const { name, media_type: mediaType, size_bytes: sizeBytes, width, height, created_at: createdAt } = row;
  return { name, mediaType, sizeBytes, width, height, createdAt };
}

export function insertSharedRef(
  tx: Transaction,
  ref: { id: string; originalEventId: string; originalStreamId: string; context: string | null },
): void {
  tx.defer('insert into shared_refs (id, workspace_id, original_event_id, original_stream_id, context) values ($1, $2, $3, $4, $5)', [
    ref.id,
    tx.workspaceId,
    ref.originalEventId,
    ref.originalStreamId,
    ref.context,
  ]);
}

/** Where an event can be found: its stream, or of a shared one its original and the stream of that. */
export async function findOrigin(
  tx: Transaction,
  eventId: string,
): Promise<{ eventId: string; streamId: string; eventType: string; deleted: boolean } | undefined> {
  const [row] = await tx.query<{ id: string; stream_id: string; event_type: string; deleted: boolean }>(
    `select o.id, o.stream_id, o.event_type, o.deleted_at is not null as deleted
     from stream_events e
     left join shared_refs sr on e.content_type = 'shared_ref' and sr.id = e.content_id
     join stream_events o on o.id = coalesce(sr.original_event_id, e.id)
     where e.workspace_id = $1 and e.id = $2 and o.workspace_id = $1`,
    [tx.workspaceId, eventId],
  );
  return row && { eventId: row.id, streamId: row.stream_id, eventType: row.event_type, deleted: row.deleted };
}
