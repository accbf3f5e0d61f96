import { newId } from '../../contract/ids.ts';
import type { FanOutMessage } from '../../contract/messages/fan-out.ts';
import type { FollowUp } from '../../contract/messages/follow-up.ts';
import type { EmbeddingsMessage, EpochsMessage } from '../../contract/messages/memory.ts';
import type { App } from './app.ts';
import { groupOf } from './outbox.ts';

/**
 * The lossy door: what may be lost, repeated or late without harm. What must arrive goes by the outbox (`outbox.ts`), the other door; no other
 * module sends to a queue.
 */
interface Nudges {
  followUp: FollowUp;
  epochs: EpochsMessage;
  embeddings: EmbeddingsMessage;
}
type QueueName = keyof Nudges;
type QueueApp<Name extends QueueName> = Pick<App, 'queues' | `${Name}QueueUrl`>;

/**
 * Asks the worker of a queue to look somewhere, after a delay of up to 900 seconds. A nudge says where to look, never what is there. Rejects
 * when the queue did not take it. Memory queues are fair: the messages of one workspace do not hold up another's.
 */
export function nudge<Name extends QueueName>(app: QueueApp<Name>, name: Name, message: Nudges[Name], delaySeconds = 0): Promise<void> {
  const url = app[`${name}QueueUrl`];
  return app.queues.sendLater(url, message, delaySeconds, name === 'followUp' ? undefined : message.workspaceId);
}

/** The fan-out queue took some of the messages and not others. */
export class NotTaken extends Error {}

/** A frame that stands in no log, with the group whose order it keeps: the room's name, or any other. */
export interface Push {
  readonly group: string;
  readonly message: Exclude<FanOutMessage, { kind: 'item' | 'derived' | 'close-user' }>;
}

/**
 * Sends frames that stand in no log to the fan-out queue: signals, pointers, replays, goodbyes. Rejects with `NotTaken` unless the queue
 * took all of them; the caller decides what a loss means.
 */
export async function push(app: Pick<App, 'queues' | 'fanOutQueueUrl'>, pushes: readonly Push[]): Promise<void> {
  if (pushes.length === 0) return;
  const messages = pushes.map(({ group, message }) => ({ id: newId('outbox'), group: groupOf(group), body: message }));
  const taken = await app.queues.send(app.fanOutQueueUrl, messages);
  if (taken.size < messages.length) throw new NotTaken(`The fan-out queue took ${taken.size} of ${messages.length} messages`);
}
