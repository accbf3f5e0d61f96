import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createConnections } from '../../functions/realtime/connections.ts';
import type { Connections } from '../../functions/realtime/connections.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import { startTestTable } from './dynamodb.ts';

/** The connection registry over an in-memory DynamoDB, with the table of the template. */
export async function createTestConnections(
  clock: Clock,
): Promise<{ connections: Connections; client: DynamoDBClient; stop(): Promise<void> }> {
  const table = await startTestTable('connections');
  return { ...table, connections: createConnections(table.client, 'connections', clock) };
}
