import type { StreamEvent } from '../../../contract/event.ts';
import { maxEmoji } from '../../../contract/event.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import { AppError } from '../../platform/errors.ts';
import type { AppendApp } from './append.ts';
import { changeEvent } from './change-event.ts';
import { touchEvent } from './log-store.ts';
import { deleteReaction, insertReaction } from './reaction-store.ts';
import { isCountable } from '../stream.ts';

interface Input {
  readonly streamId: string;
  readonly eventId: string;
  readonly emoji: string;
}

/** Adds the caller's reaction to an event; adding it again changes nothing. */
export async function addReaction(app: AppendApp, caller: UserCaller, input: Input): Promise<StreamEvent> {
  return changeEvent(app, caller, input, {
    type: 'reaction',
    action: 'post',
    check(event) {
      if (!isCountable(event.eventType)) throw new AppError('wrong_event_type', 'Reactions are for what people posted.');
    },
    async write(tx, event, seq) {
      const reaction = { eventId: event.id, emoji: input.emoji, userId: caller.userId, maxEmoji, createdAt: app.clock.now() };
      const outcome = await insertReaction(tx, reaction);
      if (outcome === 'full') throw new AppError('limit_reached', `An event has at most ${maxEmoji} different reactions.`);
      if (outcome === 'there') return 'nothing';
      touchEvent(tx, event.id, seq);
      return 'written';
    },
  });
}

/** Removes the caller's reaction; without one, nothing changes. */
export async function removeReaction(app: AppendApp, caller: UserCaller, input: Input): Promise<StreamEvent> {
  return changeEvent(app, caller, input, {
    type: 'reaction',
    action: 'post',
    async write(tx, event, seq) {
      if (!(await deleteReaction(tx, { eventId: event.id, emoji: input.emoji, userId: caller.userId }))) return 'nothing';
      touchEvent(tx, event.id, seq);
      return 'written';
    },
  });
}
