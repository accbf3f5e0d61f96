import type { MouseEvent } from 'react';
import { AtSign, Megaphone, UserPlus } from 'lucide-react';
import type { Notification } from '../../../contract/notification.ts';
import { writePlace } from '../workspace/place.ts';
import { Avatar } from '../ui/avatar.tsx';
import { dayLabel, fullTimeOf, timeOf } from '../ui/times.ts';
import { useToday } from '../ui/use-today.ts';
import classes from './activity-page.module.css';
import { summaryOf } from './notification-summary.ts';

const icons = { mention: AtSign, here: Megaphone, invited: UserPlus } as const;

/** One line of the activity page: actor, action, stream and text. */
export function ActivityItem({ notification, onOpen }: { notification: Notification; onOpen: (notification: Notification) => void }) {
  const today = useToday();
  const { kind, actor, text, createdAt, readAt, streamId, seq } = notification;
  const at = Date.parse(createdAt);
  const Icon = icons[kind];
  const open = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onOpen(notification);
  };
  return (
    <li>
      <a className={classes.item} data-unread={readAt === null} href={writePlace({ kind: 'stream', streamId, at: seq }, '')} onClick={open}>
        <span className={classes.face}>
          <Avatar id={actor.id} name={actor.name} size={34} />
          <span className={classes.icon}>
            <Icon size={11} aria-hidden="true" />
          </span>
        </span>
        <span className={classes.words}>
          <span className={classes.summary}>
            {readAt === null && <span className="sb-hidden">Unread: </span>}
            <bdi className={classes.actor}>{actor.name}</bdi> {summaryOf(notification)}
          </span>
          {text !== null && text !== '' && (
            <span className={classes.text} dir="auto">
              {text}
            </span>
          )}
        </span>
        <time className={classes.time} dateTime={createdAt} title={fullTimeOf(at)}>
          {dayLabel(at, today) === 'Today' ? timeOf(at) : dayLabel(at, today)}
        </time>
      </a>
    </li>
  );
}
