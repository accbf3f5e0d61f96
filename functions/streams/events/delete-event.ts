import type { StreamEvent } from '../../../contract/event.ts';
import { allows } from '../../../contract/policy.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import type { AppendApp } from './append.ts';
import { changeEvent } from './change-event.ts';
import { markDeleted } from './text-store.ts';
import { nudgePurge } from './nudge-purge.ts';
import type { PurgeNudgeApp } from './nudge-purge.ts';
import { withdrawMentions } from '../mentions/notify.ts';
import { isCountable } from '../stream.ts';

/**
 * Deletes the caller's own event, or any event for callers who manage the stream. Its position stays, its content is hidden at once and purged
 * soon after, and it counts in no badge. Deleting it again changes nothing.
 */
export async function deleteEvent(
  app: AppendApp & PurgeNudgeApp,
  caller: UserCaller,
  input: { streamId: string; eventId: string; ifMatch?: number },
): Promise<StreamEvent> {
  const deleted = await changeEvent(app, caller, input, {
    type: 'event:deleted',
    action: 'post',
    ifMatch: input.ifMatch,
    check(event, found) {
      if (!isCountable(event.eventType)) throw new AppError('wrong_event_type', 'What happened to the stream cannot be deleted.');
      if (event.actorId !== caller.userId && !allows(found.stream, 'moderate')) {
        throw new AppError('not_author', 'It was posted by someone else; owners and admins of the stream may delete it.');
      }
    },
    isDone: (event) => event.deletedAt !== null,
    async write(tx, event, seq, { stream }) {
      const deletedAt = app.clock.now();
      const change = { streamId: stream.id, eventId: event.id, seq, expectedSeq: event.changedSeq, deletedAt };
      if (!(await markDeleted(tx, change))) return 'conflict';
      if ((event.content?.mentions ?? []).length > 0) await withdrawMentions(app, tx, event);
      return 'written';
    },
  });
  await nudgePurge(app, caller.workspaceId);
  return deleted;
}
