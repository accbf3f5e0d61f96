import type { Poll, StreamEvent } from '../../../contract/event.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import type { AppendApp } from './append.ts';
import { changeEvent } from './change-event.ts';
import { touchEvent } from './log-store.ts';
import { replaceVotes } from './poll-store.ts';

/** Sets the caller's votes in a poll until it closes. Repeating the same choice changes nothing. */
export async function castVotes(
  app: AppendApp,
  caller: UserCaller,
  input: { streamId: string; eventId: string; optionIds: readonly string[] },
): Promise<StreamEvent> {
  return changeEvent(app, caller, input, {
    type: 'event:updated',
    action: 'post',
    async write(tx, event, seq) {
      if (event.poll === null) throw new AppError('wrong_event_type', 'Votes are for polls.');
      const now = app.clock.now();
      if (event.poll.closesAt !== null && new Date(event.poll.closesAt) <= now)
        throw new AppError('poll_closed', `Since ${event.poll.closesAt}.`);
      const optionIds = [...new Set(input.optionIds)];
      checkChoice(event.poll, optionIds);
      if (!(await replaceVotes(tx, { pollId: event.id, userId: caller.userId, optionIds, votedAt: now }))) return 'nothing';
      touchEvent(tx, event.id, seq);
      return 'written';
    },
  });
}

function checkChoice(poll: Poll, optionIds: readonly string[]): void {
  const known = poll.options.map(({ id }) => id);
  const wrong = optionIds.findIndex((id) => !known.includes(id));
  const path = wrong >= 0 ? `body.optionIds.${wrong}` : 'body.optionIds';
  const message = wrong >= 0 ? `must be one of ${known.join(', ')}` : 'must hold one option at most: this poll takes one answer';
  if (wrong >= 0 || (!poll.multiple && optionIds.length > 1)) {
    throw new AppError('invalid_input', `${path}: ${message}`, { errors: [{ path, message }] });
  }
}
