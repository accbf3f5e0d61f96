import type { MappingDefinition } from '../definitions.ts';
import type { Account, Functions, Log } from '../types.ts';
import { attributesMd5, systemAttributes, type Message } from './message.ts';
import type { Queue } from './queue.ts';

/** Lambda starts with five pollers for a queue. */
const defaultConcurrency = 5;
/** An invocation is limited to 6 MB, including the envelope of each message. */
const maxBatchBytes = 6_000_000;

export interface Mapping {
  /** Invokes the function while there are messages and free batches. */
  pump(): void;
  /** Resolves when no batch is in progress. */
  stop(): Promise<void>;
}

export interface MappingOptions {
  readonly definition: MappingDefinition;
  readonly queue: Queue;
  readonly account: Account;
  readonly functions: Functions;
  readonly log: Log;
}

/** An event-source mapping: delivers messages of a queue to a function as soon as they arrive. */
export function createMapping({ definition, queue, account, functions, log }: MappingOptions): Mapping {
  const { functionArn, batchSize, maxConcurrency = defaultConcurrency, reportBatchItemFailures } = definition;
  const active = new Set<Promise<void>>();
  let stopped = false;

  const deliver = async (messages: Message[]): Promise<void> => {
    const Records = messages.map((message) => record(message, queue.definition.arn, account.region));
    const failed = await failuresOf(Records.map((one) => one.messageId));
    for (const { messageId, receiptHandle } of Records) if (!failed.has(messageId)) queue.deleteReceived(receiptHandle);

    async function failuresOf(ids: string[]): Promise<Set<string>> {
      const invocation = await functions.invoke(functionArn, { Records });
      if (!invocation.ok) {
        log('warn', 'a batch of messages failed', { queue: queue.definition.name, functionArn, messages: ids.length, ...invocation.error });
        return new Set(ids);
      }
      const failures = reportBatchItemFailures ? batchItemFailures(invocation.payload, ids) : new Set<string>();
      if (failures.size > 0)
        log('warn', 'messages of a batch failed', { queue: queue.definition.name, functionArn, messages: failures.size });
      return failures;
    }
  };

  const pump = () => {
    if (stopped) return;
    while (active.size < maxConcurrency) {
      const messages = queue.receive({ max: batchSize, maxBytes: maxBatchBytes });
      if (messages.length === 0) return;
      const batch = deliver(messages)
        .catch((error: unknown) => log('error', 'a batch of messages could not be delivered', { functionArn, error: String(error) }))
        .finally(() => {
          active.delete(batch);
          pump();
        });
      active.add(batch);
    }
  };
  return {
    pump,
    stop: async () => {
      stopped = true;
      await Promise.all(active);
    },
  };
}

/** Parses the partial batch response. As in Lambda, a missing or unknown id fails the whole batch. */
export function batchItemFailures(payload: unknown, ids: readonly string[]): Set<string> {
  const failures = (payload as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return new Set(ids);
  const named = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  return named.every((id) => ids.includes(id as string)) ? new Set(named as string[]) : new Set(ids);
}

/** A message in the form of Lambda's event records. */
function record(message: Message, eventSourceARN: string, awsRegion: string) {
  const md5OfMessageAttributes = attributesMd5(message.attributes);
  const messageAttributes = Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { stringValue: StringValue, binaryValue: BinaryValue, stringListValues: [], binaryListValues: [], dataType: DataType },
    ]),
  );
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle as string,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes,
    ...(md5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes }),
    md5OfBody: message.bodyMd5,
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion,
  };
}
