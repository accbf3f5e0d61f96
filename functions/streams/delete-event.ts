import type { StreamEvent } from '../../contract/event.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { changeEvent } from './change-event.ts';
import type { ChangeEventApp } from './change-event.ts';
import { markDeleted } from './event-store.ts';

/** Deletes the caller's own message: its place in the log stays, its text is told no more. Deleting it again changes nothing. */
export async function deleteEvent(
  app: ChangeEventApp,
  caller: UserCaller,
  input: { streamId: string; eventId: string; ifMatch?: number },
): Promise<StreamEvent> {
  return changeEvent(app, caller, input, {
    kind: 'deleted',
    ifMatch: input.ifMatch,
    isDone: (event) => event.deletedAt !== null,
    async write(tx, event, seq) {
      const deletedAt = app.clock.now();
      const written = await markDeleted(tx, { eventId: event.id, seq, expectedSeq: event.changedSeq, deletedAt });
      return written && { ...event, changedSeq: seq, content: null, deletedAt: deletedAt.toISOString() };
    },
  });
}
