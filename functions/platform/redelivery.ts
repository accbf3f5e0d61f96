import { ChangeMessageVisibilityBatchCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

/** Redelivers failed messages sooner than the queue's visibility time-out, which is long enough for a dead worker. */
export interface Redelivery {
  hasten(records: readonly SQSRecord[]): Promise<void>;
}

/** Seconds until the next delivery, by the number of earlier deliveries. */
const waits = [1, 4, 15, 60];

export function openRedelivery(): Redelivery {
  const client = new SQSClient({ maxAttempts: 2 });
  let queueUrl: Promise<string | undefined> | undefined;
  return {
    async hasten(records) {
      const name = records[0]?.eventSourceARN.split(':').at(-1);
      queueUrl ??= client.send(new GetQueueUrlCommand({ QueueName: name })).then(({ QueueUrl }) => QueueUrl);
      // A failed lookup is not cached: the next failure retries it.
      queueUrl.catch(() => (queueUrl = undefined));
      await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: await queueUrl,
          Entries: records.map(({ receiptHandle, attributes }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: waits[Math.min(Number(attributes.ApproximateReceiveCount), waits.length) - 1],
          })),
        }),
      );
    },
  };
}
