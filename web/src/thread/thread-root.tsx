import type { LiveSnapshot } from '../../../client/stream/live-stream.ts';
import { Avatar } from '../ui/avatar.tsx';
import { dayLabel, timeOf } from '../ui/times.ts';
import { useToday } from '../ui/use-today.ts';
import { sentenceOf } from '../ui/problem-words.ts';
import { EventRoot } from './event-root.tsx';
import classes from './thread-panel.module.css';
import { useRootEvent } from '../workspace/use-root-event.ts';

interface Props {
  readonly streamId: string;
  readonly eventId: string;
  /** The live stream beside the panel, which keeps the event up to date while it is loaded. */
  readonly snapshot: LiveSnapshot;
}

/** The event that a thread branched from. */
export function ThreadRoot({ streamId, eventId, snapshot }: Props) {
  const read = useRootEvent(streamId, eventId);
  const today = useToday();
  const event = snapshot.events.find(({ id }) => id === eventId) ?? read.event;
  if (!event)
    return read.problem ? <p className={classes.root}>{sentenceOf(read.problem)}</p> : <div className={classes.root} aria-busy="true" />;
  const at = Date.parse(event.createdAt);
  return (
    <article className={classes.root} aria-label={`${event.actorName}, ${timeOf(at)}`}>
      <Avatar id={event.actorId} name={event.actorName} size={30} />
      <div className={classes.rootBody}>
        <p className={classes.byline}>
          <bdi>{event.actorName}</bdi>{' '}
          <time dateTime={event.createdAt}>
            {dayLabel(at, today)}, {timeOf(at)}
          </time>
        </p>
        <EventRoot event={event} />
      </div>
    </article>
  );
}
