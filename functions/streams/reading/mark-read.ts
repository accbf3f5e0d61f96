import { room } from '../../../contract/frames.ts';
import type { StreamId } from '../../../contract/ids.ts';
import type { ReadState } from '../../../contract/stream.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import { withOutbox } from '../../platform/outbox.ts';
import type { OutboxTransaction } from '../../platform/outbox.ts';
import { accessStream } from '../access.ts';
import type { AppendApp } from '../events/append.ts';
import { findEvent } from '../events/event-store.ts';
import { movePointer } from './read-store.ts';

/** Moves the caller's read pointer forward, by default to the end; never back. The cost does not depend on the unread count. */
export async function markRead(app: AppendApp, caller: UserCaller, input: { streamId: StreamId; seq?: number }): Promise<ReadState> {
  return withOutbox(app, caller, async (tx) => {
    const { stream } = await accessStream(tx, caller, input.streamId, 'read');
    return move(app, tx, caller, { streamId: stream.id, seq: input.seq ?? Number.MAX_SAFE_INTEGER, back: false });
  });
}

/** Moves the caller's read pointer to just before an event: it and all later events are unread again. */
export async function markUnread(app: AppendApp, caller: UserCaller, input: { streamId: StreamId; eventId: string }): Promise<ReadState> {
  return withOutbox(app, caller, async (tx) => {
    const { stream } = await accessStream(tx, caller, input.streamId, 'read');
    const event = await findEvent(tx, caller.userId, stream.id, input.eventId);
    if (!event) throw new AppError('not_found', 'There is no such event in this stream.');
    return move(app, tx, caller, { streamId: stream.id, seq: event.seq - 1, back: true });
  });
}

/** Moves the pointer and sends its new position to the caller's other devices. */
async function move(
  app: Pick<App, 'clock'>,
  tx: OutboxTransaction,
  caller: UserCaller,
  pointer: { streamId: StreamId; seq: number; back: boolean },
): Promise<ReadState> {
  const at = app.clock.now();
  const moved = await movePointer(tx, { ...pointer, userId: caller.userId, at });
  if (!moved) throw new AppError('not_a_member', 'Join the stream first: only its members have a read pointer.');
  if (moved.room) {
    tx.enqueue(room.user(tx.workspaceId, caller.userId), moved.room.gen, {
      seq: moved.room.rev,
      type: 'readCursor:updated',
      at: at.toISOString(),
      actor: caller.userId,
      data: { streamId: pointer.streamId, read: moved.read, unreadNotifications: moved.unreadNotifications },
    });
  }
  return moved.read;
}
