import type { StreamEvent } from '../../../contract/event.ts';
import type { RoomItem } from '../../../contract/frames.ts';
import { room } from '../../../contract/frames.ts';
import type { StreamAction } from '../../../contract/policy.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessStream } from '../access.ts';
import type { AppendApp } from './append.ts';
import { takePosition } from './log-store.ts';
import { forRoom } from './event-rows.ts';
import { findEvent } from './event-store.ts';
import type { StreamForCaller } from '../stream.ts';

interface Change {
  readonly type: 'event:edited' | 'event:deleted' | 'event:updated' | 'reaction';
  readonly action: StreamAction;
  /** Position that the caller expects the event's last change to have; undefined: any. */
  readonly ifMatch?: number | undefined;
  /** Checks that the caller may change this event; throws otherwise. */
  check?(event: StreamEvent, found: StreamForCaller): void;
  /** Returns true if the event is already in the desired state; then nothing is written. */
  isDone?(event: StreamEvent): boolean;
  /** Writes the change at position `seq`. `nothing`: the event was already in that state; `conflict`: a concurrent change won. */
  write(tx: OutboxTransaction, event: StreamEvent, seq: number, found: StreamForCaller): Promise<'written' | 'nothing' | 'conflict'>;
}

/** Changes an event: it takes a new position in the log, and its room gets the new state. */
export async function changeEvent(
  app: AppendApp,
  caller: UserCaller,
  { streamId, eventId }: { streamId: string; eventId: string },
  change: Change,
): Promise<StreamEvent> {
  return withOutbox(app, caller, async (tx) => {
    const found = await accessStream(tx, caller, streamId, change.action);
    // The position is taken first: its row lock makes every change of the stream wait for this one.
    const { seq } = await takePosition(tx, streamId);
    const event = await findEvent(tx, caller.userId, streamId, eventId);
    if (!event) throw new AppError('not_found');
    change.check?.(event, found);
    if (change.isDone?.(event) === true) throw new NothingToDo(event);
    if (event.deletedAt !== null) throw new AppError('event_deleted');
    if (change.ifMatch !== undefined && change.ifMatch !== event.changedSeq) {
      throw new AppError('precondition_failed', `It is at position ${event.changedSeq} now.`);
    }
    const outcome = await change.write(tx, event, seq, found);
    if (outcome === 'nothing') throw new NothingToDo(event);
    if (outcome === 'conflict') throw new AppError('precondition_failed', 'It was changed at the same moment.');
    const changed = await findEvent(tx, caller.userId, streamId, eventId);
    if (!changed) throw new Error(`The event ${eventId} is gone`);
    enqueueChange(tx, found.stream.gen, changed, { type: change.type, actor: caller.userId, at: app.clock.now() });
    return changed;
  }).catch((error: unknown) => {
    if (error instanceof NothingToDo) return error.event;
    throw error;
  });
}

/**
 * Enqueues a changed event for its room. The preview of a shared original depends on the reader, and so does a stream of its own that
 * branched off, so both are left out and each reader fetches them.
 */
export function enqueueChange(
  tx: OutboxTransaction,
  gen: string,
  event: StreamEvent,
  { type, actor, at }: { type: Change['type']; actor: string | null; at: Date },
): void {
  const item = { seq: event.changedSeq, type, eventId: event.id, at: at.toISOString(), actor, data: forRoom(event) } as RoomItem;
  tx.enqueue(room.stream(tx.workspaceId, event.streamId), gen, item);
}

/** Rolls back the transaction, so that a repeat takes no position. */
class NothingToDo extends Error {
  readonly event: StreamEvent;
  constructor(event: StreamEvent) {
    super('It is so already');
    this.event = event;
  }
}
