import type { StreamEvent } from '../../contract/event.ts';
import type { Transaction } from '../platform/database.ts';
import { eventColumns, eventJoins, eventOf } from './rows.ts';
import type { EventRow } from './rows.ts';

export interface NewMessage {
  id: string;
  streamId: string;
  actorId: string;
  clientEventId: string;
  text: string;
  mentions: readonly unknown[];
  createdAt: Date;
}

/**
 * Appends a message: takes the next position and ordinal under the stream's row lock, stores the event and its text, and moves the
 * author's own pointer. One statement, so that the lock of a busy stream is held for as few round trips as can be.
 * Returns undefined, having changed nothing that a rollback does not undo, when the client event id is taken or the stream was archived.
 */
export async function appendMessage(tx: Transaction, message: NewMessage): Promise<{ seq: number } | undefined> {
  const [row] = await tx.query<{ seq: number }>(
    `with place as (
       update streams set last_seq = last_seq + 1, message_count = message_count + 1, last_event_at = $8
       where id = $3 and workspace_id = $2 and archived_at is null
       returning last_seq, message_count
     ), event as (
       insert into stream_events (id, workspace_id, stream_id, seq, changed_seq, ordinal, event_type, actor_id, client_event_id,
         content_type, content_id, created_at)
       select $1, $2, $3, last_seq, last_seq, message_count, 'message', $4, $5, 'text_message', $1, $8 from place
       on conflict (stream_id, actor_id, client_event_id) do nothing
       returning seq, ordinal
     ), text as (
       insert into text_messages (id, workspace_id, content, mentions) select $1, $2, $6, $7::jsonb from event
     ), pointer as (
       update stream_members m set read_seq = event.seq, read_ordinal = event.ordinal, last_read_event_id = $1, last_read_at = $8
       from event where m.stream_id = $3 and m.user_id = $4
     )
     select seq from event`,
    [
      message.id,
      tx.workspaceId,
      message.streamId,
      message.actorId,
      message.clientEventId,
      message.text,
      JSON.stringify(message.mentions),
      message.createdAt,
    ],
  );
  return row;
}

export async function findEventByClientEventId(
  tx: Transaction,
  key: { streamId: string; actorId: string; clientEventId: string },
): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns} from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.actor_id = $3 and e.client_event_id = $4`,
    [tx.workspaceId, key.streamId, key.actorId, key.clientEventId],
  );
  return row && eventOf(row);
}

export async function findEvent(tx: Transaction, streamId: string, eventId: string): Promise<StreamEvent | undefined> {
  const [row] = await tx.query<EventRow>(
    `select ${eventColumns} from stream_events e ${eventJoins} where e.workspace_id = $1 and e.stream_id = $2 and e.id = $3`,
    [tx.workspaceId, streamId, eventId],
  );
  return row && eventOf(row);
}

/** Takes the next position of the log for a change, under the stream's row lock. */
export async function takePosition(tx: Transaction, streamId: string): Promise<number> {
  const [row] = await tx.query<{ last_seq: number }>(
    'update streams set last_seq = last_seq + 1 where id = $1 and workspace_id = $2 returning last_seq',
    [streamId, tx.workspaceId],
  );
  if (!row) throw new Error(`The stream ${streamId} has no row`);
  return row.last_seq;
}

/** Whether the event is still as the caller saw it is part of the statement: undefined means it was not, and nothing changed. */
export async function updateMessage(
  tx: Transaction,
  change: { eventId: string; seq: number; text: string; expectedSeq: number; editedAt: Date },
): Promise<true | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `with event as (
       update stream_events set changed_seq = $3, edited_at = $6
       where workspace_id = $1 and id = $2 and deleted_at is null and changed_seq = $5
       returning id, content_id
     ), text as (
       update text_messages t set content = $4 from event where t.id = event.content_id
     )
     select id from event`,
    [tx.workspaceId, change.eventId, change.seq, change.text, change.expectedSeq, change.editedAt],
  );
  return row && true;
}

export async function markDeleted(
  tx: Transaction,
  change: { eventId: string; seq: number; expectedSeq: number; deletedAt: Date },
): Promise<true | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `update stream_events set changed_seq = $3, deleted_at = $5
     where workspace_id = $1 and id = $2 and deleted_at is null and changed_seq = $4
     returning id`,
    [tx.workspaceId, change.eventId, change.seq, change.expectedSeq, change.deletedAt],
  );
  return row && true;
}

/** Events on both sides of a position, each side nearest first; the one at the position is on the newer side. */
export async function listEventsAround(
  tx: Transaction,
  streamId: string,
  { position, older, newer }: { position: number; older: number; newer: number },
): Promise<{ older: StreamEvent[]; newer: StreamEvent[] }> {
  const side = (compare: string, order: string, limit: string) =>
    `(select ${eventColumns} from stream_events e ${eventJoins}
      where e.workspace_id = $1 and e.stream_id = $2 and e.seq ${compare} $3 order by e.seq ${order} limit ${limit})`;
  const rows = await tx.query<EventRow>(`${side('>=', 'asc', '$4')} union all ${side('<', 'desc', '$5')}`, [
    tx.workspaceId,
    streamId,
    position,
    newer,
    older,
  ]);
  const events = rows.map(eventOf).sort((a, b) => a.seq - b.seq);
  return { older: events.filter(({ seq }) => seq < position).reverse(), newer: events.filter(({ seq }) => seq >= position) };
}

/** Events from one side of a key, nearest first. */
export async function listEventsBeside(
  tx: Transaction,
  streamId: string,
  side: { key: 'seq' | 'changed_seq'; direction: 'after' | 'before'; position: number; limit: number },
): Promise<StreamEvent[]> {
  const [compare, order] = side.direction === 'after' ? ['>', 'asc'] : ['<', 'desc'];
  const rows = await tx.query<EventRow>(
    `select ${eventColumns} from stream_events e ${eventJoins}
     where e.workspace_id = $1 and e.stream_id = $2 and e.${side.key} ${compare} $3
     order by e.${side.key} ${order} limit $4`,
    [tx.workspaceId, streamId, side.position, side.limit],
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
       select ${eventColumns} from stream_events e ${eventJoins}
       where e.workspace_id = $1 and e.stream_id = b.stream_id and e.changed_seq > b.position
       order by e.changed_seq limit $4
     ) c`,
    [tx.workspaceId, behind.map(({ streamId }) => streamId), behind.map(({ position }) => position), limit],
  );
  const events = Map.groupBy(rows.map(eventOf), ({ streamId }) => streamId as string);
  for (const changes of events.values()) changes.sort((a, b) => a.changedSeq - b.changedSeq);
  return events;
}
