import type { StreamEvent } from '../../contract/event.ts';
import type { UserCaller } from '../platform/authenticate.ts';
import { changeEvent } from './change-event.ts';
import type { ChangeEventApp } from './change-event.ts';
import { updateMessage } from './event-store.ts';

/** Gives the caller's own message another text. */
export async function editEvent(
  app: ChangeEventApp,
  caller: UserCaller,
  input: { streamId: string; eventId: string; text: string; ifMatch?: number },
): Promise<StreamEvent> {
  return changeEvent(app, caller, input, {
    kind: 'edited',
    ifMatch: input.ifMatch,
    isDone: (event) => event.content?.text === input.text,
    async write(tx, event, seq) {
      const editedAt = app.clock.now();
      const written = await updateMessage(tx, { eventId: event.id, seq, text: input.text, expectedSeq: event.changedSeq, editedAt });
      if (!written) return undefined;
      return {
        ...event,
        changedSeq: seq,
        content: { text: input.text, mentions: event.content?.mentions ?? [] },
        editedAt: editedAt.toISOString(),
      };
    },
  });
}
