import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createConnections } from '../../functions/realtime/connections.ts';
import type { Connections } from '../../functions/realtime/connections.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import { startDynamoDb } from '../../local/dynamodb/dynamodb.ts';

/** The connection registry over an in-memory DynamoDB, with the table as the template has it. */
export async function createTestConnections(
  clock: Clock,
): Promise<{ connections: Connections; client: DynamoDBClient; stop(): Promise<void> }> {
  const dynamodb = await startDynamoDb({
    account: { region: 'us-east-1', accountId: '000000000000' },
    access: { check: () => ({ allowed: true }) },
    log: () => undefined,
    tables: [
      {
        name: 'connections',
        arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/connections',
        keySchema: [
          { name: 'pk', type: 'HASH' },
          { name: 'sk', type: 'RANGE' },
        ],
        attributeDefinitions: [
          { name: 'pk', type: 'S' },
          { name: 'sk', type: 'S' },
        ],
        ttlAttribute: 'expiresAt',
      },
    ],
  });
  const client = new DynamoDBClient({
    endpoint: dynamodb.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  });
  return {
    connections: createConnections(client, 'connections', clock),
    client,
    async stop() {
      client.destroy();
      await dynamodb.stop();
    },
  };
}
