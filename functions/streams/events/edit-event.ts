import type { StreamEvent } from '../../../contract/event.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import type { AppendApp } from './append.ts';
import { changeEvent } from './change-event.ts';
import { noteCountsChanged } from './log-store.ts';
import { updateText } from './text-store.ts';
import { here, lockMembers } from '../mentions/mention-store.ts';
import { findMentions, givenBefore } from '../mentions/mentions.ts';
import { notifyMentioned, withdrawMentions } from '../mentions/notify.ts';

/**
 * Replaces the text of the caller's own event and keeps the previous version. Notifies newly mentioned members and withdraws the
 * notifications of those no longer mentioned.
 */
export async function editEvent(
  app: AppendApp,
  caller: UserCaller,
  input: { streamId: string; eventId: string; text: string; ifMatch?: number },
): Promise<StreamEvent> {
  return changeEvent(app, caller, input, {
    type: 'event:edited',
    action: 'post',
    ifMatch: input.ifMatch,
    check(event) {
      if (event.actorId !== caller.userId) throw new AppError('not_author', 'It was posted by someone else.');
      if (event.deletedAt === null && event.content === null) {
        throw new AppError('wrong_event_type', `An event of type ${event.eventType} has no text to edit.`);
      }
    },
    isDone: (event) => event.content?.text === input.text,
    async write(tx, event, seq, found) {
      const { stream } = found;
      const editedAt = app.clock.now();
      const given = givenBefore({ text: event.content?.text ?? '', mentions: event.content?.mentions ?? [] }, input.text);
      const author = { authorId: caller.userId, authorRole: found.caller.workspaceRole, streamId: input.streamId };
      const mentions = await findMentions(tx, author, input.text, given);
      const change = {
        eventId: event.id,
        seq,
        text: input.text,
        mentions,
        expectedSeq: event.changedSeq,
        editedAt,
        editedBy: caller.userId,
      };
      if (!(await updateText(tx, change))) return 'conflict';
      const before = idsOf(event.content?.mentions ?? []);
      const after = idsOf(mentions);
      const removed = before.filter((id) => !after.includes(id));
      const added = mentions.filter(({ id }) => !before.includes(id));
      if (removed.length > 0 && added.length > 0) await lockMembers(tx, [...removed, ...idsOf(added)]);
      if (removed.length > 0)
        await withdrawMentions(
          app,
          tx,
          event,
          after.map((id) => (id === 'here' ? here : id)),
        );
      if (added.length > 0) await notifyMentioned(app, tx, stream, { ...event, content: { text: input.text, mentions: added } });
      if (before.length !== after.length || added.length > 0) noteCountsChanged(tx, stream.id);
      return 'written';
    },
  });
}

const idsOf = (mentions: readonly { type: string; id: string }[]): string[] =>
  mentions.filter(({ type }) => type !== 'stream').map(({ id }) => id);
