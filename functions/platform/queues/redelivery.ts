import { ChangeMessageVisibilityBatchCommand, GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { setting } from '../config.ts';

/** Decides what happens to messages that a worker could not handle. */
export interface Redelivery {
  /** Redelivers failed messages sooner than the queue's visibility time-out, which is long enough for a dead worker. */
  hasten(records: readonly SQSRecord[]): Promise<void>;
  /**
   * Copies a message to the dead-letter queue at once, with its body and its group. The caller then lets the queue delete the message. Safe
   * to repeat: an ordered dead-letter queue deduplicates by message id.
   */
  setAside(record: SQSRecord): Promise<void>;
}

/** Seconds until the next delivery, by the number of earlier deliveries. */
const waits = [1, 4, 15, 60];

export const openRedelivery = (): Redelivery => createRedelivery(new SQSClient({ maxAttempts: 2 }), setting('deadLetterQueueUrl'));

export function createRedelivery(client: SQSClient, deadLetterQueueUrl: string): Redelivery {
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
    async setAside({ messageId, body, attributes: { MessageGroupId } }) {
      const inOrder = deadLetterQueueUrl.endsWith('.fifo') && { MessageGroupId, MessageDeduplicationId: messageId };
      await client.send(new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody: body, ...inOrder }));
    },
  };
}
