import { CircleAlert, Clock } from 'lucide-react';
import type { PendingEvent } from '../../../../client/stream/live-stream.ts';
import { unsentSentence } from '../../ui/problem-words.ts';
import { noticeOf } from '../../workspace/stream-actions.ts';
import { useWorkspace } from '../../workspace/workspace-context.ts';
import type { EventActions } from '../actions/event-actions.ts';
import classes from './pending-status.module.css';

/** Actions on an unsent message. Without `onRetry` it can only be copied or discarded. */
export type PendingActions = Pick<EventActions, 'onDiscard'> & Partial<Pick<EventActions, 'onRetry'>>;

/** The state of an own message: on its way, or the reason of the failure and the actions for it. */
export function PendingStatus({ pending, actions }: { pending: PendingEvent; actions: PendingActions }) {
  const { clientEventId, problem, text } = pending;
  const { onRetry, onDiscard } = actions;
  const copy = useCopy();
  if (pending.status === 'sending') {
    return (
      <p className={classes.status}>
        <Clock size={12} aria-hidden="true" /> Sending…
      </p>
    );
  }
  return (
    <p className={classes.status} data-failed role="alert">
      <CircleAlert size={14} aria-hidden="true" />
      <span>Not sent. {problem ? unsentSentence(problem) : 'Try it again.'}</span>
      {onRetry && (
        <button type="button" onClick={() => onRetry(clientEventId)}>
          Retry
        </button>
      )}
      {problem?.retry === 'never' && text !== '' && (
        <button type="button" onClick={() => copy(text)}>
          Copy
        </button>
      )}
      <button type="button" onClick={() => onDiscard(clientEventId)}>
        Discard
      </button>
    </p>
  );
}

function useCopy(): (text: string) => void {
  const { tell } = useWorkspace();
  return (text) => {
    navigator.clipboard.writeText(text).then(
      () => tell({ text: 'Copied.' }),
      (error: unknown) => tell(noticeOf(error)),
    );
  };
}
