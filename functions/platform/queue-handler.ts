import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { metric } from '../../contract/names.ts';
import { log, takeColdStart } from './log.ts';
import { metrics } from './metrics.ts';
import type { Redelivery } from './queues/redelivery.ts';

/**
 * Handles the messages of one group, in order. Throws `PartialFailure` to name the first message to redeliver; any other error redelivers all.
 * `isRedelivery`: at least one message was delivered before and may be half done.
 */
export type GroupWorker<Message> = (messages: readonly Message[], isRedelivery: boolean) => Promise<void>;

/** Error: the messages before `index` are done; the message at `index` and all later ones of the group are redelivered. */
export class PartialFailure extends Error {
  readonly index: number;
  constructor(index: number, cause: unknown) {
    super('The rest of the group comes again', { cause });
    this.index = index;
  }
}

/**
 * Middleware chain of FIFO queues: one worker call per group, groups in parallel. A failure fails the rest of its group only. An unreadable
 * message is copied to the dead-letter queue at once, so it delays no other message of its group.
 */
export function fifoQueueHandler<Schema extends z.ZodType>(schema: Schema, redelivery: Redelivery, work: GroupWorker<z.infer<Schema>>) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(aroundBatch())
    .handler(async (event: SQSEvent) => {
      const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? '');
      const failures = await Promise.all([...groups.values()].map((records) => handleGroup(schema, redelivery, work, records)));
      // Best effort: on failure the messages are redelivered after the visibility time-out.
      await Promise.all(
        failures.filter((records) => records.length > 0).map((records) => redelivery.hasten(records).catch(() => undefined)),
      );
      return { batchItemFailures: failures.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
}

/**
 * Middleware chain of queues without order: one message at a time; only failed messages are redelivered. Unreadable ones are copied to the
 * dead-letter queue at once.
 */
export function queueHandler<Schema extends z.ZodType>(
  schema: Schema,
  redelivery: Redelivery,
  work: (message: z.infer<Schema>) => Promise<void>,
) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(aroundBatch())
    .handler(async (event: SQSEvent) => {
      const { readable, stuck: failed } = await readAll(schema, redelivery, event.Records);
      // Equal messages are handled once: a duplicate nudge gathered into this batch asks for nothing new.
      const done = new Set<string>();
      for (const { record, message } of readable) {
        if (done.has(record.body)) continue;
        try {
          await work(message);
          done.add(record.body);
        } catch (error) {
          log.error('A message comes again', { messageId: record.messageId, error: error as Error });
          failed.push(record);
        }
      }
      // Best effort, as above.
      if (failed.length > 0) await redelivery.hasten(failed).catch(() => undefined);
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
}

function aroundBatch(): middy.MiddlewareObj<SQSEvent, SQSBatchResponse> {
  return {
    before(request) {
      log.resetKeys();
      log.appendKeys({ requestId: request.context.awsRequestId, coldStart: takeColdStart(), messages: request.event.Records.length });
    },
    after: () => metrics.flush(),
    onError: () => metrics.flush(),
  };
}

/** Runs the worker for one group; returns the records to redeliver. */
async function handleGroup<Schema extends z.ZodType>(
  schema: Schema,
  redelivery: Redelivery,
  work: GroupWorker<z.infer<Schema>>,
  all: readonly SQSRecord[],
): Promise<SQSRecord[]> {
  const { readable, stuck } = await readAll(schema, redelivery, all);
  if (readable.length === 0) return stuck;
  const records = readable.map(({ record }) => record);
  const group = records[0]?.attributes.MessageGroupId;
  try {
    const isRedelivery = records.some(({ attributes }) => Number(attributes.ApproximateReceiveCount) > 1);
    await work(
      readable.map(({ message }) => message),
      isRedelivery,
    );
    return stuck;
  } catch (error) {
    const from = error instanceof PartialFailure ? error.index : 0;
    log.error('A group of messages is redelivered', {
      group,
      from,
      of: records.length,
      error: (error instanceof PartialFailure ? error.cause : error) as Error,
    });
    return [...stuck, ...records.slice(from)];
  }
}

/**
 * Parses each record by itself and sets unreadable ones aside. `stuck` holds those that could not be set aside: they are redelivered, and
 * the queue moves them to its dead-letter queue after the last attempt.
 */
async function readAll<Schema extends z.ZodType>(
  schema: Schema,
  redelivery: Redelivery,
  records: readonly SQSRecord[],
): Promise<{ readable: { record: SQSRecord; message: z.infer<Schema> }[]; stuck: SQSRecord[] }> {
  const readable: { record: SQSRecord; message: z.infer<Schema> }[] = [];
  const stuck: SQSRecord[] = [];
  for (const record of records) {
    try {
      readable.push({ record, message: schema.parse(JSON.parse(record.body)) });
    } catch (error) {
      if (!(await setAside(redelivery, record, error as Error))) stuck.push(record);
    }
  }
  return { readable, stuck };
}

/** Copies an unreadable record to the dead-letter queue; false where that failed. */
async function setAside(redelivery: Redelivery, record: SQSRecord, error: Error): Promise<boolean> {
  const named = { messageId: record.messageId, group: record.attributes.MessageGroupId };
  metrics.count(metric.messagesUnreadable);
  log.error('A message is unreadable', { ...named, error });
  try {
    await redelivery.setAside(record);
    return true;
  } catch (failure) {
    log.error('An unreadable message could not be set aside', { ...named, error: failure as Error });
    return false;
  }
}
