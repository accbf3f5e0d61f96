import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setting } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { Checks } from './ready.ts';

/** The cheapest question to each dependency that only a working one can answer. */
export function openChecks(db: Database): Checks {
  const dynamodb = new DynamoDBClient({ maxAttempts: 1 });
  const sqs = new SQSClient({ maxAttempts: 1 });
  return {
    postgres: () => db.query('select 1', []),
    dynamodb: () =>
      dynamodb.send(new GetItemCommand({ TableName: setting('connectionsTable'), Key: { pk: { S: 'ready' }, sk: { S: 'ready' } } })),
    queue: () =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl: setting('fanOutQueueUrl'), AttributeNames: ['ApproximateNumberOfMessages'] })),
    index: () => askIndex(setting('qdrantUrl')),
  };
}

/** Qdrant says whether it is ready to anybody who reaches it. */
async function askIndex(url: string): Promise<void> {
  const { ok, status } = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(3_000) }).catch((error: unknown) => {
    // What fetch throws says only that it failed.
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  });
  if (!ok) throw Object.assign(new Error('The index is not ready'), { code: `HTTP_${status}` });
}
