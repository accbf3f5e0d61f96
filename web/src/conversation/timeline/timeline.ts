import type { StreamEvent } from '../../../../contract/event.ts';
import type { PendingEvent } from '../../../../client/stream/live-stream.ts';
import type { EpochStart } from '../../epochs/epoch-starts.ts';
import { dayKey } from '../../ui/times.ts';
import { isNotice } from '../../workspace/event-kind.ts';

interface RowBase {
  /** Stays the same when a pending message becomes an event, so that the row need not render again. */
  readonly key: string;
  /** The time of the first message of a day, in milliseconds; undefined for the others. */
  readonly day: number | undefined;
  /** The first message of a group shows author and time. */
  readonly opensGroup: boolean;
  /** The epoch that begins at this row. */
  readonly topic: EpochStart | undefined;
}
export interface TopRow {
  readonly kind: 'top';
  readonly key: 'top';
}
export interface EventRow extends RowBase {
  readonly kind: 'event';
  readonly event: StreamEvent;
  /** The first message that the reader has not seen. */
  readonly isFirstNew: boolean;
}
/** A notice in one line. People who join one after the other share it. */
export interface NoticeRow extends RowBase {
  readonly kind: 'notice';
  /** Sorted oldest first; never empty. */
  readonly events: readonly StreamEvent[];
  readonly isFirstNew: boolean;
}
export interface PendingRow extends RowBase {
  readonly kind: 'pending';
  readonly pending: PendingEvent;
}
/** An epoch that has begun and has no message yet. */
export interface TopicRow extends RowBase {
  readonly kind: 'topic';
  readonly topic: EpochStart;
}
export type Row = TopRow | EventRow | NoticeRow | PendingRow | TopicRow;

export interface TimelineInput {
  readonly events: readonly StreamEvent[];
  readonly pending: readonly PendingEvent[];
  /** The author of the pending messages. */
  readonly me: string;
  /** Position of the first message under the "New" line. */
  readonly firstNewSeq: number | undefined;
  /** The starts of epochs, oldest first. */
  readonly starts?: readonly EpochStart[];
  readonly timeZone?: string;
}

/** Messages of one author within this time are one group; in milliseconds. */
const groupMs = 5 * 60_000;

/** The previous row, which decides the heading of the next. */
interface PreviousRow {
  readonly author: string | undefined;
  readonly at: number;
  readonly day: string;
  readonly deleted: boolean;
}

/** The rows of a stream page, oldest first, each with its heading. */
export function toTimeline({ events, pending, me, firstNewSeq, starts = [], timeZone }: TimelineInput): Row[] {
  const rows: Row[] = [{ kind: 'top', key: 'top' }];
  const topicUpTo = passing(starts, events[0]?.seq);
  let before: PreviousRow | undefined;
  const place = (author: string | undefined, at: number, deleted: boolean, breaks: boolean): Omit<RowBase, 'key' | 'topic'> => {
    const day = dayKey(at, timeZone);
    const newDay = day !== before?.day;
    const near = before !== undefined && before.author === author && at - before.at < groupMs && before.deleted === deleted;
    before = { author, at, day, deleted };
    return { day: newDay ? at : undefined, opensGroup: newDay || breaks || !near };
  };
  for (const event of events) {
    const isFirstNew = event.seq === firstNewSeq;
    const isQuiet = isNotice(event);
    const topic = topicUpTo(event.seq);
    const breaks = isFirstNew || topic !== undefined;
    const placed = place(isQuiet ? undefined : event.actorId, Date.parse(event.createdAt), event.deletedAt !== null, breaks);
    const row = { key: keyOf(event), isFirstNew, topic, ...placed };
    const last = rows.at(-1);
    if (!isQuiet) rows.push({ kind: 'event', event, ...row });
    else if (last?.kind === 'notice' && !breaks && placed.day === undefined && isFolded(last, event)) {
      // The newest event names the row, so that it stays the same when older events join it.
      rows[rows.length - 1] = { ...last, key: row.key, events: [...last.events, event] };
    } else rows.push({ kind: 'notice', events: [event], ...row });
  }
  let upcoming = topicUpTo(Number.POSITIVE_INFINITY);
  for (const item of pending) {
    const placed = place(me, Date.parse(item.createdAt), false, upcoming !== undefined);
    rows.push({ kind: 'pending', key: `${me}:${item.clientEventId}`, pending: item, topic: upcoming, ...placed });
    upcoming = undefined;
  }
  if (upcoming) rows.push({ kind: 'topic', key: `topic:${upcoming.seq}`, topic: upcoming, day: undefined, opensGroup: false });
  return rows;
}

/** Returns, for rising positions, the newest epoch that began since the last call. Epochs before the loaded page are skipped. */
function passing(starts: readonly EpochStart[], firstSeq: number | undefined): (seq: number) => EpochStart | undefined {
  let next = firstSeq === undefined ? 0 : starts.findIndex(({ seq }) => seq >= firstSeq);
  if (next < 0) next = starts.length;
  return (upTo) => {
    let found: EpochStart | undefined;
    for (let start = starts[next]; start && start.seq <= upTo; start = starts[++next]) found = start;
    return found;
  };
}

const keyOf = ({ actorId, clientEventId }: StreamEvent): string => `${actorId}:${clientEventId}`;

const isFolded = ({ events }: NoticeRow, { eventType }: StreamEvent): boolean =>
  (eventType === 'member_joined' || eventType === 'member_left') && events.every((event) => event.eventType === eventType);

/** The newest own message that can still be edited. */
export function lastOwnEvent(events: readonly StreamEvent[], me: string): StreamEvent | undefined {
  return events.findLast((event) => event.actorId === me && isEditable(event));
}

/** True when an event has a text that its author can change. */
export const isEditable = ({ content, deletedAt }: StreamEvent): boolean => deletedAt === null && content !== null;

/** The event that the edit shortcut changes: the active row if it is the reader's own, without an active row the newest own one. */
export function eventToChange(rows: readonly Row[], key: string | undefined, me: string): StreamEvent | undefined {
  const events = rows.flatMap((row) => (row.kind === 'event' && (key === undefined || row.key === key) ? [row.event] : []));
  return lastOwnEvent(events, me);
}

/** The event of the active row; deleted events and notices take no actions. */
export function eventAt(rows: readonly Row[], key: string | undefined): StreamEvent | undefined {
  const row = rows.find((row) => row.key === key);
  return row?.kind === 'event' && row.event.deletedAt === null ? row.event : undefined;
}

/** The row above or below; the last one without an active row, undefined above the first message. */
export function neighbourOf(rows: readonly Row[], key: string | undefined, step: 1 | -1): string | undefined {
  const now = rows.findIndex((row) => row.key === key);
  const next = now < 0 ? rows.length - 1 : Math.min(Math.max(now + step, 1), rows.length - 1);
  return next < 1 ? undefined : rows[next]?.key;
}

/** True when `after` is `before` with older messages in front: the list must then keep its distance to the end. */
export function wasPrepended(before: readonly Row[], after: readonly Row[]): boolean {
  const first = before[1];
  if (!first || after.length <= before.length || after[1]?.key === first.key) return false;
  return after.some((row) => row.key === first.key);
}
