import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { randomInt } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { conditional } from '../platform/conditional-write.ts';
import { setting } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { Snowflakes, workers } from './snowflake.ts';

/** Ids of connections, one for each session. */
export interface ConnectionIds {
  /** Returns the id of a session, the same one until `until`. Two requests at most while the worker's number is leased. */
  idOf(session: string, until: Date): Promise<string>;
}

/** Seconds that a worker's number is its own, and the rest of it at which it is leased again. */
const leaseSeconds = 900;
const marginSeconds = 120;

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
