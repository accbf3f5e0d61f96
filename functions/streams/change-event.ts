import type { StreamEvent } from '../../contract/event.ts';
import { room } from '../../contract/frames.ts';
import type { App } from '../platform/app.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { AppError } from '../platform/errors.ts';
import { withOutbox } from '../platform/outbox.ts';
import type { OutboxTransaction } from '../platform/outbox.ts';
import { accessStream } from './access.ts';
import { findEvent, takePosition } from './event-store.ts';

export type ChangeEventApp = Pick<App, 'db' | 'queues' | 'fanOutQueueUrl' | 'clock' | 'log' | 'metrics'>;

interface Change {
  readonly kind: 'edited' | 'deleted';
  /** Position that the caller believes to be the event's last change; undefined: whatever it is. */
  readonly ifMatch: number | undefined;
  /** Whether the event already is what it is to become: then nothing is written. */
  isDone(event: StreamEvent): boolean;
  /** Writes the change if the event is still at `event.changedSeq`; says what it has become, undefined if someone was faster. */
  write(tx: OutboxTransaction, event: StreamEvent, seq: number): Promise<StreamEvent | undefined>;
}

/** What editing and deleting share: the author's own event, at the expected position, takes a new position in the log and is told. */
export async function changeEvent(
  app: ChangeEventApp,
  caller: UserCaller,
  { streamId, eventId }: { streamId: string; eventId: string },
  change: Change,
): Promise<StreamEvent> {
  return withOutbox(app, caller.workspaceId, async (tx) => {
    const { stream } = await accessStream(tx, caller, streamId, 'post');
    // The position is taken first: its row lock makes every change of the stream wait for this one.
    const seq = await takePosition(tx, stream.id);
    const event = await findEvent(tx, stream.id, eventId);
    if (!event) throw new AppError('not_found');
    if (event.actorId !== caller.userId) throw new AppError('not_author', 'It was posted by someone else.');
    if (change.isDone(event)) throw new NothingToDo(event);
    if (event.deletedAt !== null) throw new AppError('event_deleted');
    if (change.ifMatch !== undefined && change.ifMatch !== event.changedSeq) {
      throw new AppError('precondition_failed', `It is at position ${event.changedSeq} now.`);
    }
    const changed = await change.write(tx, event, seq);
    if (!changed) throw new AppError('precondition_failed', 'It was changed at the same moment.');
    tx.enqueue(`event-${change.kind}`, room.stream(caller.workspaceId, stream.id), stream.gen, {
      seq,
      type: `event:${change.kind}`,
      eventId: changed.id,
      at: app.clock.now().toISOString(),
      actor: caller.userId,
      data: changed,
    });
    return changed;
  }).catch((error: unknown) => {
    if (error instanceof NothingToDo) return error.event;
    throw error;
  });
}

/** Undoes the transaction, so that a repeat takes no position. */
class NothingToDo extends Error {
  readonly event: StreamEvent;
  constructor(event: StreamEvent) {
    super('It is so already');
    this.event = event;
  }
}
