import { newId } from '../../contract/ids.ts';
import type { FanOutMessage } from '../../contract/messages/fan-out.ts';
import type { SharesNudge, StreamNudge } from '../../contract/messages/follow-up.ts';
import type { EmbeddingsMessage, EpochsMessage } from '../../contract/messages/memory.ts';
import type { Delivery, NotifyMessage } from '../../contract/messages/notifications.ts';
import type { RetentionMessage } from '../../contract/messages/retention.ts';
import type { App } from './app.ts';
import { isUnavailable } from './errors.ts';
import { groupOf } from './outbox.ts';

/**
 * Messages that may be lost, repeated or late without harm. Messages that must arrive go through the outbox (`outbox.ts`). No other module
 * sends to a queue.
 */
interface NudgeMessages {
  followUp: StreamNudge;
  shares: SharesNudge;
  epochs: EpochsMessage;
  embeddings: EmbeddingsMessage;
  retention: RetentionMessage;
  notify: NotifyMessage;
  deliveries: Delivery;
}
type QueueName = keyof NudgeMessages;
type QueueApp<Name extends QueueName> = Pick<App, 'queues' | `${Name}QueueUrl`>;

/**
 * Sends a worker a hint to check something, after a delay of up to 900 seconds. A nudge names the place, never the data; only
 * a delivery has it, because its worker has no database. Rejects when the
 * queue did not take it: with `QueueRejection` when it refused the message, otherwise with the error of the call. The other queues than that
 * of badges are fair: the messages of one workspace do not delay another's.
 */
export async function nudge<Name extends QueueName>(
  app: QueueApp<Name>,
  name: Name,
  message: NudgeMessages[Name],
  delaySeconds = 0,
): Promise<void> {
  const url = app[`${name}QueueUrl`];
  const group = name === 'followUp' ? undefined : message.workspaceId;
  await app.queues.sendLater(url, message, delaySeconds, group).catch((error: unknown) => {
    if (isUnavailable(error)) throw error;
    throw new QueueRejection(`The queue ${name} refused a message of the kind ${message.kind}: ${(error as Error).message}`, {
      cause: error,
    });
  });
}

/** Error: a queue answered, and did not take all of the messages. Its text names them. */
export class QueueRejection extends Error {}

/** A frame outside any log, with the group that keeps its order: the room's name, or any other. */
export interface Push {
  readonly group: string;
  readonly message: Exclude<FanOutMessage, { kind: 'item' | 'derived' | 'close-user' }>;
}

/**
 * Sends frames that are in no log to the fan-out queue: signals, pointers, replays, goodbyes. Rejects with `QueueRejection` unless the queue took
 * all of them; the caller handles the loss.
 */
export async function push(app: Pick<App, 'queues' | 'fanOutQueueUrl'>, pushes: readonly Push[]): Promise<void> {
  if (pushes.length === 0) return;
  const messages = pushes.map(({ group, message }) => ({ id: newId('outbox'), group: groupOf(group), body: message }));
  const { taken } = await app.queues.send(app.fanOutQueueUrl, messages);
  const missing = messages.filter(({ id }) => !taken.has(id));
  if (missing.length === 0) return;
  const kinds = [...new Set(missing.map(({ body }) => body.kind))].join(', ');
  throw new QueueRejection(`The fan-out queue did not take ${missing.length} of ${messages.length} messages, of the kinds: ${kinds}`);
}
