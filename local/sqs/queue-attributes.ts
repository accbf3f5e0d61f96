import { maxMessageBytes } from './draft.ts';
import { sqsError } from './errors.ts';
import type { Queue } from './queue.ts';

/** Answer of GetQueueAttributes: the requested ones, all as text. */
export function queueAttributes(queue: Queue, names: unknown) {
  const wanted = Array.isArray(names) ? (names as string[]) : [];
  const { fifo, redrive, ...definition } = queue.definition;
  const { visible, inFlight, delayed } = queue.counts;
  const created = String(Math.floor(queue.createdAt / 1000));
  const all: Record<string, string | number | boolean | undefined> = {
    QueueArn: definition.arn,
    ApproximateNumberOfMessages: visible,
    ApproximateNumberOfMessagesNotVisible: inFlight,
    ApproximateNumberOfMessagesDelayed: delayed,
    CreatedTimestamp: created,
    LastModifiedTimestamp: created,
    VisibilityTimeout: definition.visibilitySeconds,
    MaximumMessageSize: maxMessageBytes,
    MessageRetentionPeriod: definition.retentionSeconds,
    DelaySeconds: definition.delaySeconds ?? 0,
    ReceiveMessageWaitTimeSeconds: definition.receiveWaitSeconds ?? 0,
    SqsManagedSseEnabled: true,
    Policy: undefined,
    KmsMasterKeyId: undefined,
    KmsDataKeyReusePeriodSeconds: undefined,
    RedriveAllowPolicy: undefined,
    RedrivePolicy: redrive && JSON.stringify({ deadLetterTargetArn: redrive.targetArn, maxReceiveCount: redrive.maxReceiveCount }),
    FifoQueue: fifo ? true : undefined,
    ContentBasedDeduplication: fifo ? definition.contentBasedDeduplication : undefined,
    DeduplicationScope: fifo ? (definition.deduplicationScope ?? 'queue') : undefined,
    FifoThroughputLimit: fifo ? (definition.throughputLimit ?? 'perQueue') : undefined,
  };
  const unknown = wanted.find((name) => name !== 'All' && !Object.hasOwn(all, name));
  if (unknown !== undefined) throw sqsError.unknownAttribute(unknown);
  const asked = Object.entries(all).filter(([name, value]) => value !== undefined && (wanted.includes('All') || wanted.includes(name)));
  return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked.map(([name, value]) => [name, String(value)])) };
}
