import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { randomBytes } from 'node:crypto';
import { conditional } from '../platform/conditional-write.ts';
import { setting } from '../platform/config.ts';
import type { Clock } from '../platform/clock.ts';
import { connectionIdOf, EndedAccesses, isExpired, subscriberOf } from './ended-accesses.ts';
import type { Item, Subscriber } from './ended-accesses.ts';
import { hasLiveSubscription, subscriptionKey } from './live-subscription.ts';
import { accessPrefix, connectionKey, leaseSeconds, ownerPartition, roomPartition } from '../platform/subscriptions.ts';

/** Time within which the gateway finishes a handshake after the function has allowed it, in milliseconds. */
const openingMs = 3_000;
/** Minimum time between two signals of one type from one connection, in milliseconds. */
const signalMs = 1_000;

export interface Connection {
  readonly connectionId: string;
  readonly workspaceId: string;
  readonly userId: string;
  /** End of the token that opened the socket, in seconds since 1970: nothing is delivered after it. */
  readonly tokenExpiresAt?: number;
}

/** Registry of connections and their room subscriptions, in one table. Expired entries are never returned. */
export interface Connections {
  /** Marks a ticket as used; false when it was used before. */
  useTicket(ticketId: string, validUntil: Date): Promise<boolean>;
  /** Registers a connection. `isOpening`: frames are posted to it before its handshake has ended. */
  add(connection: Connection, options?: { readonly isOpening?: boolean }): Promise<void>;
  /** True while the handshake of a connection that was added as `isOpening` may not have ended yet. One request. */
  isOpening(connectionId: string): Promise<boolean>;
  /** Subscribes a connection to rooms, all or none. `epoch` is the access epoch of the check that allowed it. */
  subscribe(
    connection: Connection,
    rooms: readonly string[],
    maxRooms: number,
    epoch: number,
  ): Promise<'subscribed' | 'too many' | 'not connected'>;
  unsubscribe(connectionId: string, rooms: readonly string[]): Promise<void>;
  /** Rooms that a connection is subscribed to, read consistently; undefined for an unknown connection. One request. */
  roomsOf(connectionId: string): Promise<readonly string[] | undefined>;
  /**
   * Ends a found subscription and notifies its reader in between. The reader may subscribe again on reading that; the new subscription has
   * another mark and stays. After an interruption all steps run again, so every reader is notified.
   */
  end(room: string, found: Subscriber, notify: () => Promise<void>): Promise<void>;
  /** Removes the connection and all its rooms. `foundIn` is removed too, in case the connection's own list lacks it. Safe to repeat. */
  remove(connectionId: string, foundIn?: string): Promise<void>;
  /**
   * Lists the connections of a room in pages, always in the same order. Reads are consistent, so every earlier subscription is included.
   * `after` starts behind that connection, which may be gone. Subscriptions whose access or token has ended are left out and go to
   * `onEnded`.
   */
  listRoom(room: string, after?: string, onEnded?: (subscriber: Subscriber) => void): AsyncGenerator<string[]>;
  /** Stores how far items of a room were delivered, for an hour; replaces the previous progress. */
  storeProgress(room: string, progress: Progress): Promise<void>;
  /** Finds the last stored progress. */
  findProgress(room: string): Promise<Progress | undefined>;
  /** Lists all connections of a member. */
  listOfUser(user: { workspaceId: string; userId: string }): AsyncGenerator<string[]>;
  /** Checks a signal: the sender must be subscribed to the room by an access that goes on, with no signal of this type for a second. */
  maySignal(sender: Connection, room: string, type: string): Promise<'yes' | 'too soon' | 'not subscribed'>;
}

/** Delivery progress of a batch of room items. Connections up to `after`, in the order of `listRoom`, have all of them, except `missed`. */
export interface Progress {
  readonly gen: string;
  /** Positions of the items. Not a range: late publishing can queue an item behind items with later positions. */
  readonly seqs: readonly number[];
  readonly after: string;
  readonly missed: readonly string[];
}

/** Retention of the progress of an interrupted batch, in seconds: longer than all of its attempts. */
const progressSeconds = 3_600;

const ownerKey = (workspaceId: string, userId: string, connectionId: string) => ({
  pk: ownerPartition(workspaceId, userId),
  sk: `conn#${connectionId}`,
});
const progressKey = (room: string) => ({ pk: `progress#${room}`, sk: 'progress' });

export function openConnections({ clock }: { readonly clock: Clock }): Connections {
  return createConnections(new DynamoDBClient({ maxAttempts: 4 }), setting('connectionsTable'), clock);
}

export function createConnections(client: DynamoDBClient, table: string, clock: Clock): Connections {
  return new ConnectionTable(client, table, clock);
}

class ConnectionTable implements Connections {
  readonly #client: DynamoDBClient;
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, table: string, clock: Clock) {
    this.#client = client;
    this.#db = DynamoDBDocumentClient.from(client);
    this.#table = table;
    this.#clock = clock;
  }

  useTicket(ticketId: string, validUntil: Date): Promise<boolean> {
    const Item = { pk: `ticket#${ticketId}`, sk: 'ticket', expiresAt: Math.ceil(validUntil.getTime() / 1000) + 60 };
    return conditional(this.#db.send(new PutCommand({ TableName: this.#table, Item, ConditionExpression: 'attribute_not_exists(pk)' })));
  }

  async add({ connectionId, workspaceId, userId, tokenExpiresAt }: Connection, { isOpening = false } = {}): Promise<void> {
    const expiresAt = this.#leaseEnd(tokenExpiresAt);
    const opening = isOpening && { opensUntil: this.#clock.now().getTime() + openingMs };
    await this.#write([
      { PutRequest: { Item: { ...connectionKey(connectionId), workspaceId, userId, expiresAt, ...opening } } },
      { PutRequest: { Item: { ...ownerKey(workspaceId, userId, connectionId), expiresAt } } },
    ]);
  }

  async isOpening(connectionId: string): Promise<boolean> {
    const Item = await this.#find(connectionKey(connectionId));
    return Number(Item?.opensUntil ?? 0) > this.#clock.now().getTime();
  }

  async subscribe(
    connection: Connection,
    rooms: readonly string[],
    maxRooms: number,
    epoch: number,
  ): Promise<'subscribed' | 'too many' | 'not connected'> {
    const { connectionId, userId } = connection;
    const known = await this.roomsOf(connectionId);
    if (!known) return 'not connected';
    // Rooms already subscribed count once. Concurrent frames of one connection may each add up to the limit.
    if (new Set([...known, ...rooms]).size > maxRooms) return 'too many';
    // The connection's list of rooms is written first, so removing the connection always finds every subscription.
    if (!(await this.#addRooms(connectionId, rooms))) return 'not connected';
    const expiresAt = this.#leaseEnd(connection.tokenExpiresAt);
    const mark = randomBytes(6).toString('base64url');
    await this.#write(
      rooms.map((room) => ({ PutRequest: { Item: { ...subscriptionKey(room, connectionId), userId, mark, epoch, expiresAt } } })),
    );
    return 'subscribed';
  }

  #addRooms(connectionId: string, rooms: readonly string[]): Promise<boolean> {
    return conditional(
      this.#db.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: connectionKey(connectionId),
          UpdateExpression: 'ADD rooms :rooms',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':rooms': new Set(rooms) },
        }),
      ),
    );
  }

  async #find(Key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined> {
    return (await this.#db.send(new GetCommand({ TableName: this.#table, Key, ConsistentRead: true }))).Item;
  }

  async roomsOf(connectionId: string): Promise<readonly string[] | undefined> {
    const Item = await this.#find(connectionKey(connectionId));
    if (!Item || Number(Item.expiresAt) <= this.#now()) return undefined;
    return Item.rooms instanceof Set ? ([...Item.rooms] as string[]) : [];
  }

  async unsubscribe(connectionId: string, rooms: readonly string[]): Promise<void> {
    await this.#write(rooms.map((room) => ({ DeleteRequest: { Key: subscriptionKey(room, connectionId) } })));
    await this.#removeRooms(connectionId, rooms);
  }

  async #removeRooms(connectionId: string, rooms: readonly string[]): Promise<void> {
    await conditional(
      this.#db.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: connectionKey(connectionId),
          UpdateExpression: 'DELETE rooms :rooms',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':rooms': new Set(rooms) },
        }),
      ),
    );
  }

  async end(room: string, { connectionId, mark }: Subscriber, notify: () => Promise<void>): Promise<void> {
    // The list is changed before the reader is notified: a later subscription must stay in it.
    await this.#removeRooms(connectionId, [room]);
    await notify();
    await conditional(
      this.#db.send(
        new DeleteCommand({
          TableName: this.#table,
          Key: subscriptionKey(room, connectionId),
          ConditionExpression: 'mark = :mark',
          ExpressionAttributeValues: { ':mark': mark },
        }),
      ),
    );
  }

  async remove(connectionId: string, foundIn?: string): Promise<void> {
    const Item = await this.#find(connectionKey(connectionId));
    const rooms = new Set(Item?.rooms instanceof Set ? (Item.rooms as Set<string>) : []);
    if (foundIn !== undefined) rooms.add(foundIn);
    const keys = [...[...rooms].map((room) => subscriptionKey(room, connectionId)), connectionKey(connectionId)];
    if (Item) keys.push(ownerKey(String(Item.workspaceId), String(Item.userId), connectionId));
    await this.#write(keys.map((Key) => ({ DeleteRequest: { Key } })));
  }

  async *listRoom(room: string, after?: string, onEnded?: (subscriber: Subscriber) => void): AsyncGenerator<string[]> {
    const from = after === undefined ? undefined : subscriptionKey(room, after);
    const ended = new EndedAccesses();
    if (from) {
      for await (const items of this.#listItems(roomPartition(room), 'sk, epoch', { prefix: accessPrefix })) ended.take(items);
    }
    for await (const items of this.#listItems(roomPartition(room), 'sk, epoch, userId, mark, expiresAt', { from, expired: true })) {
      const current: string[] = [];
      for (const item of ended.take(items)) {
        if (isExpired(item, this.#now()) || ended.covers(item)) onEnded?.(subscriberOf(item, this.#now()));
        else current.push(connectionIdOf(item));
      }
      yield current;
    }
  }

  async storeProgress(room: string, progress: Progress): Promise<void> {
    await this.#write([{ PutRequest: { Item: { ...progressKey(room), ...progress, expiresAt: this.#now() + progressSeconds } } }]);
  }

  async findProgress(room: string): Promise<Progress | undefined> {
    const Item = await this.#find(progressKey(room));
    return Item && Number(Item.expiresAt) > this.#now() ? (Item as unknown as Progress) : undefined;
  }

  async *listOfUser({ workspaceId, userId }: { workspaceId: string; userId: string }): AsyncGenerator<string[]> {
    for await (const items of this.#listItems(ownerPartition(workspaceId, userId), 'sk')) yield items.map(connectionIdOf);
  }

  /**
   * Every message takes this path, so it uses DynamoDB's own item format: converting items to objects would cost more than reading them.
   */
  async *#listItems(
    partition: string,
    projection: string,
    within: { from?: { pk: string; sk: string } | undefined; prefix?: string; expired?: boolean } = {},
  ): AsyncGenerator<Item[]> {
    let from: QueryCommandOutput['LastEvaluatedKey'] = within.from && { pk: { S: within.from.pk }, sk: { S: within.from.sk } };
    do {
      const page: QueryCommandOutput = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: within.prefix === undefined ? 'pk = :pk' : 'pk = :pk and begins_with(sk, :prefix)',
          ...(!within.expired && { FilterExpression: 'expiresAt > :now' }),
          ExpressionAttributeValues: {
            ':pk': { S: partition },
            ...(!within.expired && { ':now': { N: String(this.#now()) } }),
            ...(within.prefix !== undefined && { ':prefix': { S: within.prefix } }),
          },
          ProjectionExpression: projection,
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      yield page.Items ?? [];
      from = page.LastEvaluatedKey;
    } while (from);
  }

  async maySignal(sender: Connection, room: string, type: string): Promise<'yes' | 'too soon' | 'not subscribed'> {
    const now = this.#clock.now().getTime();
    const noted = await conditional(
      this.#db.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: connectionKey(sender.connectionId),
          UpdateExpression: 'SET #told = :now',
          ConditionExpression: 'contains(rooms, :room) AND (attribute_not_exists(#told) OR #told <= :before)',
          ExpressionAttributeNames: { '#told': `told ${type}` },
          ExpressionAttributeValues: { ':room': room, ':now': now, ':before': now - signalMs },
        }),
      ),
    );
    if (noted) return (await hasLiveSubscription(this.#db, this.#table, sender, room)) ? 'yes' : 'not subscribed';
    return (await this.roomsOf(sender.connectionId))?.includes(room) === true ? 'too soon' : 'not subscribed';
  }

  /** Writes in batches of 25; retries unprocessed items up to five times. */
  async #write(requests: object[]): Promise<void> {
    for (let start = 0; start < requests.length; start += 25) {
      let left = requests.slice(start, start + 25);
      for (let attempt = 0; left.length > 0; attempt++) {
        if (attempt === 6) throw new Error(`DynamoDB did not take ${left.length} writes`);
        if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 20 * Math.random()));
        const { UnprocessedItems } = await this.#db.send(new BatchWriteCommand({ RequestItems: { [this.#table]: left } }));
        left = UnprocessedItems?.[this.#table] ?? [];
      }
    }
  }

  #now(): number {
    return Math.floor(this.#clock.now().getTime() / 1000);
  }

  #leaseEnd(tokenExpiresAt = Number.POSITIVE_INFINITY): number {
    return Math.min(this.#now() + leaseSeconds, tokenExpiresAt);
  }
}
