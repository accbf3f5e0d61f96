import { memo } from 'react';
import { Avatar } from '../ui/avatar.tsx';
import { dayLabel, fullTimeOf, timeOf } from '../ui/times.ts';
import { MessageBody } from './message-body.tsx';
import { MessageEditor } from './message-editor.tsx';
import classes from './event-item.module.css';
import { EventTools } from './event-tools.tsx';
import { PendingStatus } from './pending-status.tsx';
import type { RowActions } from './row-actions.ts';
import type { EventRow, PendingRow } from './timeline.ts';

export interface EventItemProps {
  readonly row: EventRow | PendingRow;
  readonly me: { readonly id: string; readonly name: string };
  /** The keyboard is on it. */
  readonly isActive: boolean;
  readonly isEdited: boolean;
  /** The start of the viewer's day, in milliseconds. */
  readonly today: number;
  readonly actions: RowActions;
}

/** One message with what stands above it: the day, the line "New". */
export const EventItem = memo(function EventItem(props: EventItemProps) {
  const { row, today } = props;
  const isFirstNew = row.kind === 'event' && row.isFirstNew;
  return (
    <div className={classes.wrap}>
      {row.day !== undefined && <h2 className={classes.divider}>{dayLabel(row.day, today)}</h2>}
      {isFirstNew && <p className={classes.newLine}>New</p>}
      <Message {...props} />
    </div>
  );
}, isSame);

function Message({ row, me, isActive, isEdited, actions }: EventItemProps) {
  const author = row.kind === 'event' ? { id: row.event.actorId, name: row.event.actorName } : me;
  const at = Date.parse(row.kind === 'event' ? row.event.createdAt : row.pending.createdAt);
  const isOwn = author.id === me.id;
  const hasTools = row.kind === 'event' && row.event.deletedAt === null && !isEdited;
  return (
    <article
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrow keys move the focus from message to message
      tabIndex={isActive ? 0 : -1}
      className={classes.message}
      data-row={row.key}
      data-opens={row.opensGroup}
      data-active={isActive}
      data-status={row.kind === 'pending' ? row.pending.status : undefined}
      aria-label={`${author.name}, ${timeOf(at)}`}
    >
      <div className={classes.gutter}>{row.opensGroup ? <Avatar id={author.id} name={author.name} /> : <Time at={at} />}</div>
      <div className={classes.body}>
        {row.opensGroup && (
          <div className={classes.byline}>
            <bdi className={classes.author}>{author.name}</bdi>
            <Time at={at} />
          </div>
        )}
        <Content row={row} isEdited={isEdited} actions={actions} />
      </div>
      {hasTools && <EventTools event={row.event} isOwn={isOwn} isReachable={isActive} actions={actions} />}
    </article>
  );
}

function Content({ row, isEdited, actions }: Pick<EventItemProps, 'row' | 'isEdited' | 'actions'>) {
  if (row.kind === 'pending') {
    return (
      <>
        <MessageBody text={row.pending.text} />
        <PendingStatus pending={row.pending} actions={actions} />
      </>
    );
  }
  const { event } = row;
  if (isEdited) return <MessageEditor event={event} actions={actions} />;
  if (!event.content) return <p className={classes.deleted}>This message was deleted.</p>;
  return <MessageBody text={event.content.text} editedAt={event.editedAt} />;
}

function Time({ at }: { at: number }) {
  return (
    <time className={classes.time} dateTime={new Date(at).toISOString()} title={fullTimeOf(at)}>
      {timeOf(at)}
    </time>
  );
}

/** Rows are made anew with each change of the stream; most of them say the same as before. */
function isSame(before: EventItemProps, after: EventItemProps): boolean {
  return isShallowSame({ ...before, row: null }, { ...after, row: null }) && isShallowSame(before.row, after.row);
}

function isShallowSame(before: object, after: object): boolean {
  const entries = Object.entries(before);
  const others = after as Record<string, unknown>;
  return entries.length === Object.keys(after).length && entries.every(([key, value]) => Object.is(value, others[key]));
}
