import { CircleAlert, Clock } from 'lucide-react';
import type { PendingEvent } from '../../../../client/stream/live-stream.ts';
import { sentenceOf } from '../../ui/problem-words.ts';
import type { EventActions } from '../actions/event-actions.ts';
import classes from './pending-status.module.css';

/** The state of an own message: on its way, or the reason of the failure and the actions for it. */
export function PendingStatus({ pending, actions }: { pending: PendingEvent; actions: Pick<EventActions, 'onRetry' | 'onDiscard'> }) {
  const { clientEventId, problem } = pending;
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
      <span>Not sent. {problem ? sentenceOf(problem) : 'Try it again.'}</span>
      <button type="button" onClick={() => actions.onRetry(clientEventId)}>
        Retry
      </button>
      <button type="button" onClick={() => actions.onDiscard(clientEventId)}>
        Discard
      </button>
    </p>
  );
}
