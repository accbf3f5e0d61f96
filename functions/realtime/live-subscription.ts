import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { accessPrefix, everybody, roomPartition } from '../platform/subscriptions.ts';

export const subscriptionKey = (room: string, connectionId: string) => ({ pk: roomPartition(room), sk: `conn#${connectionId}` });

/**
 * Tests if a connection's subscription goes on. The connection's own list of rooms, and the subscription, stay after its access has ended
 * until a worker removes them.
 */
export async function hasLiveSubscription(
  db: DynamoDBDocumentClient,
  table: string,
  { connectionId, userId }: { readonly connectionId: string; readonly userId: string },
  room: string,
): Promise<boolean> {
  const endings = [userId, everybody].map((who) => ({ pk: roomPartition(room), sk: `${accessPrefix}${who}` }));
  const [since, ...ended] = await Promise.all(
    [subscriptionKey(room, connectionId), ...endings].map(async (Key) => {
      const { Item } = await db.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && Number(Item.epoch ?? 0);
    }),
  );
  return since !== undefined && ended.every((epoch = 0) => since >= epoch);
}
