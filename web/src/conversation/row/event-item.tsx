import { memo } from 'react';
import { Pin } from 'lucide-react';
import { EpochDivider } from '../../epochs/epoch-divider.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { dayLabel, fullTimeOf, timeOf } from '../../ui/times.ts';
import { EventContent } from './event-content.tsx';
import classes from './event-item.module.css';
import { EventThread, HiddenBranch } from './event-thread.tsx';
import { EventActionBar } from './event-action-bar.tsx';
import { isForMe } from './mention-text.ts';
import { MessageEditor } from './message-editor.tsx';
import { PendingContent } from './pending-content.tsx';
import { ReactionBar } from './reaction-bar.tsx';
import { hasHiddenBranch } from '../actions/branch.ts';
import { useRowContext } from '../actions/row-context.ts';
import { SystemRow } from './system-row.tsx';
import type { EventRow, PendingRow, Row, TopicRow } from '../timeline/timeline.ts';

export interface EventItemProps {
  readonly row: Exclude<Row, { kind: 'top' }>;
  /** The row has the keyboard focus. */
  readonly isActive: boolean;
  readonly isEdited: boolean;
  /** The emoji picker is open at the row. */
  readonly isPicking: boolean;
  /** The start of the viewer's day, in milliseconds. */
  readonly today: number;
}

/** One row with its heading: the day, the epoch that begins, the line "New". */
export const EventItem = memo(function EventItem(props: EventItemProps) {
  const { row } = props;
  if (row.kind === 'topic') return <UpcomingTopic {...props} row={row} />;
  const isFirstNew = row.kind !== 'pending' && row.isFirstNew;
  return (
    <div className={classes.wrap}>
      <RowHeading {...props} />
      {isFirstNew && <p className={classes.newLine}>New</p>}
      {row.kind === 'notice' ? <SystemRow row={row} isActive={props.isActive} /> : <MessageRow {...props} row={row} />}
    </div>
  );
}, isSame);

function RowHeading({ row, today, isActive }: EventItemProps) {
  const { epochActions, rights } = useRowContext();
  if (row.day === undefined && !row.topic) return null;
  const day = row.day === undefined ? undefined : dayLabel(row.day, today);
  return <EpochDivider day={day} topic={row.topic} actions={epochActions} mayCurate={rights.curate} isReachable={isActive} />;
}

/** An epoch that begins at the next message. */
function UpcomingTopic(props: EventItemProps & { readonly row: TopicRow }) {
  const { row, isActive } = props;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrow keys move the focus from row to row
    <div role="note" tabIndex={isActive ? 0 : -1} className={classes.wrap} data-row={row.key} aria-label={`Topic: ${row.topic.label}`}>
      <RowHeading {...props} />
    </div>
  );
}

type MessageRowProps = EventItemProps & { readonly row: EventRow | PendingRow };

/** A message, sent or pending. */
function MessageRow({ row, isActive, isEdited, isPicking }: MessageRowProps) {
  const { me } = useRowContext();
  const event = row.kind === 'event' ? row.event : undefined;
  const author = event ? { id: event.actorId, name: event.actorName } : me;
  const at = Date.parse(row.kind === 'event' ? row.event.createdAt : row.pending.createdAt);
  const hasActions = event !== undefined && event.deletedAt === null && !isEdited;
  return (
    <article
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrow keys move the focus from row to row
      tabIndex={isActive ? 0 : -1}
      className={classes.message}
      data-row={row.key}
      data-seq={event?.seq}
      data-opens={row.opensGroup}
      data-active={isActive}
      data-for-me={event !== undefined && event.deletedAt === null && isForMe(event, me.id)}
      data-pinned={event?.pinnedAt != null}
      data-status={row.kind === 'pending' ? row.pending.status : undefined}
      aria-label={`${author.name}, ${timeOf(at)}`}
    >
      <div className={classes.gutter}>{row.opensGroup ? <Avatar id={author.id} name={author.name} /> : <Time at={at} />}</div>
      <div className={classes.body}>
        {event && <PinMark event={event} />}
        {row.opensGroup && (
          <div className={classes.byline}>
            <bdi className={classes.author}>{author.name}</bdi>
            <Time at={at} />
          </div>
        )}
        <div data-said>
          <Content row={row} isEdited={isEdited} />
        </div>
        {event && event.deletedAt === null && <ReactionBar event={event} isReachable={isActive} />}
        {event?.thread && <EventThread event={event} thread={event.thread} />}
        {event && hasHiddenBranch(event) && <HiddenBranch />}
      </div>
      {hasActions && <EventActionBar event={event} isReachable={isActive} isPicking={isPicking} />}
    </article>
  );
}

function Content({ row, isEdited }: Pick<MessageRowProps, 'row' | 'isEdited'>) {
  const { actions, uploads } = useRowContext();
  if (row.kind === 'pending') return <PendingContent {...{ uploads, actions }} pending={row.pending} />;
  return isEdited ? <MessageEditor event={row.event} actions={actions} /> : <EventContent event={row.event} />;
}

function PinMark({ event: { pinnedAt, pinnedBy } }: { event: EventRow['event'] }) {
  const { nameOf, me } = useRowContext();
  if (pinnedAt === null || pinnedBy === null) return null;
  return (
    <p className={classes.pin}>
      <Pin size={12} aria-hidden="true" /> Pinned by <bdi>{pinnedBy === me.id ? 'you' : nameOf(pinnedBy)}</bdi>
    </p>
  );
}

function Time({ at }: { at: number }) {
  return (
    <time className={classes.time} dateTime={new Date(at).toISOString()} title={fullTimeOf(at)}>
      {timeOf(at)}
    </time>
  );
}

/** Each change of the stream makes new row objects; most of them are equal to the ones before. */
function isSame(before: EventItemProps, after: EventItemProps): boolean {
  return isShallowSame({ ...before, row: null }, { ...after, row: null }) && isShallowSame(before.row, after.row);
}

function isShallowSame(before: object, after: object): boolean {
  const entries = Object.entries(before);
  const others = after as Record<string, unknown>;
  return entries.length === Object.keys(after).length && entries.every(([key, value]) => isOne(value, others[key]));
}

/** Compares the events of a notice one by one, because each change makes a new array. */
const isOne = (before: unknown, after: unknown): boolean =>
  Array.isArray(before) && Array.isArray(after)
    ? before.length === after.length && before.every((item, index) => item === after[index])
    : Object.is(before, after);
