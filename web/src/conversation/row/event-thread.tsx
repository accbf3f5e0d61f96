import { ChevronRight, CornerDownRight, Hash, Siren } from 'lucide-react';
import type { StreamEvent, ThreadSummary } from '../../../../contract/event.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { fullTimeOf } from '../../ui/times.ts';
import { useNow } from '../../ui/use-now.ts';
import { relativeTime } from '../../ui/relative-time.ts';
import { hiddenBranchNote } from '../actions/branch.ts';
import classes from './event-thread.module.css';
import { useWorkspace } from '../../workspace/workspace-context.ts';

/** The thread of an event: number of replies, last author and time. */
export function EventThread({ event, thread }: { event: StreamEvent; thread: ThreadSummary }) {
  const { pageActions } = useWorkspace();
  // The clock may be a minute old, and a newer reply must not be "in a moment".
  const now = useNow(60_000);
  const { replyCount, lastReplyAt, lastRepliers, streamType, name, status } = thread;
  const isPromoted = streamType !== 'thread';
  if (replyCount === 0 && !isPromoted) return null;
  const Icon = streamType === 'incident' ? Siren : isPromoted ? Hash : CornerDownRight;
  const replies = `${replyCount} ${replyCount === 1 ? 'reply' : 'replies'}`;
  return (
    <button type="button" className={classes.thread} onClick={() => pageActions.openThread(event)}>
      <span className={classes.people} aria-hidden="true">
        {lastRepliers.length === 0 ? (
          <Icon size={14} />
        ) : (
          lastRepliers.map(({ id, name }) => <Avatar key={id} id={id} name={name} size={20} />)
        )}
      </span>
      {isPromoted && (
        <span className={classes.promoted}>
          {lastRepliers.length > 0 && <Icon size={13} aria-hidden="true" />}
          <bdi>{name ?? streamType}</bdi>
          {status !== 'active' && <i>{status}</i>}
        </span>
      )}
      <span className={classes.count}>{replies}</span>
      {lastReplyAt !== null && (
        <span className={classes.last} title={fullTimeOf(Date.parse(lastReplyAt))}>
          last reply {relativeTime(Date.parse(lastReplyAt), Math.max(now, Date.parse(lastReplyAt)))}
        </span>
      )}
      <ChevronRight size={14} className={classes.arrow} aria-hidden="true" />
    </button>
  );
}

/** The note at an event whose branch the reader may not see. */
export function HiddenBranch() {
  return (
    <p className={classes.hidden}>
      <CornerDownRight size={13} aria-hidden="true" /> {hiddenBranchNote}
    </p>
  );
}
