import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createConnections } from '../../functions/realtime/connections.ts';
import type { Connections } from '../../functions/realtime/connections.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import { createSubscriptions } from '../../functions/platform/subscriptions.ts';
import type { Subscriptions } from '../../functions/platform/subscriptions.ts';
import { startTestTable } from './dynamodb.ts';

/** The connection registry over an in-memory DynamoDB, with the table of the template. */
export async function createTestConnections(
  clock: Clock,
): Promise<{ connections: Connections; subscriptions: Subscriptions; client: DynamoDBClient; stop(): Promise<void> }> {
  const table = await startTestTable('connections');
  return {
    ...table,
    connections: createConnections(table.client, 'connections', clock),
    subscriptions: createSubscriptions(table.client, 'connections', clock),
  };
}
