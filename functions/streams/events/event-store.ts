import type { Mention, StreamEvent } from '../../../contract/event.ts';
import type { Transaction } from '../../platform/database.ts';
import { eventColumns, eventJoins, eventOf } from './event-rows.ts';
import type { EventRow } from './event-rows.ts';
import { isCountable } from '../stream.ts';

export interface NewEvent {
  id: string;
  streamId: string;
  actorId: string;
  clientEventId: string;
  eventType: string;
  /** What the event points to, where its type has a table of its own. */
  content?: { type: 'shared_ref' | 'poll' | 'file'; id: string };
  text?: string;
  mentions?: readonly Mention[];
  payload?: Record<string, unknown>;
  createdAt: Date;
  /** It may still be told that the stream was archived. */
  evenArchived?: boolean;
}

/**
 * Stores the text of an event that is about to be appended, and has who posts to a busy stream wait their turn: a row lock goes to whoever
 * comes at the right moment, and others may wait very long. Whatever can be done before the lock is done before it. Goes with the statement
 * after it, in the same round trip. Only for a transaction that holds nothing of the stream yet.
 */
export function standInLine(tx: Transaction, event: Pick<NewEvent, 'id' | 'streamId' | 'text' | 'mentions'>): void {
  tx.defer(
    `with text as (
       insert into text_messages (id, workspace_id, content, mentions) select $2, $3, $4, $5::jsonb where $4::text is not null returning id
     )
     select pg_advisory_xact_lock(hashtextextended($1, 0)) from (select count(*) from text) stored`,
    [event.streamId, event.id, tx.workspaceId, event.text ?? null, JSON.stringify(event.mentions ?? [])],
  );
}

/**
 * Appends an event of any type: takes the next position (and, for what counts as a message, the next ordinal) under the stream's row lock,
 * stores the event (its text is stored when standing in line), and moves the author's own pointer. One statement, so that the lock of a busy
 * stream is held for as few round trips as can be. Returns undefined, having changed nothing that a rollback does not undo, when the client event id is taken or the
 * stream was archived.
 */
export async function appendEvent(tx: Transaction, event: NewEvent): Promise<{ seq: number } | undefined> {
  const [row] = await tx.query<{ seq: number }>(appendStatement, valuesOf(tx, event));
  return row;
}

/** The same as the last thing of a transaction, in one flight with the commit; the position is there when it is done. */
export async function appendEventLast(tx: Transaction, event: NewEvent): Promise<number> {
  const [row] = await tx.deferRows<{ seq: number }>(appendStatement, valuesOf(tx, event));
  return row?.seq ?? 0;
}

/** Leaves the position in a setting of the transaction, for what is promised behind it. */
const appendStatement = `with place as (
       update streams set last_seq = last_seq + 1,
         message_count = message_count + $11::int,
         last_event_at = case when $11::int = 1 then $6 else last_event_at end,
         recent_actor_ids = case when $11::int = 1 and recent_actor_ids[1] is distinct from $4
           then (array_prepend($4, array_remove(recent_actor_ids, $4)))[1:3] else recent_actor_ids end,
         counts_rev = counts_rev + $12::int
       where id = $3 and workspace_id = $2 and (archived_at is null or $13::boolean)
       returning last_seq, message_count
     ), event as (
       insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id,
         content_type, content_id, payload, created_at)
       select $1, $2, $3, last_seq, last_seq, case when $11::int = 1 then message_count end, $7, $4, $5, $8, $9, $10::jsonb, $6 from place
       on conflict (stream_id, actor_id, client_event_id) do nothing
       returning seq, ordinal
     ), pointer as (
       update stream_members m set read_seq = event.seq, read_ordinal = event.ordinal, read_rev = m.read_rev + 1, last_read_event_id = $1,
         last_read_at = $6
       from event where m.stream_id = $3 and m.user_id = $4 and m.left_at is null and event.ordinal is not null
     )
     select seq, set_config('app.position', seq::text, true) from event`;

function valuesOf(tx: Transaction, event: NewEvent): unknown[] {
  return [
    event.id,
    tx.workspaceId,
    event.streamId,
    event.actorId,
    event.clientEventId,
    event.createdAt,
    event.eventType,
    event.content?.type ?? (event.text === undefined ? null : 'text_message'),
    event.content?.id ?? (event.text === undefined ? null : event.id),
    event.payload === undefined ? null : JSON.stringify(event.payload),
    isCountable(event.eventType) ? 1 : 0,
    (event.mentions ?? []).some(({ type }) => type === 'here') ? 1 : 0,
    event.evenArchived ?? false,
  ];
}

/** The author's own event of that key, as the author sees it. */
export async function findEventByClientEventId(
  tx: Transaction,
  key: { streamId: string; actorId: string; clientEventId: string },
): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns('$3')} from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.actor_id = $3 and e.client_event_id = $4`,
    [tx.workspaceId, key.streamId, key.actorId, key.clientEventId],
  );
  return row && eventOf(row);
}

/** An event as a reader may see it. */
export async function findEvent(tx: Transaction, viewerId: string, streamId: string, eventId: string): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns('$4')} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.stream_id = $2 and e.id = $3`,
    [tx.workspaceId, streamId, eventId, viewerId],
  );
  return row && eventOf(row);
}

/** An event as its room is told of it: the same for everybody. */
export async function findEventForRoom(tx: Transaction, eventId: string): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns(null)} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.id = $2`,
    [tx.workspaceId, eventId],
  );
  return row && eventOf(row);
}

/** Events by their ids, as a reader may see them; what does not exist is left out. */
export async function findEvents(tx: Transaction, viewerId: string, eventIds: readonly string[]): Promise<StreamEvent[]> {
  const rows = await tx.query<EventRow>(
    `select ${eventColumns('$3')} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.id = any($2)`,
    [tx.workspaceId, eventIds, viewerId],
  );
  return rows.map(eventOf);
}

/** The pinned events of a stream, the newest pin first. */
export async function listPinned(tx: Transaction, viewerId: string, streamId: string): Promise<StreamEvent[]> {
  const rows = await tx.query<EventRow>(
    `select ${eventColumns('$3')} from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.pinned_at is not null and e.deleted_at is null order by e.pinned_at desc`,
    [tx.workspaceId, streamId, viewerId],
  );
  return rows.map(eventOf);
}

/** Events on both sides of a position, each side nearest first; the one at the position is on the newer side. */
export async function listEventsAround(
  tx: Transaction,
  viewerId: string,
  streamId: string,
  { position, older, newer }: { position: number; older: number; newer: number },
): Promise<{ older: StreamEvent[]; newer: StreamEvent[] }> {
  const side = (compare: string, order: string, limit: string) =>
    `(select ${eventColumns('$6')} from stream_events e ${eventJoins}
      where e.workspace_id = $1 and e.stream_id = $2 and e.seq ${compare} $3 order by e.seq ${order} limit ${limit})`;
  const rows = await tx.query<EventRow>(`${side('>=', 'asc', '$4')} union all ${side('<', 'desc', '$5')}`, [
    tx.workspaceId,
    streamId,
    position,
    newer,
    older,
    viewerId,
  ]);
  const events = rows.map(eventOf).sort((a, b) => a.seq - b.seq);
  return { older: events.filter(({ seq }) => seq < position).reverse(), newer: events.filter(({ seq }) => seq >= position) };
}

/** Events from one side of a key, nearest first. */
export async function listEventsBeside(
  tx: Transaction,
  viewerId: string,
  streamId: string,
  side: { key: 'seq' | 'changed_seq'; direction: 'after' | 'before'; position: number; limit: number },
): Promise<StreamEvent[]> {
  const [compare, order] = side.direction === 'after' ? ['>', 'asc'] : ['<', 'desc'];
  const rows = await tx.query<EventRow>(
    `select ${eventColumns('$5')} from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.${side.key} ${compare} $3
     order by e.${side.key} ${order} limit $4`,
    [tx.workspaceId, streamId, side.position, side.limit, viewerId],
  );
  return rows.map(eventOf);
}

/**
 * What changed in several streams behind a position each: at most `limit` events a stream, oldest change first. One statement, whatever
 * the number of streams.
 */
export async function listChanges(
  tx: Transaction,
  behind: readonly { streamId: string; position: number }[],
  limit: number,
): Promise<Map<string, StreamEvent[]>> {
  const rows = await tx.query<EventRow>(
    `select c.* from unnest($2::text[], $3::bigint[]) as b(stream_id, position)
     cross join lateral (
       select ${eventColumns(null)} from stream_events e ${eventJoins}
       where e.workspace_id = $1 and e.stream_id = b.stream_id and e.changed_seq > b.position
       order by e.changed_seq limit $4
     ) c`,
    [tx.workspaceId, behind.map(({ streamId }) => streamId), behind.map(({ position }) => position), limit],
  );
  const events = Map.groupBy(rows.map(eventOf), ({ streamId }) => streamId as string);
  for (const changes of events.values()) changes.sort((a, b) => a.changedSeq - b.changedSeq);
  return events;
}
