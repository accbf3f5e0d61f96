import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../platform/clock.ts';
import { conditional } from '../platform/conditional-write.ts';
import { setting } from '../platform/config.ts';

/** Turns of members who tell a room where they type. */
export interface EditingTurns {
  /** Takes the member's turn in a room: one a second. False where the last one was taken less than a second ago. One request. */
  take(userId: string, room: string): Promise<boolean>;
}

/** Least time between two turns, in milliseconds. */
const turnMs = 1_000;

export const openEditingTurns = ({ clock }: { readonly clock: Clock }): EditingTurns =>
  createEditingTurns(new DynamoDBClient({ maxAttempts: 4 }), setting('connectionsTable'), clock);

export function createEditingTurns(client: DynamoDBClient, table: string, clock: Clock): EditingTurns {
  const db = DynamoDBDocumentClient.from(client);
  return {
    take(userId, room) {
      const now = clock.now().getTime();
      return conditional(
        db.send(
          new PutCommand({
            TableName: table,
            Item: { pk: `told#${room}`, sk: `user#${userId}`, at: now, expiresAt: Math.ceil(now / 1_000) + 60 },
            // A time far ahead is another clock's: it must not silence the member for long.
            ConditionExpression: 'attribute_not_exists(pk) OR #at <= :before OR #at > :ahead',
            ExpressionAttributeNames: { '#at': 'at' },
            ExpressionAttributeValues: { ':before': now - turnMs, ':ahead': now + turnMs },
          }),
        ),
      );
    },
  };
}
