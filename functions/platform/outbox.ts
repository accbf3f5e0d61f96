import { metric } from '../../contract/names.ts';
import type { Topic } from '../../contract/names.ts';
import { newId } from '../../contract/ids.ts';
import { room } from '../../contract/frames.ts';
import type { RoomItem } from '../../contract/frames.ts';
import type { App } from './app.ts';
import type { Transaction } from './database.ts';
import type { DerivedFrame, FanOutMessage } from '../../contract/messages/fan-out.ts';

/**
 * An item as it goes into a room, with the generation of the room's log; whose subscriptions to the room have ended (null: everyone's); a
 * frame that stands beside the room's log; or whose connections are to be closed.
 */
type Payload =
  | { readonly gen: string; readonly item: RoomItem }
  | { readonly userIds: readonly string[] | null }
  | { readonly frame: DerivedFrame }
  | { readonly close: { readonly userId: string; readonly code: number; readonly reason: string } };

/** A promise to tell others: written in the transaction of the change, sent after it, swept up if the sender died in between. */
export interface OutboxRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly room: string;
  readonly topic: Topic;
  readonly payload: Payload;
  readonly createdAt: Date;
}

/** A transaction whose promises are sent as soon as it is committed. */
export interface OutboxTransaction extends Transaction {
  enqueue(topic: Topic, room: string, gen: string, item: RoomItem): void;
  /**
   * The same for what a deferred statement appends. Wherever the item is to hold its position it holds `unplaced`; the statement leaves the
   * position in the setting `app.position`, and `position` brings it when the transaction is done. Where it appended nothing, the
   * transaction fails (`wasNotAppended`).
   */
  enqueueAppended(topic: Topic, room: string, gen: string, item: RoomItem, unplaced: number, position: Promise<number>): void;
  /** Tells a room what follows from its log, without a position of its own; in order with the room's items. */
  derive(topic: Topic, room: string, frame: DerivedFrame): void;
  /** Ends the subscriptions of some (null: of all) to a room; who still may hear it subscribes again. In order with the room's items. */
  revoke(room: string, userIds: readonly string[] | null): void;
  /** Closes all connections of a member: what they may do has changed altogether. The code says whether they may come back. */
  closeConnections(userId: string, code: number, reason: string): void;
}

type OutboxApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

/** The one way to change something durable: `work` writes and promises together; what was promised is sent after the commit. */
export async function withOutbox<Result>(
  app: OutboxApp,
  workspaceId: string,
  work: (tx: OutboxTransaction) => Promise<Result>,
): Promise<Result> {
  const promised: Promised[] = [];
  const result = await app.db.transaction(workspaceId, async (tx) => {
    const promise = (topic: Topic, audience: string, payload: Payload, appended?: Promised['appended']): void => {
      const createdAt = app.clock.now();
      const row = { id: newId('outbox', createdAt.getTime()), workspaceId, room: audience, topic, createdAt };
      promised.push({ ...row, payload: JSON.stringify(payload), appended });
    };
    const done = await work({
      ...tx,
      enqueue: (topic, audience, gen, item) => promise(topic, audience, { gen, item }),
      enqueueAppended: (topic, audience, gen, item, unplaced, position) =>
        promise(topic, audience, { gen, item }, { unplaced: String(unplaced), position }),
      derive: (topic, audience, frame) => promise(topic, audience, { frame }),
      revoke: (from, userIds) => promise('access-revoked', from, { userIds }),
      closeConnections: (userId, code, reason) =>
        promise('access-revoked', room.user(workspaceId, userId), { close: { userId, code, reason } }),
    });
    if (promised.length > 0) insertPromises(tx, promised);
    return done;
  });
  if (promised.length > 0) {
    // The change is committed: failing to send now must not fail the request. The sweeper sends what is left.
    await publish(app, await Promise.all(promised.map(rowOf))).catch((error: unknown) => {
      app.metrics.count(metric.publishDeferred, promised.length);
      app.log.warn('Sending was left to the sweeper', { rows: promised.map(({ id }) => id), error: error as Error });
    });
  }
  return result;
}

/** A promise as it is written: what stands for the position that is not known yet, and where that will come from. */
interface Promised extends Omit<OutboxRow, 'payload'> {
  readonly payload: string;
  readonly appended: { readonly unplaced: string; readonly position: Promise<number> } | undefined;
}

async function rowOf({ payload, appended, ...row }: Promised): Promise<OutboxRow> {
  const placed = appended ? payload.replaceAll(appended.unplaced, String(await appended.position)) : payload;
  return { ...row, payload: JSON.parse(placed) as Payload };
}

/**
 * All of them in one statement, whose outcome the commit waits for. Where a position is to be filled in and there is none, the payload is
 * null, which the table refuses: nothing is committed.
 */
function insertPromises(tx: Transaction, rows: readonly Promised[]): void {
  tx.defer(
    `insert into outbox (id, workspace_id, room, topic, payload, created_at)
     select r.id, $1, r.room, r.topic, case when r.unplaced is null then r.payload
       else replace(r.payload, r.unplaced, nullif(current_setting('app.position', true), '')) end::jsonb, r.created_at
     from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
       as r(id, room, topic, payload, created_at, unplaced)`,
    [
      tx.workspaceId,
      rows.map(({ id }) => id),
      rows.map(({ room }) => room),
      rows.map(({ topic }) => topic),
      rows.map(({ payload }) => payload),
      rows.map(({ createdAt }) => createdAt),
      rows.map(({ appended }) => appended?.unplaced ?? null),
    ],
  );
}

/** Whether a transaction failed because the statement that was to append something did not. */
export function wasNotAppended(error: unknown): boolean {
  const { code, table, column } = error as { code?: unknown; table?: unknown; column?: unknown };
  return code === '23502' && table === 'outbox' && column === 'payload';
}

/** Sends promised rows to the queues of their topics and notes it. Safe to repeat: queues drop a known id, clients a known position. */
export async function publish(app: Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock'>, rows: readonly OutboxRow[]): Promise<number> {
  const sent = await app.queues.send(
    app.fanOutQueueUrl,
    rows.map((row) => ({ id: row.id, group: groupOf(row.room), body: messageOf(row) })),
  );
  const ids = rows.map(({ id }) => id).filter((id) => sent.has(id));
  if (ids.length > 0) await app.db.query('select outbox_mark_published($1, $2)', [ids, app.clock.now()]);
  return ids.length;
}

function messageOf({ workspaceId, room: audience, payload, createdAt }: OutboxRow): FanOutMessage {
  if ('userIds' in payload) return { kind: 'revoke', room: audience, userIds: payload.userIds };
  if ('frame' in payload) return { kind: 'derived', room: audience, frame: payload.frame };
  if ('close' in payload) return { kind: 'close-user', workspaceId, ...payload.close };
  return { kind: 'item', room: audience, gen: payload.gen, item: payload.item, committedAt: createdAt.toISOString() };
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
