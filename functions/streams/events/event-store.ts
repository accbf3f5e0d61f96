import type { Mention, StreamEvent } from '../../../contract/event.ts';
import type { Transaction } from '../../platform/database.ts';
import type { PromiseColumns } from '../../platform/outbox.ts';
import { eventColumns, eventJoins, eventOf } from './event-rows.ts';
import type { EventRow } from './event-rows.ts';
import { isCountable } from '../stream.ts';

export interface NewEvent {
  id: string;
  streamId: string;
  actorId: string;
  clientEventId: string;
  eventType: string;
  /** Reference to the event's row in the table of its type. */
  content?: { type: 'shared_ref' | 'poll' | 'file'; id: string };
  text?: string;
  mentions?: readonly Mention[];
  payload?: Record<string, unknown>;
  createdAt: Date;
  /** Allows an archived stream: for the event that reports the archiving itself. */
  evenArchived?: boolean;
  /** The writer does not hold the stream's lock yet and queues for it. */
  inLine: boolean;
  /** Hash of the request's body; undefined where the sender gave no key. */
  requestHash?: Buffer | undefined;
}

/**
 * Numbers an event, stores it with its text, moves its author's pointer and writes its outbox row, all by the database function
 * `append_event` (migrations 0009 and 0018). Sent at once; the commit waits for it. Resolves with the position. Fails with SQLSTATE SBDUP if the
 * author's client event id is taken, and SBARC if the stream is archived.
 */
export async function insertEvent(tx: Transaction, event: NewEvent, promise: PromiseColumns): Promise<number> {
  const mentions = event.mentions ?? [];
  const [row] = await tx.deferRows<{ seq: number }>(
    `select append_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12::jsonb, $13, $14, $15, $16, $17, $18, $19, $20::jsonb, $21) as seq`,
    [
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
      event.text ?? null,
      JSON.stringify(mentions),
      isCountable(event.eventType),
      mentions.some(({ type }) => type === 'here'),
      event.evenArchived ?? false,
      event.inLine,
      promise.id,
      promise.room,
      promise.topic,
      promise.payload,
      event.requestHash ?? null,
    ],
  );
  if (!row) throw new Error('append_event gave no position');
  return row.seq;
}

/** Finds the author's own event with that client event id, as the author sees it, and the hash of the request that sent it. */
export async function findFirstSend(
  tx: Transaction,
  key: { streamId: string; actorId: string; clientEventId: string },
): Promise<{ event: StreamEvent; requestHash: Buffer | null } | undefined> {
  const [row] = await tx.query<EventRow & { request_hash: Buffer | null }>(
    `select ${eventColumns('$3')}, e.request_hash from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.actor_id = $3 and e.client_event_id = $4`,
    [tx.workspaceId, key.streamId, key.actorId, key.clientEventId],
  );
  return row && { event: eventOf(row), requestHash: row.request_hash };
}

/** Finds an event as a reader may see it. */
export async function findEvent(tx: Transaction, viewerId: string, streamId: string, eventId: string): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns('$4')} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.stream_id = $2 and e.id = $3`,
    [tx.workspaceId, streamId, eventId, viewerId],
  );
  return row && eventOf(row);
}

/** Finds an event as its room gets it: the same for every reader. */
export async function findEventForRoom(tx: Transaction, eventId: string): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns(null)} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.id = $2`,
    [tx.workspaceId, eventId],
  );
  return row && eventOf(row);
}

/** Finds events by id, as their room gets them, in the order of their last change. */
export async function findEventsForRoom(tx: Transaction, eventIds: readonly string[]): Promise<StreamEvent[]> {
  const rows = await tx.query<EventRow>(
    `select ${eventColumns(null)} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.id = any($2) order by e.changed_seq`,
    [tx.workspaceId, eventIds],
  );
  return rows.map(eventOf);
}

/** Lists those of the events that mention anyone. */
export async function listMentioning(tx: Transaction, eventIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select e.id from stream_events e where e.workspace_id = $1 and e.id = any($2)
       and (exists (select from mentions m where m.stream_id = e.stream_id and m.seq = e.seq)
         or exists (select from notifications n where n.event_id = e.id and n.kind in ('mention', 'here')))`,
    [tx.workspaceId, eventIds],
  );
  return rows.map(({ id }) => id);
}

/** Finds events by id, as a reader may see them; missing ones are left out. */
export async function findEvents(tx: Transaction, viewerId: string, eventIds: readonly string[]): Promise<StreamEvent[]> {
  const rows = await tx.query<EventRow>(
    `select ${eventColumns('$3')} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.id = any($2)`,
    [tx.workspaceId, eventIds, viewerId],
  );
  return rows.map(eventOf);
}

/** Lists the pinned events of a stream, newest pin first. */
export async function listPinned(tx: Transaction, viewerId: string, streamId: string): Promise<StreamEvent[]> {
  const rows = await tx.query<EventRow>(
    `select ${eventColumns('$3')} from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.pinned_at is not null and e.deleted_at is null order by e.pinned_at desc`,
    [tx.workspaceId, streamId, viewerId],
  );
  return rows.map(eventOf);
}

/** Lists events on both sides of a position, nearest first on each side. The event at the position is on the newer side. */
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

/** Lists events on one side of a key, nearest first. */
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

/** Counts changes in several streams, each after its own position, and the bytes of their texts: at most `limit` changes a stream. */
export async function measureChanges(
  tx: Transaction,
  behind: readonly { streamId: string; position: number }[],
  limit: number,
): Promise<{ streamId: string; changes: number; bytes: number }[]> {
  // The length of a text is known without reading the text.
  const rows = await tx.query<{ stream_id: string; changes: number; bytes: number }>(
    `select b.stream_id, count(*) as changes, sum(c.bytes)::bigint as bytes
     from unnest($2::text[], $3::bigint[]) as b(stream_id, position)
     cross join lateral (
       select coalesce(octet_length(t.content), 0) + coalesce(pg_column_size(e.payload), 0) as bytes
       from stream_events e left join text_messages t on t.id = e.id
       where e.workspace_id = $1 and e.stream_id = b.stream_id and e.changed_seq > b.position
       order by e.changed_seq limit $4
     ) c
     group by b.stream_id`,
    [tx.workspaceId, behind.map(({ streamId }) => streamId), behind.map(({ position }) => position), limit],
  );
  return rows.map(({ stream_id: streamId, ...row }) => ({ streamId, ...row }));
}

/**
 * Lists changes in several streams, each after its own position: at most `limit` events a stream, oldest change first. One statement for
 * any number of streams.
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
