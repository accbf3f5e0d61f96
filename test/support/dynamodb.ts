import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../local/dynamodb/dynamodb.ts';

/**
 * The longest interval of a timer. Tests set the clock of the app, but the sweeper uses the machine's clock: it would delete all items
 * half a minute into the test.
 */
const never = 2 ** 31 - 1;

/**
 * An in-memory DynamoDB with one table, with the keys that all tables of the template have. It never sweeps; readers ignore expired
 * items.
 */
export async function startTestTable(name: string): Promise<{ client: DynamoDBClient; stop(): Promise<void> }> {
  const dynamodb = await startDynamoDb({
    account: { region: 'us-east-1', accountId: '000000000000' },
    access: { check: () => ({ allowed: true }) },
    log: () => undefined,
    sweepMilliseconds: never,
    tables: [
      {
        name,
        arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`,
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
    client,
    async stop() {
      client.destroy();
      await dynamodb.stop();
    },
  };
}
