import type { StreamEvent } from '../../../contract/event.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import type { AppendApp } from './append.ts';
import { changeEvent } from './change-event.ts';
import { markDeleted } from './text-store.ts';
import { unnotify } from '../mentions/notify.ts';
import { mayDo } from '../policy.ts';
import { isCountable } from '../stream.ts';

/**
 * Deletes the caller's own event, or anybody's as who manages the stream: its place in the log stays, its content is told no more, and it
 * counts in nobody's badge. Deleting it again changes nothing.
 */
export async function deleteEvent(
  app: AppendApp,
  caller: UserCaller,
  input: { streamId: string; eventId: string; ifMatch?: number },
): Promise<StreamEvent> {
  return changeEvent(app, caller, input, {
    type: 'event:deleted',
    action: 'post',
    ifMatch: input.ifMatch,
    check(event, found) {
      if (!isCountable(event.eventType)) throw new AppError('wrong_event_type', 'What happened to the stream cannot be deleted.');
      if (event.actorId !== caller.userId && mayDo(found, 'moderate') !== 'yes') {
        throw new AppError('not_author', 'It was posted by someone else; owners and admins of the stream may delete it.');
      }
    },
    isDone: (event) => event.deletedAt !== null,
    async write(tx, event, seq, { stream }) {
      const deletedAt = app.clock.now();
      const change = { streamId: stream.id, eventId: event.id, seq, expectedSeq: event.changedSeq, deletedAt };
      if (!(await markDeleted(tx, change))) return 'conflict';
      if ((event.content?.mentions ?? []).length > 0) await unnotify(app, tx, event);
      return 'written';
    },
  });
}
