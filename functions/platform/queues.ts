import { SQSClient, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { metric } from '../../contract/names.ts';
import type { Log } from './log.ts';
import type { AppMetrics } from './metrics.ts';

/** A message for a FIFO queue: `group` keeps order; the queue deduplicates by `id` for five minutes. */
export interface QueueMessage {
  readonly id: string;
  readonly group: string;
  readonly body: unknown;
}

/** Ids of sent messages by outcome. An id in neither set was not taken for a reason that may pass. */
export interface SendOutcome {
  readonly taken: ReadonlySet<string>;
  /** Ids of messages that the queue never takes as they are. */
  readonly refused: ReadonlySet<string>;
}

/** Sends to queues. Logs and counts each message that a queue did not take. */
export interface Queues {
  /**
   * Sends messages to a FIFO queue. The caller handles the messages that were not taken. One refused message never keeps others back.
   * Throws when the queue does not answer.
   */
  send(queueUrl: string, messages: readonly QueueMessage[]): Promise<SendOutcome>;
  /**
   * Sends one message to a queue without order, with a delay of up to 900 seconds. Throws when the queue rejects it. `group` is the owner
   * of the message; the queue keeps a group with a long backlog from delaying the others.
   */
  sendLater(queueUrl: string, body: unknown, delaySeconds: number, group?: string): Promise<void>;
}

interface Observed {
  readonly log: Log;
  readonly metrics: AppMetrics;
}

export const openQueues = (app: Observed): Queues => createQueues(new SQSClient({ maxAttempts: 3 }), app);

/** SQS limits: ten messages and 1 MiB per call. */
const maxBatch = 10;
const maxBatchBytes = 900_000;

/** A message with the text of its body. */
interface Draft {
  readonly message: QueueMessage;
  readonly text: string;
}
interface Failure {
  readonly id: string;
  readonly reason: string;
  readonly isRefusal: boolean;
}

export function createQueues(client: SQSClient, { log, metrics }: Observed): Queues {
  const report = (queueUrl: string, failures: readonly Failure[]): void => {
    if (failures.length === 0) return;
    metrics.count(metric.messagesNotTaken, failures.length);
    log.error('A queue did not take messages', { queueUrl, messages: failures });
  };
  return {
    async send(queueUrl, messages) {
      const { drafts, failures } = draftsOf(messages);
      for (const batch of batches(drafts)) failures.push(...(await sendBatch(client, queueUrl, batch)));
      report(queueUrl, failures);
      const failed = new Set(failures.map(({ id }) => id));
      return {
        taken: new Set(messages.map(({ id }) => id).filter((id) => !failed.has(id))),
        refused: new Set(failures.filter(({ isRefusal }) => isRefusal).map(({ id }) => id)),
      };
    },
    async sendLater(queueUrl, body, delaySeconds, group) {
      const message = {
        MessageBody: queueText(body),
        DelaySeconds: delaySeconds,
        ...(group !== undefined && { MessageGroupId: group }),
      };
      try {
        await client.send(new SendMessageCommand({ QueueUrl: queueUrl, ...message }));
      } catch (error) {
        if (isRefusal(error)) report(queueUrl, [{ id: group ?? '', reason: (error as Error).name, isRefusal: true }]);
        throw error;
      }
    },
  };
}

/**
 * JSON text that SQS takes for any value. SQS refuses U+FFFE and U+FFFF, which JSON allows as they are. It also refuses control characters
 * and halves of surrogate pairs, which `JSON.stringify` escapes.
 */
export const queueText = (body: unknown): string =>
  JSON.stringify(body).replaceAll(/[\ufffe\uffff]/g, (character) => (character === '\ufffe' ? '\\ufffe' : '\\uffff'));

/** Converts messages to texts, each by itself: a value nested too deep for JSON fails alone. */
function draftsOf(messages: readonly QueueMessage[]): { drafts: Draft[]; failures: Failure[] } {
  const drafts: Draft[] = [];
  const failures: Failure[] = [];
  for (const message of messages) {
    try {
      drafts.push({ message, text: queueText(message.body) });
    } catch (error) {
      failures.push({ id: message.id, reason: (error as Error).message, isRefusal: true });
    }
  }
  return { drafts, failures };
}

/** Sends one batch and returns the messages that were not taken. Throws when the queue does not answer. */
async function sendBatch(client: SQSClient, queueUrl: string, batch: readonly Draft[]): Promise<Failure[]> {
  const Entries = batch.map(({ message, text }, index) => ({
    Id: String(index),
    MessageBody: text,
    MessageGroupId: message.group,
    MessageDeduplicationId: message.id,
  }));
  try {
    const { Successful, Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    const taken = new Set(Successful?.map(({ Id }) => Id));
    const reasons = new Map(Failed?.map((entry) => [entry.Id, entry]));
    return batch.flatMap(({ message: { id } }, index) => {
      if (taken.has(String(index))) return [];
      const entry = reasons.get(String(index));
      return [{ id, reason: entry?.Code ?? 'not mentioned', isRefusal: entry?.SenderFault === true }];
    });
  } catch (error) {
    const [only, ...others] = batch;
    if (!only || !isRefusal(error)) throw error;
    if (others.length === 0) return [{ id: only.message.id, reason: (error as Error).name, isRefusal: true }];
    // One message spoils the call: each message is sent by itself, in order.
    const failures: Failure[] = [];
    for (const draft of batch) failures.push(...(await sendBatch(client, queueUrl, [draft])));
    return failures;
  }
}

/** Errors of SQS about what was sent, which no retry mends. */
const refusals = /InvalidMessageContents|BatchRequestTooLong|InvalidParameterValue|MissingParameter|MissingRequiredParameter/;
const isRefusal = (error: unknown): boolean => error instanceof Error && refusals.test(error.name);

function* batches(drafts: readonly Draft[]) {
  let batch: Draft[] = [];
  let bytes = 0;
  for (const draft of drafts) {
    const size = Buffer.byteLength(draft.text);
    if (batch.length === maxBatch || (batch.length > 0 && bytes + size > maxBatchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(draft);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
