import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { maxAgeSeconds } from '../../contract/frames.ts';
import type { Clock } from './clock.ts';
import { setting } from './config.ts';
import { AppError } from './errors.ts';

/** Lifetime of entries of the connections table, in seconds: ten minutes more than API Gateway's two hours for a socket. */
export const leaseSeconds = maxAgeSeconds + 600;

/** Places of the entries in the connections table. A room's ended accesses sort before its connections, so one query reads both. */
export const connectionKey = (connectionId: string) => ({ pk: `conn#${connectionId}`, sk: 'conn' });
export const ownerPartition = (workspaceId: string, userId: string) => `user#${workspaceId}#${userId}`;
export const roomPartition = (room: string) => `room#${room}`;
export const accessPrefix = 'access#';
export const presenceKey = (workspaceId: string, userId: string) => ({ pk: `presence#${workspaceId}#${userId}`, sk: 'presence' });
export const draftPartition = (workspaceId: string, userId: string) => `draft#${workspaceId}#${userId}`;
/** Name of an ended access that concerns everybody. User ids cannot be this. */
export const everybody = '*';

/** Subscriptions that end: those of members (null: of everybody) to rooms, or all of one member. */
export type Ending = { readonly rooms: readonly string[]; readonly userIds: readonly string[] | null } | { readonly userId: string };

/**
 * Ends subscriptions at the side that takes access away. It writes an access epoch into the rooms; the fan-out worker delivers nothing to
 * subscriptions of an earlier epoch. The worker removes these, and tells their clients, whenever it comes across them.
 */
export interface Subscriptions {
  /**
   * Returns the rooms with subscriptions that may have ended. Throws `unavailable` if not all could be ended within 3 s; those that were
   * end for no reason, and their clients subscribe again.
   */
  end(workspaceId: string, endings: readonly Ending[], epoch: number): Promise<string[]>;
  /**
   * Returns true when nothing names a member any more: no connection is open, and the member's presence, drafts, and the accesses that ended
   * of the given rooms are deleted. False while a connection is open.
   */
  forget(workspaceId: string, userId: string, rooms: readonly string[]): Promise<boolean>;
}

/** Time for all requests of one ending, in milliseconds. Other writers of the workspace wait meanwhile. */
const limitMs = 3_000;
/** DynamoDB's limit for one batch of writes. */
const maxBatch = 25;
/** Concurrent requests of one ending. */
const concurrency = 64;

export function openSubscriptions({ clock }: { readonly clock: Clock }): Subscriptions {
  return createSubscriptions(new DynamoDBClient({ maxAttempts: 3 }), setting('connectionsTable'), clock);
}

export function createSubscriptions(client: DynamoDBClient, table: string, clock: Clock): Subscriptions {
  return {
    async end(workspaceId, endings, epoch) {
      const work = new EndingWork(DynamoDBDocumentClient.from(client), table, AbortSignal.timeout(limitMs));
      try {
        const accesses = (await Promise.all(endings.map((ending) => work.accessesOf(workspaceId, ending)))).flat();
        await work.write(accesses, { epoch, expiresAt: Math.floor(clock.now().getTime() / 1000) + leaseSeconds });
        return [...new Set(accesses.map(({ room }) => room))];
      } catch (error) {
        const detail = 'Live subscriptions could not be ended, so nothing was changed. Try again.';
        throw Object.assign(new AppError('unavailable', detail, { retryAfterSeconds: 1 }), { cause: error });
      }
    },

    async forget(workspaceId, userId, rooms) {
      const work = new EndingWork(DynamoDBDocumentClient.from(client), table, AbortSignal.timeout(limitMs));
      if (await work.isConnected(workspaceId, userId, Math.floor(clock.now().getTime() / 1000))) return false;
      const drafts = await work.keysOf(draftPartition(workspaceId, userId));
      await work.remove([...rooms.map((room) => accessKey({ room, userId })), presenceKey(workspaceId, userId), ...drafts]);
      return true;
    },
  };
}

/** Access of a member (or `everybody`) to a room. */
interface Access {
  readonly room: string;
  readonly userId: string;
}

const accessKey = ({ room, userId }: Access) => ({ pk: roomPartition(room), sk: `${accessPrefix}${userId}` });

/** The requests of one ending, which share a time limit. */
class EndingWork {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #abortSignal: AbortSignal;

  constructor(db: DynamoDBDocumentClient, table: string, abortSignal: AbortSignal) {
    this.#db = db;
    this.#table = table;
    this.#abortSignal = abortSignal;
  }

  /** Lists the accesses that end. */
  async accessesOf(workspaceId: string, ending: Ending): Promise<Access[]> {
    if ('userId' in ending) {
      const rooms = await this.#roomsOfMember(workspaceId, ending.userId);
      return [...rooms].map((room) => ({ room, userId: ending.userId }));
    }
    const { rooms, userIds } = ending;
    if (userIds === null) return rooms.map((room) => ({ room, userId: everybody }));
    const found = await Promise.all(
      userIds.map(async (userId) => {
        // The first room is the stream's own. Of the many that may be below it, few have a subscription of this member.
        const subscribed = rooms.length > 1 ? await this.#roomsOfMember(workspaceId, userId) : new Set<string>();
        return rooms.filter((room, index) => index === 0 || subscribed.has(room)).map((room) => ({ room, userId }));
      }),
    );
    return found.flat();
  }

  /** Lists the rooms that a member's connections are subscribed to. */
  async #roomsOfMember(workspaceId: string, userId: string): Promise<Set<string>> {
    const rooms = new Set<string>();
    await eachChunk(await this.keysOf(ownerPartition(workspaceId, userId)), 1, async ([key]) => {
      const Key = connectionKey(String(key?.sk).slice('conn#'.length));
      const get = new GetCommand({ TableName: this.#table, Key, ConsistentRead: true });
      const { Item } = await this.#db.send(get, { abortSignal: this.#abortSignal });
      if (Item?.rooms instanceof Set) for (const room of Item.rooms as Set<string>) rooms.add(room);
    });
    return rooms;
  }

  /** Lists the keys of a partition. */
  async keysOf(pk: string): Promise<{ pk: string; sk: string }[]> {
    const keys: { pk: string; sk: string }[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const query = new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ProjectionExpression: 'sk',
        ConsistentRead: true,
        ExclusiveStartKey: from,
      });
      const page = await this.#db.send(query, { abortSignal: this.#abortSignal });
      for (const { sk } of page.Items ?? []) keys.push({ pk, sk: String(sk) });
      from = page.LastEvaluatedKey;
    } while (from);
    return keys;
  }

  /** Returns true while a member has a connection whose lease has not ended. */
  async isConnected(workspaceId: string, userId: string, nowSeconds: number): Promise<boolean> {
    const query = new QueryCommand({
      TableName: this.#table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': ownerPartition(workspaceId, userId) },
      ConsistentRead: true,
    });
    const { Items = [] } = await this.#db.send(query, { abortSignal: this.#abortSignal });
    return Items.some((item) => Number(item.expiresAt) > nowSeconds);
  }

  write(accesses: readonly Access[], more: { epoch: number; expiresAt: number }): Promise<void> {
    const items = new Map(accesses.map((access) => [`${access.room} ${access.userId}`, { ...accessKey(access), ...more }]));
    return this.#sendAll([...items.values()].map((Item) => ({ PutRequest: { Item } })));
  }

  /** Deletes entries. Ended accesses may go only for members without connections. */
  remove(keys: readonly object[]): Promise<void> {
    return this.#sendAll(keys.map((Key) => ({ DeleteRequest: { Key } })));
  }

  async #sendAll(requests: readonly Record<string, unknown>[]): Promise<void> {
    await eachChunk(requests, maxBatch, async (batch) => {
      let left = batch;
      while (left.length > 0) {
        const put = new BatchWriteCommand({ RequestItems: { [this.#table]: left } });
        const { UnprocessedItems } = await this.#db.send(put, { abortSignal: this.#abortSignal });
        left = UnprocessedItems?.[this.#table] ?? [];
        if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
  }
}

/** Runs `use` over chunks of the items, several at a time. */
async function eachChunk<Item>(items: readonly Item[], size: number, use: (chunk: Item[]) => Promise<void>): Promise<void> {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size).values();
  const lane = async () => {
    for (const start of starts) await use(items.slice(start, start + size));
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}
