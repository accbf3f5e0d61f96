import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { log, takeColdStart } from './log.ts';
import { metrics } from './metrics.ts';
import type { Redelivery } from './redelivery.ts';

/**
 * Handles the messages of one group, in order. Throws `StoppedAt` to say from which message on it must come again; any other throw means from
 * the first. `isRedelivery`: at least one of them was handed out before, and may be half done.
 */
export type GroupWorker<Message> = (messages: readonly Message[], isRedelivery: boolean) => Promise<void>;

/** The messages before `index` are done; it and everything behind it in the group come again. */
export class StoppedAt extends Error {
  readonly index: number;
  constructor(index: number, cause: unknown) {
    super('The rest of the group comes again', { cause });
    this.index = index;
  }
}

/**
 * The queue chain for FIFO queues: one worker call per group, groups side by side; a failure fails the rest of its group and nothing
 * else. A message that is not of the schema is failed too: it can only come from us, and the dead-letter queue is where we look.
 */
export function fifoQueueHandler<Schema extends z.ZodType>(schema: Schema, redelivery: Redelivery, work: GroupWorker<z.infer<Schema>>) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(aroundBatch())
    .handler(async (event: SQSEvent) => {
      const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? '');
      const failures = await Promise.all([...groups.values()].map((records) => handleGroup(schema, work, records)));
      // Best effort: where it fails, they come again when the visibility time-out is over.
      await Promise.all(
        failures.filter((records) => records.length > 0).map((records) => redelivery.hasten(records).catch(() => undefined)),
      );
      return { batchItemFailures: failures.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
}

/** The queue chain for queues without order: one message after the other, and only those that failed come again. */
export function queueHandler<Schema extends z.ZodType>(
  schema: Schema,
  redelivery: Redelivery,
  work: (message: z.infer<Schema>) => Promise<void>,
) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(aroundBatch())
    .handler(async (event: SQSEvent) => {
      const failed: SQSRecord[] = [];
      // The same said twice is done once: a nudge that came while this batch was gathered asks for nothing new.
      const done = new Set<string>();
      for (const record of event.Records) {
        if (done.has(record.body)) continue;
        try {
          await work(schema.parse(JSON.parse(record.body)));
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

/** Returns the records that are to come again. */
async function handleGroup<Schema extends z.ZodType>(
  schema: Schema,
  work: GroupWorker<z.infer<Schema>>,
  records: SQSRecord[],
): Promise<SQSRecord[]> {
  const group = records[0]?.attributes.MessageGroupId;
  try {
    const isRedelivery = records.some(({ attributes }) => Number(attributes.ApproximateReceiveCount) > 1);
    await work(
      records.map((record) => schema.parse(JSON.parse(record.body))),
      isRedelivery,
    );
    return [];
  } catch (error) {
    const from = error instanceof StoppedAt ? error.index : 0;
    log.error('A group of messages comes again', {
      group,
      from,
      of: records.length,
      error: (error instanceof StoppedAt ? error.cause : error) as Error,
    });
    return records.slice(from);
  }
}
