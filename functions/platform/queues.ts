import { SQSClient, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';

/** A message for a FIFO queue: `group` keeps order; the queue deduplicates by `id` for five minutes. */
export interface QueueMessage {
  readonly id: string;
  readonly group: string;
  readonly body: unknown;
}

/** Sends to queues. Resolves with the ids the queue accepted; the caller handles the missing ones. */
export interface Queues {
  send(queueUrl: string, messages: readonly QueueMessage[]): Promise<Set<string>>;
  /**
   * Sends one message to a queue without order, with a delay of up to 900 seconds. Throws when the queue rejects it. `group` is the owner
   * of the message; the queue keeps a group with a long backlog from delaying the others.
   */
  sendLater(queueUrl: string, body: unknown, delaySeconds: number, group?: string): Promise<void>;
}

/** SQS limits: ten messages and 1 MiB per call. */
const maxBatch = 10;
const maxBatchBytes = 900_000;

export function openQueues(): Queues {
  const client = new SQSClient({ maxAttempts: 3 });
  return {
    async send(queueUrl, messages) {
      const taken = new Set<string>();
      for (const batch of batches(messages)) {
        const { Successful } = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: batch.map(({ message, body }, index) => ({
              Id: String(index),
              MessageBody: body,
              MessageGroupId: message.group,
              MessageDeduplicationId: message.id,
            })),
          }),
        );
        for (const { Id } of Successful ?? []) {
          const entry = batch[Number(Id)];
          if (entry) taken.add(entry.message.id);
        }
      }
      return taken;
    },
    async sendLater(queueUrl, body, delaySeconds, group) {
      const message = {
        MessageBody: JSON.stringify(body),
        DelaySeconds: delaySeconds,
        ...(group !== undefined && { MessageGroupId: group }),
      };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, ...message }));
    },
  };
}

function* batches(messages: readonly QueueMessage[]) {
  let batch: { message: QueueMessage; body: string }[] = [];
  let bytes = 0;
  for (const message of messages) {
    const body = JSON.stringify(message.body);
    const size = Buffer.byteLength(body);
    if (batch.length === maxBatch || (batch.length > 0 && bytes + size > maxBatchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ message, body });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
