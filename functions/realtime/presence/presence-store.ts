import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { UserId } from '../../../contract/ids.ts';
import { presenceSeconds } from '../../../contract/presence.ts';
import type { DeviceState as GivenState, Presence, PresenceStatus } from '../../../contract/presence.ts';
import type { Clock } from '../../platform/clock.ts';
import { conditional } from '../../platform/conditional-write.ts';
import { setting } from '../../platform/config.ts';
import { presenceKey } from '../../platform/subscriptions.ts';

/** A device of a member: a browser or a program, which has one id over all of its tabs and sockets. */
export interface Device {
  readonly workspaceId: string;
  readonly userId: string;
  readonly deviceId: string;
}
/** State of a device that is there. */
export type DeviceState = Exclude<GivenState, 'gone'>;
/** Presence of a member before and after a change. */
export interface PresenceChange {
  readonly before: PresenceStatus;
  readonly now: Presence;
}

/** Leases of the devices of members. A device whose lease has ended is gone, whatever became of its socket. */
export interface PresenceLeases {
  /** Renews the lease of a device, for `presenceSeconds`. One request; a second one forgets devices that are gone. */
  renew(device: Device, state: DeviceState): Promise<PresenceChange>;
  /** Ends the lease of a device. One request. */
  end(device: Device): Promise<PresenceChange>;
  /** Finds the presence of members. One request for each hundred. */
  find(workspaceId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Presence>>;
  /**
   * Finds when members last had the app in view, in milliseconds since 1970; members without a device that shows it now are left out. One
   * request for each hundred.
   */
  lookingAt(workspaceId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

interface Lease {
  readonly state: DeviceState;
  /** End, in milliseconds since 1970. */
  readonly until: number;
}
type Item = Readonly<Record<string, unknown>> & { readonly lastSeen?: number };

/** Days that it is known when a member was last seen. */
const keptDays = 90;
const batchSize = 100;
/** Most devices of a member at once. */
const maxDevices = 50;
const devicePrefix = 'device ';

export const openPresenceLeases = ({ clock }: { readonly clock: Clock }): PresenceLeases =>
  createPresenceLeases(new DynamoDBClient({ maxAttempts: 4 }), setting('connectionsTable'), clock);

export function createPresenceLeases(client: DynamoDBClient, table: string, clock: Clock): PresenceLeases {
  return new LeaseTable(DynamoDBDocumentClient.from(client), table, clock);
}

/** One item for each member, with an attribute for each device. */
class LeaseTable implements PresenceLeases {
  readonly #db: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(db: DynamoDBDocumentClient, table: string, clock: Clock) {
    this.#db = db;
    this.#table = table;
    this.#clock = clock;
  }

  async renew({ workspaceId, userId, deviceId }: Device, state: DeviceState): Promise<PresenceChange> {
    const now = this.#clock.now().getTime();
    const lease: Lease = { state, until: now + presenceSeconds * 1_000 };
    const Key = presenceKey(workspaceId, userId);
    const name = `${devicePrefix}${deviceId}`;
    const { Attributes = {} } = await this.#db.send(
      new UpdateCommand({
        TableName: this.#table,
        Key,
        UpdateExpression: 'SET #device = :lease, lastSeen = :now, userId = :user, expiresAt = :end',
        ExpressionAttributeNames: { '#device': name },
        ExpressionAttributeValues: {
          ':lease': lease,
          ':now': now,
          ':user': userId,
          ':end': Math.ceil(now / 1_000) + keptDays * 86_400,
        },
        ReturnValues: 'ALL_OLD',
      }),
    );
    const others = leasesOf(Attributes).filter(([other]) => other !== name);
    const gone = [...others.filter(([, { until }]) => until <= now), ...surplusOf(others, now)];
    if (gone.length > 0) await this.#forget(Key, gone);
    return {
      before: presenceOf(userId, Attributes, now).status,
      now: presenceOf(userId, { ...Attributes, [name]: lease, lastSeen: now }, now),
    };
  }

  async end({ workspaceId, userId, deviceId }: Device): Promise<PresenceChange> {
    const now = this.#clock.now().getTime();
    const name = `${devicePrefix}${deviceId}`;
    const { Attributes = {} } = await this.#db.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: presenceKey(workspaceId, userId),
        UpdateExpression: 'SET lastSeen = :now, userId = :user, expiresAt = :end REMOVE #device',
        ExpressionAttributeNames: { '#device': name },
        ExpressionAttributeValues: { ':now': now, ':user': userId, ':end': Math.ceil(now / 1_000) + keptDays * 86_400 },
        ReturnValues: 'ALL_OLD',
      }),
    );
    const { [name]: _, ...left } = Attributes;
    return { before: presenceOf(userId, Attributes, now).status, now: presenceOf(userId, { ...left, lastSeen: now }, now) };
  }

  /** Forgets devices whose leases have ended; where one of them was renewed meanwhile, the next renewal does. */
  async #forget(Key: ReturnType<typeof presenceKey>, gone: readonly [name: string, lease: Lease][]): Promise<void> {
    const removal = new UpdateCommand({
      TableName: this.#table,
      Key,
      UpdateExpression: `REMOVE ${gone.map((_, i) => `#d${i}`).join(', ')}`,
      ConditionExpression: gone.map((_, i) => `#d${i}.#until = :u${i}`).join(' AND '),
      ExpressionAttributeNames: { '#until': 'until', ...Object.fromEntries(gone.map(([name], i) => [`#d${i}`, name])) },
      ExpressionAttributeValues: Object.fromEntries(gone.map(([, { until }], i) => [`:u${i}`, until])),
    });
    await conditional(this.#db.send(removal));
  }

  async find(workspaceId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Presence>> {
    const now = this.#clock.now().getTime();
    const found = new Map(userIds.map((userId) => [userId, presenceOf(userId, {}, now)] as const));
    for (const [userId, item] of await this.#itemsOf(workspaceId, userIds)) found.set(userId, presenceOf(userId, item, now));
    return found;
  }

  async lookingAt(workspaceId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const now = this.#clock.now().getTime();
    const items = await this.#itemsOf(workspaceId, userIds);
    const seen = [...items].map(([userId, item]) => {
      const visible = leasesOf(item).filter(([, { state, until }]) => state !== 'hidden' && until > now);
      return [userId, Math.max(...visible.map(([, { until }]) => until - presenceSeconds * 1_000))] as const;
    });
    return new Map(seen.filter(([, at]) => Number.isFinite(at)));
  }

  async #itemsOf(workspaceId: string, userIds: readonly string[]): Promise<Map<string, Item>> {
    const ids = [...new Set(userIds)];
    const items = new Map<string, Item>();
    for (let from = 0; from < ids.length; from += batchSize) {
      for (const item of await this.#read(workspaceId, ids.slice(from, from + batchSize))) items.set(String(item['userId']), item);
    }
    return items;
  }

  /** Reads the items of at most a hundred members; asks again for those that were left out. */
  async #read(workspaceId: string, userIds: readonly string[]): Promise<Item[]> {
    const items: Item[] = [];
    let keys: object[] = userIds.map((userId) => presenceKey(workspaceId, userId));
    for (let attempt = 0; keys.length > 0; attempt++) {
      if (attempt === 6) throw new Error(`DynamoDB did not read ${keys.length} items`);
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 20 * Math.random()));
      const { Responses, UnprocessedKeys } = await this.#db.send(new BatchGetCommand({ RequestItems: { [this.#table]: { Keys: keys } } }));
      items.push(...((Responses?.[this.#table] ?? []) as Item[]));
      keys = UnprocessedKeys?.[this.#table]?.Keys ?? [];
    }
    return items;
  }
}

const leasesOf = (item: Item): [name: string, lease: Lease][] =>
  Object.entries(item).filter((entry): entry is [string, Lease] => entry[0].startsWith(devicePrefix));

/** Devices beyond the most that a member may have; those that end first. */
function surplusOf(leases: readonly [string, Lease][], nowMs: number): [string, Lease][] {
  const live = leases.filter(([, { until }]) => until > nowMs).toSorted(([, a], [, b]) => b.until - a.until);
  return live.slice(maxDevices - 1);
}

/** Sums up the devices of a member. */
function presenceOf(userId: string, item: Item, nowMs: number): Presence {
  const live = leasesOf(item).filter(([, { until }]) => until > nowMs);
  const isActive = live.some(([, { state }]) => state === 'active');
  const status: PresenceStatus = isActive ? 'online' : live.length > 0 ? 'away' : 'offline';
  const lastSeenAt = item.lastSeen === undefined ? null : new Date(item.lastSeen).toISOString();
  // The status holds as long as the last device that makes it so.
  const deciding = isActive ? live.filter(([, { state }]) => state === 'active') : live;
  const until = deciding.length === 0 ? null : new Date(Math.max(...deciding.map(([, lease]) => lease.until))).toISOString();
  return { userId: UserId.parse(userId), status, lastSeenAt, until };
}
