import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setting } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { Checks } from './ready.ts';

/** Opens a readiness check per dependency: the cheapest call that only a working one can answer. */
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

/** Asks Qdrant's readiness probe, which needs no key. */
async function askIndex(url: string): Promise<void> {
  const { ok, status } = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(3_000) }).catch((error: unknown) => {
    // The error of fetch only says that it failed; its cause has the reason.
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  });
  if (!ok) throw Object.assign(new Error('The index is not ready'), { code: `HTTP_${status}` });
}
