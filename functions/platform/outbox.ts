import { topicOfFrame, topicOfItem } from '../../contract/changes.ts';
import type { Topic } from '../../contract/changes.ts';
import { metric } from '../../contract/names.ts';
import { newId } from '../../contract/ids.ts';
import { room } from '../../contract/frames.ts';
import type { RoomItem } from '../../contract/frames.ts';
import type { DerivedFrame, FanOutMessage } from '../../contract/messages/fan-out.ts';
import type { App } from './app.ts';
import { takeAccessEpoch } from './database.ts';
import type { AccessLock, Scope, Transaction } from './database.ts';
import type { OutboxRow, Payload, UnplacedItem } from './outbox/outbox-row.ts';
import { markPublished } from './outbox/outbox-store.ts';
import type { Ending } from './subscriptions.ts';

/** Columns for the statement that assigns the position and writes the outbox row itself; `payload` is JSON. */
export interface PromiseColumns {
  readonly id: string;
  readonly room: string;
  readonly topic: Topic | null;
  readonly payload: string;
}

/** A transaction whose outbox rows are published right after the commit. */
export interface OutboxTransaction extends Transaction {
  /** Adds an item of a room's log to the outbox. `isCopy`: another room gets the same change, and that room's row names it. */
  enqueue(room: string, gen: string, item: RoomItem, isCopy?: boolean): void;
  /**
   * Adds an item whose position is not known yet. `write` sends the one statement that numbers the item and stores the row, and resolves
   * with the position. If that statement fails, the transaction fails.
   */
  enqueueNext(room: string, gen: string, item: UnplacedItem, write: (row: PromiseColumns) => Promise<number>): Promise<number>;
  /** Adds a frame that follows from a room's log but has no position; it stays in order with the room's items. */
  derive(room: string, frame: DerivedFrame): void;
}

/** A transaction that takes access away. Subscriptions end before it commits, so nothing that is committed later reaches them. */
export interface AccessTransaction extends OutboxTransaction {
  /**
   * Ends these members' (null: all members') subscriptions to the rooms. Members who may still read a room subscribe again. Their clients
   * are told by a `revoked` frame, which may come late.
   */
  revoke(rooms: readonly string[], userIds: readonly string[] | null): void;
  /**
   * Ends all subscriptions of a member whose rights have changed, and closes the connections. The code says if the client may reconnect;
   * the closing may come late.
   */
  closeConnections(userId: string, code: number, reason: string): void;
}

export type OutboxApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;
export type AccessApp = OutboxApp & Pick<App, 'subscriptions'>;

/**
 * Runs `work` in a transaction that writes rows and outbox rows together. Publishes the outbox rows after the commit, in the order of their
 * creation. The transaction of a caller shares the access lock: nobody loses access while it runs. Workers decide no access.
 */
export function withOutbox<Result>(app: OutboxApp, scope: Scope, work: (tx: OutboxTransaction) => Promise<Result>): Promise<Result> {
  return inOutboxTransaction(app, scope, 'kind' in scope ? 'shared' : undefined, work);
}

/**
 * Does the same for a change that takes access away. It holds the access lock alone: no other caller writes or subscribes meanwhile, and
 * the subscriptions that end have ended when it commits. Fails as unavailable, and changes nothing, if they cannot be ended.
 */
export function withAccessChange<Result>(app: AccessApp, scope: Scope, work: (tx: AccessTransaction) => Promise<Result>): Promise<Result> {
  return inOutboxTransaction(app, scope, 'exclusive', async (tx, promise) => {
    const endings: Ending[] = [];
    const result = await work({
      ...tx,
      revoke: (rooms, userIds) => void endings.push({ rooms, userIds }),
      closeConnections(userId, code, reason) {
        endings.push({ userId });
        promise(room.user(tx.workspaceId, userId), { close: { userId, code, reason } });
      },
    });
    if (endings.length === 0) return result;
    const rooms = await app.subscriptions.end(tx.workspaceId, endings, await takeAccessEpoch(tx));
    for (let at = 0; at < rooms.length; at += roomsPerRow) promise(rooms[at] as string, { rooms: rooms.slice(at, at + roomsPerRow) });
    return result;
  });
}

/** Rooms of one row, which the fan-out worker lists in about a second. */
const roomsPerRow = 200;

async function inOutboxTransaction<Result>(
  app: OutboxApp,
  scope: Scope,
  lock: AccessLock | undefined,
  work: (tx: OutboxTransaction, promise: (room: string, payload: Payload) => void) => Promise<Result>,
): Promise<Result> {
  const promised: Promise<OutboxRow>[] = [];
  const inTransaction = async (tx: Transaction): Promise<Result> => {
    // The work runs again where the connection was dead from the start.
    promised.length = 0;
    const { workspaceId } = tx;
    const toInsert: OutboxRow[] = [];
    const draft = (audience: string, topic: Topic | null, payload: Payload): OutboxRow => {
      const createdAt = app.clock.now();
      return { id: newId('outbox', createdAt.getTime()), workspaceId, room: audience, topic, payload, seq: null, createdAt };
    };
    const promise = (row: OutboxRow): void => {
      promised.push(Promise.resolve(row));
      toInsert.push(row);
    };
    const outbox: OutboxTransaction = {
      ...tx,
      enqueue: (audience, gen, { seq, ...item }, isCopy = false) =>
        promise({ ...draft(audience, isCopy ? null : topicOfItem(item.type), { gen, item }), seq }),
      enqueueNext(audience, gen, item, write) {
        // The sweeper sends rows in the order of their insertion.
        if (toInsert.length > 0) insertRows(tx, toInsert.splice(0));
        const row = draft(audience, topicOfItem(item.type), { gen, item });
        const position = write({ ...row, payload: JSON.stringify(row.payload) });
        const placed = position.then((seq) => ({ ...row, seq }));
        // The transaction fails with the statement, so this rejection needs no handler.
        placed.catch(() => undefined);
        promised.push(placed);
        return position;
      },
      derive: (audience, frame) => promise(draft(audience, topicOfFrame(frame.op), { frame })),
    };
    const done = await work(outbox, (audience, payload) => promise(draft(audience, null, payload)));
    if (toInsert.length > 0) insertRows(tx, toInsert);
    return done;
  };
  const result = await app.db.transaction(scope, inTransaction, lock);
  if (promised.length > 0) {
    const rows = await Promise.all(promised);
    // The change is committed: a failure to publish must not fail the request. The sweeper publishes the remaining rows.
    const leave = (left: readonly OutboxRow[], error?: unknown): void => {
      if (left.length === 0) return;
      app.metrics.count(metric.publishDeferred, left.length);
      app.log.warn('Sending was left to the sweeper', {
        rows: left.map(({ id }) => id),
        ...(error !== undefined && { error: error as Error }),
      });
    };
    await publish(app, rows).then(
      ({ taken }) => leave(rows.filter((row) => !taken.includes(row))),
      (error: unknown) => leave(rows, error),
    );
  }
  return result;
}

/** Inserts all rows in one statement; the commit waits for its result. */
function insertRows(tx: Transaction, rows: readonly OutboxRow[]): void {
  tx.defer(
    `insert into outbox (id, workspace_id, room, topic, payload, seq, created_at)
     select r.id, $1, r.room, r.topic, r.payload::jsonb, r.seq, r.created_at
     from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[])
       as r(id, room, topic, payload, seq, created_at)`,
    [
      tx.workspaceId,
      rows.map(({ id }) => id),
      rows.map(({ room }) => room),
      rows.map(({ topic }) => topic),
      rows.map(({ payload }) => JSON.stringify(payload)),
      rows.map(({ seq }) => seq),
      rows.map(({ createdAt }) => createdAt),
    ],
  );
}

/**
 * Publishes outbox rows to the fan-out queue and marks them published. Returns the rows that the queue took, and those that it never takes;
 * the caller handles all others. Safe to repeat: the queue deduplicates by id, clients by position.
 */
export async function publish(
  app: Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock'>,
  rows: readonly OutboxRow[],
): Promise<{ taken: OutboxRow[]; refused: OutboxRow[] }> {
  // A payload that is no object, written by hand, must not stop the rows beside it.
  const known = rows.filter(({ payload }) => typeof (payload as unknown) === 'object' && (payload as unknown) !== null);
  const outcome = await app.queues.send(
    app.fanOutQueueUrl,
    known.map((row) => ({ id: row.id, group: groupOf(row.room), body: messageOf(row) })),
  );
  const taken = known.filter(({ id }) => outcome.taken.has(id));
  if (taken.length > 0) await markPublished(app, taken);
  return { taken, refused: rows.filter((row) => outcome.refused.has(row.id) || !known.includes(row)) };
}

function messageOf({ workspaceId, room: audience, payload, seq, createdAt }: OutboxRow): FanOutMessage {
  if ('rooms' in payload) return { kind: 'revoke', rooms: payload.rooms };
  if ('frame' in payload) return { kind: 'derived', room: audience, frame: payload.frame };
  if ('close' in payload) return { kind: 'close-user', workspaceId, ...payload.close };
  return { kind: 'item', room: audience, gen: payload.gen, item: placedAt(payload.item, seq), committedAt: createdAt.toISOString() };
}

/**
 * Item with its position set. A just-appended event also carries its own position. Rows that the database lists are complete (`seq` null).
 */
function placedAt(item: UnplacedItem, seq: number | null): RoomItem {
  if (seq === null) return item as RoomItem;
  if (item.type !== 'event') return { ...item, seq };
  return { ...item, seq, data: { ...item.data, seq, changedSeq: seq } };
}

/** Queue group of a room; messages of one room stay in order. Room names may hold characters that a group id may not. */
export function groupOf(room: string): string {
  return /^[\w:.@-]{1,128}$/.test(room) ? room : Buffer.from(room).toString('base64url').slice(0, 128);
}
