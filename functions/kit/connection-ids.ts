import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { randomInt } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { setting } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { Snowflakes, workers } from './snowflake.ts';

/** Ids of connections, one for each session. */
export interface ConnectionIds {
  /** Returns the id of a session, the same one until `until`. Two requests at most while the worker's number is leased. */
  idOf(session: string, until: Date): Promise<string>;
  /** Tests if a member may tell a room of an edit now: once a second. */
  mayTell(userId: string, room: string): Promise<boolean>;
}

/** Seconds that a worker's number is its own, and the rest of it at which it is leased again. */
const leaseSeconds = 900;
const marginSeconds = 120;
/** Least time between two edits of a member that a room is told of, in milliseconds. */
const tellMs = 1_000;

export const openConnectionIds = ({ clock }: { readonly clock: Clock }): ConnectionIds =>
  createConnectionIds(new DynamoDBClient({ maxAttempts: 4 }), setting('connectionsTable'), clock);

export function createConnectionIds(client: DynamoDBClient, table: string, clock: Clock): ConnectionIds {
  return new ConnectionIdTable(DynamoDBDocumentClient.from(client), table, clock);
}

class ConnectionIdTable implements ConnectionIds {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;
  readonly #snowflakes = new Snowflakes();
  readonly #owner = crypto.randomUUID();
  #worker: { readonly number: number; readonly until: number } | undefined;

  constructor(db: DynamoDBDocumentClient, table: string, clock: Clock) {
    this.#db = db;
    this.#table = table;
    this.#clock = clock;
  }

  async idOf(session: string, until: Date): Promise<string> {
    const worker = await this.#workerNumber();
    const made = this.#snowflakes.next(worker, this.#clock.now().getTime()).toString();
    const { Attributes } = await this.#db.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { pk: `session#${session}`, sk: 'session' },
        UpdateExpression: 'SET connectionId = if_not_exists(connectionId, :made), expiresAt = :end',
        ExpressionAttributeValues: { ':made': made, ':end': Math.ceil(until.getTime() / 1_000) },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return String(Attributes?.['connectionId'] ?? made);
  }

  mayTell(userId: string, room: string): Promise<boolean> {
    const now = this.#clock.now().getTime();
    return conditional(
      this.#db.send(
        new PutCommand({
          TableName: this.#table,
          Item: { pk: `told#${room}`, sk: `user#${userId}`, at: now, expiresAt: Math.ceil(now / 1_000) + 60 },
          ConditionExpression: 'attribute_not_exists(pk) OR #at <= :before OR #at > :now',
          // A time ahead of ours is another clock's: it must not silence the member for long.
          ExpressionAttributeNames: { '#at': 'at' },
          ExpressionAttributeValues: { ':before': now - tellMs, ':now': now + tellMs },
        }),
      ),
    );
  }

  /** Leases a number for this process, so that no two make the same id. The lease outlasts the ids that are made of it. */
  async #workerNumber(): Promise<number> {
    const now = Math.max(this.#clock.now().getTime(), this.#snowflakes.latestMs) / 1_000;
    if (this.#worker && this.#worker.until - marginSeconds > now) return this.#worker.number;
    const until = Math.ceil(now) + leaseSeconds;
    const first = this.#worker?.number ?? randomInt(workers);
    for (let i = 0; i < 20; i++) {
      const number = i === 0 ? first : randomInt(workers);
      if (await this.#lease(number, now, until)) {
        this.#worker = { number, until };
        return number;
      }
    }
    throw new AppError('unavailable', 'Too many workers make connection ids. Try again.', { retryAfterSeconds: 5 });
  }

  #lease(number: number, now: number, until: number): Promise<boolean> {
    return conditional(
      this.#db.send(
        new PutCommand({
          TableName: this.#table,
          Item: { pk: `worker#${number}`, sk: 'worker', leasedBy: this.#owner, expiresAt: until },
          ConditionExpression: 'attribute_not_exists(pk) OR leasedBy = :own OR expiresAt < :gone',
          ExpressionAttributeValues: { ':own': this.#owner, ':gone': Math.floor(now) - marginSeconds },
        }),
      ),
    );
  }
}

/** Returns true if the write's condition held. */
async function conditional(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
