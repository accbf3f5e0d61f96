import { ConditionalCheckFailedException, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { randomBytes } from 'node:crypto';
import { maxAgeSeconds } from '../../contract/frames.ts';
import { setting } from '../platform/config.ts';
import type { Clock } from '../platform/clock.ts';

/** An entry outlives its socket by ten minutes at the most: API Gateway ends sockets at two hours. */
const leaseSeconds = maxAgeSeconds + 600;

/** A connection tells the like of a thing that is not kept at most this often. */
const signalMs = 1_000;

export interface Connection {
  readonly connectionId: string;
  readonly workspaceId: string;
  readonly userId: string;
}

/** Who is connected and which rooms they hear. One table; an entry that has expired is never returned. */
export interface Connections {
  /** Notes that a ticket was used; false when it was used before. */
  useTicket(ticketId: string, validUntil: Date): Promise<boolean>;
  add(connection: Connection): Promise<void>;
  /** Adds rooms to a connection, all or none. */
  subscribe(connection: Connection, rooms: readonly string[], maxRooms: number): Promise<'subscribed' | 'too many' | 'not connected'>;
  unsubscribe(connectionId: string, rooms: readonly string[]): Promise<void>;
  /** The rooms that a connection is subscribed to, read consistently; undefined when the connection is not known. One request. */
  roomsOf(connectionId: string): Promise<readonly string[] | undefined>;
  /**
   * Ends a subscription that was found, and has its reader told in between: they may subscribe again as soon as they read it, and that is
   * another subscription, which stays. Cut short, it is all done again: nobody is left waiting for what does not come.
   */
  end(room: string, found: Subscriber, tell: () => Promise<void>): Promise<void>;
  /** Removes the connection and all its rooms; also `foundIn`, should the connection have forgotten that one. Safe to repeat. */
  remove(connectionId: string, foundIn?: string): Promise<void>;
  /**
   * The connections of a room, page by page, always in the same order; read consistently, so that whoever subscribed before is there. With
   * `after`, those behind that connection, which need not be there any more.
   */
  listRoom(room: string, after?: string): AsyncGenerator<string[]>;
  /** Keeps how far items of a room have come, for an hour, in place of what was kept before. */
  noteProgress(room: string, progress: Progress): Promise<void>;
  /** The progress that was kept last. */
  findProgress(room: string): Promise<Progress | undefined>;
  /** The same with whose they are. */
  listSubscribers(room: string): AsyncGenerator<Subscriber[]>;
  /** All connections of a member. */
  listOfUser(user: { workspaceId: string; userId: string }): AsyncGenerator<string[]>;
  /** Whether a connection may tell a room something that is not kept: it hears the room, and did not tell the like a moment ago. */
  maySignal(connectionId: string, room: string, type: string): Promise<'yes' | 'too soon' | 'not subscribed'>;
}

export interface Subscriber {
  readonly connectionId: string;
  readonly userId: string;
  /** Which of its subscriptions to the room, one after the other, this is. */
  readonly mark: string;
}

/** Items of a room, by the positions that were in the batch, and who has all of them: each connection up to `after`, in the order of `listRoom`, but for `missed`. */
export interface Progress {
  readonly gen: string;
  /** Not a range: positions are taken in order, but what was sent late joins the queue behind what was taken later. */
  readonly seqs: readonly number[];
  readonly after: string;
  readonly missed: readonly string[];
}

/** Retention of the progress of a batch that was cut short, in seconds: longer than all of its attempts. */
const progressSeconds = 3_600;

const connectionKey = (connectionId: string) => ({ pk: `conn#${connectionId}`, sk: 'conn' });
const ownerPartition = (workspaceId: string, userId: string) => `user#${workspaceId}#${userId}`;
const ownerKey = (workspaceId: string, userId: string, connectionId: string) => ({
  pk: ownerPartition(workspaceId, userId),
  sk: `conn#${connectionId}`,
});
const progressKey = (room: string) => ({ pk: `progress#${room}`, sk: 'progress' });
const subscriptionKey = (room: string, connectionId: string) => ({ pk: `room#${room}`, sk: `conn#${connectionId}` });

export function openConnections(clock: Clock): Connections {
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
    const expiresAt = Math.ceil(validUntil.getTime() / 1000) + 60;
    const Item = { pk: `ticket#${ticketId}`, sk: 'ticket', expiresAt };
    return conditional(this.#db.send(new PutCommand({ TableName: this.#table, Item, ConditionExpression: 'attribute_not_exists(pk)' })));
  }

  async add({ connectionId, workspaceId, userId }: Connection): Promise<void> {
    const expiresAt = this.#leaseEnd();
    await this.#write([
      { PutRequest: { Item: { ...connectionKey(connectionId), workspaceId, userId, expiresAt } } },
      { PutRequest: { Item: { ...ownerKey(workspaceId, userId, connectionId), expiresAt } } },
    ]);
  }

  async subscribe(
    connection: Connection,
    rooms: readonly string[],
    maxRooms: number,
  ): Promise<'subscribed' | 'too many' | 'not connected'> {
    const { connectionId, userId } = connection;
    const known = await this.roomsOf(connectionId);
    if (!known) return 'not connected';
    // Rooms that it has already count once. Frames of one connection that come at the same moment may each add up to the limit.
    if (new Set([...known, ...rooms]).size > maxRooms) return 'too many';
    // The connection learns its rooms first: whatever happens then, removing it finds all of them.
    if (!(await this.#noteRooms(connectionId, rooms))) return 'not connected';
    const expiresAt = this.#leaseEnd();
    const mark = randomBytes(6).toString('base64url');
    await this.#write(rooms.map((room) => ({ PutRequest: { Item: { ...subscriptionKey(room, connectionId), userId, mark, expiresAt } } })));
    return 'subscribed';
  }

  #noteRooms(connectionId: string, rooms: readonly string[]): Promise<boolean> {
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

  async roomsOf(connectionId: string): Promise<readonly string[] | undefined> {
    const { Item } = await this.#db.send(
      new GetCommand({ TableName: this.#table, Key: connectionKey(connectionId), ConsistentRead: true }),
    );
    if (!Item || Number(Item.expiresAt) <= this.#now()) return undefined;
    return Item.rooms instanceof Set ? ([...Item.rooms] as string[]) : [];
  }

  async unsubscribe(connectionId: string, rooms: readonly string[]): Promise<void> {
    await this.#write(rooms.map((room) => ({ DeleteRequest: { Key: subscriptionKey(room, connectionId) } })));
    await this.#forgetRooms(connectionId, rooms);
  }

  async #forgetRooms(connectionId: string, rooms: readonly string[]): Promise<void> {
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

  async end(room: string, { connectionId, mark }: Subscriber, tell: () => Promise<void>): Promise<void> {
    // Before it is told: what is subscribed after that is to stay in its list.
    await this.#forgetRooms(connectionId, [room]);
    await tell();
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
    const { Item } = await this.#db.send(
      new GetCommand({ TableName: this.#table, Key: connectionKey(connectionId), ConsistentRead: true }),
    );
    const rooms = new Set(Item?.rooms instanceof Set ? (Item.rooms as Set<string>) : []);
    if (foundIn !== undefined) rooms.add(foundIn);
    const keys = [...[...rooms].map((room) => subscriptionKey(room, connectionId)), connectionKey(connectionId)];
    if (Item) keys.push(ownerKey(String(Item.workspaceId), String(Item.userId), connectionId));
    await this.#write(keys.map((Key) => ({ DeleteRequest: { Key } })));
  }

  async *listRoom(room: string, after?: string): AsyncGenerator<string[]> {
    const from = after === undefined ? undefined : subscriptionKey(room, after);
    for await (const items of this.#listItems(`room#${room}`, 'sk', from)) yield items.map(connectionIdOf);
  }

  async noteProgress(room: string, progress: Progress): Promise<void> {
    await this.#write([{ PutRequest: { Item: { ...progressKey(room), ...progress, expiresAt: this.#now() + progressSeconds } } }]);
  }

  async findProgress(room: string): Promise<Progress | undefined> {
    const { Item } = await this.#db.send(new GetCommand({ TableName: this.#table, Key: progressKey(room), ConsistentRead: true }));
    return Item && Number(Item.expiresAt) > this.#now() ? (Item as unknown as Progress) : undefined;
  }

  async *listSubscribers(room: string): AsyncGenerator<Subscriber[]> {
    for await (const items of this.#listItems(`room#${room}`, 'sk, userId, mark')) {
      yield items.map((item) => ({ connectionId: connectionIdOf(item), userId: item.userId?.S ?? '', mark: item.mark?.S ?? '' }));
    }
  }

  async *listOfUser({ workspaceId, userId }: { workspaceId: string; userId: string }): AsyncGenerator<string[]> {
    for await (const items of this.#listItems(ownerPartition(workspaceId, userId), 'sk')) yield items.map(connectionIdOf);
  }

  /** On the way of every message, so it speaks DynamoDB's own form: turning items into objects would cost more than reading them. */
  async *#listItems(partition: string, projection: string, after?: { pk: string; sk: string }): AsyncGenerator<Item[]> {
    let from: QueryCommandOutput['LastEvaluatedKey'] = after && { pk: { S: after.pk }, sk: { S: after.sk } };
    do {
      const page: QueryCommandOutput = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk',
          FilterExpression: 'expiresAt > :now',
          ExpressionAttributeValues: { ':pk': { S: partition }, ':now': { N: String(this.#now()) } },
          ProjectionExpression: projection,
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      yield page.Items ?? [];
      from = page.LastEvaluatedKey;
    } while (from);
  }

  async maySignal(connectionId: string, room: string, type: string): Promise<'yes' | 'too soon' | 'not subscribed'> {
    const now = this.#clock.now().getTime();
    const noted = await conditional(
      this.#db.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: connectionKey(connectionId),
          UpdateExpression: 'SET #told = :now',
          ConditionExpression: 'contains(rooms, :room) AND (attribute_not_exists(#told) OR #told <= :before)',
          ExpressionAttributeNames: { '#told': `told ${type}` },
          ExpressionAttributeValues: { ':room': room, ':now': now, ':before': now - signalMs },
        }),
      ),
    );
    if (noted) return 'yes';
    return (await this.roomsOf(connectionId))?.includes(room) === true ? 'too soon' : 'not subscribed';
  }

  /** Writes in batches of 25; what DynamoDB hands back is written again, a few times. */
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

  #leaseEnd(): number {
    return this.#now() + leaseSeconds;
  }
}

type Item = NonNullable<QueryCommandOutput['Items']>[number];
const connectionIdOf = ({ sk }: Item): string => (sk?.S ?? '').slice('conn#'.length);

/** Whether the write's condition held. */
async function conditional(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
