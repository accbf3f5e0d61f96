import { SmilePlus } from 'lucide-react';
import type { Reaction, StreamEvent } from '../../../../contract/event.ts';
import { nameOfEmoji } from '../../ui/emoji/emoji-search.ts';
import { nameList } from '../../ui/name-list.ts';
import classes from './reaction-bar.module.css';
import { PeopleTooltip } from '../../ui/people-tooltip.tsx';
import { useRowContext, type RowContext } from '../actions/row-context.ts';

/** The reactions to an event; a click adds or removes the reader's own. */
export function ReactionBar({ event, isReachable }: { event: StreamEvent; isReachable: boolean }) {
  const context = useRowContext();
  if (event.reactions.length === 0) return null;
  const tabIndex = isReachable ? 0 : -1;
  return (
    <div className={classes.bar} role="group" aria-label="Reactions">
      {event.reactions.map((reaction) => {
        const isMine = reaction.userIds.some((id) => id === context.me.id);
        const who = namesOfReactors(reaction, context);
        return (
          <PeopleTooltip key={reaction.emoji} label={`${who} reacted with ${nameOfEmoji(reaction.emoji)}`}>
            <button
              type="button"
              className={classes.chip}
              aria-pressed={isMine}
              aria-label={`${nameOfEmoji(reaction.emoji)}, ${reaction.count}: ${who}`}
              tabIndex={tabIndex}
              disabled={!context.rights.post}
              onClick={() => context.actions.onReact(event, reaction.emoji)}
            >
              <span aria-hidden="true">{reaction.emoji}</span> {reaction.count}
            </button>
          </PeopleTooltip>
        );
      })}
      {context.rights.post && (
        <button
          type="button"
          className={classes.add}
          aria-label="Add reaction"
          tabIndex={tabIndex}
          onClick={() => context.actions.onPick(event.id)}
        >
          <SmilePlus size={14} />
        </button>
      )}
    </div>
  );
}

/** "You, Ada and 3 others". */
function namesOfReactors({ userIds, count }: Reaction, { me, nameOf }: Pick<RowContext, 'me' | 'nameOf'>): string {
  const isMine = userIds.some((id) => id === me.id);
  const others = userIds.filter((id) => id !== me.id).map((id) => nameOf(id));
  return nameList(isMine ? ['You', ...others] : others, count);
}
