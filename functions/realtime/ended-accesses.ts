import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { accessPrefix, everybody } from '../platform/subscriptions.ts';

export interface Subscriber {
  readonly connectionId: string;
  readonly userId: string;
  /** Random mark that distinguishes successive subscriptions of one connection to the room. */
  readonly mark: string;
  /** The token that opened the socket has ended, or the socket's greatest age is over. */
  readonly isExpired: boolean;
}

/** An entry of the connections table, in DynamoDB's own format. */
export type Item = NonNullable<QueryCommandOutput['Items']>[number];
export const connectionIdOf = ({ sk }: Item): string => (sk?.S ?? '').slice('conn#'.length);
export const isExpired = (item: Item, nowSeconds: number): boolean => Number(item.expiresAt?.N ?? 0) <= nowSeconds;
export const subscriberOf = (item: Item, nowSeconds: number): Subscriber => ({
  connectionId: connectionIdOf(item),
  userId: item.userId?.S ?? '',
  mark: item.mark?.S ?? '',
  isExpired: isExpired(item, nowSeconds),
});
const epochOf = (item: Item): number => Number(item.epoch?.N ?? 0);

/** The accesses to one room that have ended, by user. They sort before the connections of their room. */
export class EndedAccesses {
  readonly #epochs = new Map<string, number>();

  /** Takes the ended accesses out of a page of the room; returns the rest. */
  take(items: Item[]): Item[] {
    const count = items.findIndex(({ sk }) => sk?.S?.startsWith(accessPrefix) !== true);
    const ended = count === -1 ? items : items.slice(0, count);
    for (const item of ended) this.#epochs.set((item.sk?.S ?? '').slice(accessPrefix.length), epochOf(item));
    return ended.length === 0 ? items : items.slice(ended.length);
  }

  /** Tests if the access of a subscription has ended since it was checked. */
  covers(subscription: Item): boolean {
    if (this.#epochs.size === 0) return false;
    const endedAt = Math.max(this.#epochs.get(everybody) ?? 0, this.#epochs.get(subscription.userId?.S ?? '') ?? 0);
    return epochOf(subscription) < endedAt;
  }
}
