import { metric } from '../../contract/names.ts';
import type { Topic } from '../../contract/names.ts';
import { newId } from '../../contract/ids.ts';
import type { RoomItem } from '../../contract/frames.ts';
import type { App } from './app.ts';
import type { Transaction } from './database.ts';

/** A promise to tell others: written in the transaction of the change, sent after it, swept up if the sender died in between. */
export interface OutboxRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly room: string;
  readonly topic: Topic;
  /** The item as it goes into the room, with the generation of the room's log. */
  readonly payload: { gen: string; item: RoomItem };
  readonly createdAt: Date;
}

/** A transaction whose promises are sent as soon as it is committed. */
export interface OutboxTransaction extends Transaction {
  enqueue(topic: Topic, room: string, gen: string, item: RoomItem): void;
}

type OutboxApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** Which queues a topic goes to. */
const routing: Record<Topic, readonly 'fan-out'[]> = {
  'event-appended': ['fan-out'],
  'event-edited': ['fan-out'],
  'event-deleted': ['fan-out'],
  'stream-created': ['fan-out'],
};

/** The one way to change something durable: `work` writes and promises together; what was promised is sent after the commit. */
export async function withOutbox<Result>(
  app: OutboxApp,
  workspaceId: string,
  work: (tx: OutboxTransaction) => Promise<Result>,
): Promise<Result> {
  const promised: OutboxRow[] = [];
  const result = await app.db.transaction(workspaceId, (tx) =>
    work({
      ...tx,
      enqueue(topic, room, gen, item) {
        const row: OutboxRow = {
          id: newId('outbox', app.clock.now().getTime()),
          workspaceId,
          room,
          topic,
          payload: { gen, item },
          createdAt: app.clock.now(),
        };
        tx.defer('insert into outbox (id, workspace_id, room, topic, payload, created_at) values ($1, $2, $3, $4, $5, $6)', [
          row.id,
          row.workspaceId,
          row.room,
          row.topic,
          JSON.stringify(row.payload),
          row.createdAt,
        ]);
        promised.push(row);
      },
    }),
  );
  if (promised.length > 0) {
    // The change is committed: failing to send now must not fail the request. The sweeper sends what is left.
    await publish(app, promised).catch((error: unknown) => {
      app.metrics.count(metric.publishDeferred, promised.length);
      app.log.warn('Sending was left to the sweeper', { rows: promised.map(({ id }) => id), error: error as Error });
    });
  }
  return result;
}

/** Sends promised rows to the queues of their topics and notes it. Safe to repeat: queues drop a known id, clients a known position. */
export async function publish(app: Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock'>, rows: readonly OutboxRow[]): Promise<number> {
  const toFanOut = rows.filter(({ topic }) => routing[topic].includes('fan-out'));
  const sent = await app.queues.send(
    app.fanOutQueueUrl,
    toFanOut.map((row) => ({
      id: row.id,
      group: groupOf(row.room),
      body: { kind: 'item', room: row.room, gen: row.payload.gen, item: row.payload.item, committedAt: row.createdAt.toISOString() },
    })),
  );
  const ids = toFanOut.map(({ id }) => id).filter((id) => sent.has(id));
  if (ids.length > 0) await app.db.query('select outbox_mark_published($1, $2)', [ids, app.clock.now()]);
  return ids.length;
}

/** Rows of any workspace that were promised before `before` and not sent, oldest first. */
export async function listUnpublished(app: Pick<App, 'db'>, before: Date, limit: number): Promise<OutboxRow[]> {
  const rows = await app.db.query<{
    id: string;
    workspace_id: string;
    room: string;
    topic: Topic;
    payload: OutboxRow['payload'];
    created_at: Date;
  }>('select * from outbox_unpublished($1, $2)', [before, limit]);
  return rows.map((row) => ({
    id: row.id,
    workspaceId: row.workspace_id,
    room: row.room,
    topic: row.topic,
    payload: row.payload,
    createdAt: row.created_at,
  }));
}

/** Drops sent rows from before `before`; returns how many. */
export async function forgetPublished(app: Pick<App, 'db'>, before: Date, limit: number): Promise<number> {
  const [row] = await app.db.query<{ outbox_forget: number }>('select outbox_forget($1, $2)', [before, limit]);
  return row?.outbox_forget ?? 0;
}

/** The queue's group of a room: same room, same order. Rooms may hold characters that a group id may not. */
export function groupOf(room: string): string {
  return /^[\w:.@-]{1,128}$/.test(room) ? room : Buffer.from(room).toString('base64url').slice(0, 128);
}
