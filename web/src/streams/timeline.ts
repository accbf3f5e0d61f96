import type { StreamEvent } from '../../../contract/event.ts';
import type { PendingEvent } from '../../../client/live-stream.ts';
import { dayKey } from '../ui/times.ts';

interface RowBase {
  /** Stays the same when a pending message becomes an event, so that nothing is drawn anew. */
  readonly key: string;
  /** The first message of a day says which; in milliseconds. */
  readonly day: number | undefined;
  /** A message that opens a group shows its author and time. */
  readonly opensGroup: boolean;
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
export interface PendingRow extends RowBase {
  readonly kind: 'pending';
  readonly pending: PendingEvent;
}
export type Row = TopRow | EventRow | PendingRow;

export interface TimelineInput {
  readonly events: readonly StreamEvent[];
  readonly pending: readonly PendingEvent[];
  /** Whose messages the pending ones are. */
  readonly me: string;
  /** Position of the first message under the "New" line. */
  readonly firstNewSeq: number | undefined;
  readonly timeZone?: string;
}

/** Messages of one author within this time of each other stand under one name. */
const groupMs = 5 * 60_000;

/** The rows of a stream page, oldest first: one per message, each knowing what to show above itself. */
export function toTimeline({ events, pending, me, firstNewSeq, timeZone }: TimelineInput): Row[] {
  const rows: Row[] = [{ kind: 'top', key: 'top' }];
  let before: { author: string; at: number; day: string; deleted: boolean } | undefined;
  const place = (author: string, at: number, deleted: boolean, breaks: boolean): Omit<RowBase, 'key'> => {
    const day = dayKey(at, timeZone);
    const newDay = day !== before?.day;
    const near = before !== undefined && before.author === author && at - before.at < groupMs && before.deleted === deleted;
    before = { author, at, day, deleted };
    return { day: newDay ? at : undefined, opensGroup: newDay || breaks || !near };
  };
  for (const event of events) {
    const isFirstNew = event.seq === firstNewSeq;
    const placed = place(event.actorId, Date.parse(event.createdAt), event.deletedAt !== null, isFirstNew);
    rows.push({ kind: 'event', key: `${event.actorId}:${event.clientEventId}`, event, isFirstNew, ...placed });
  }
  for (const item of pending) {
    const placed = place(me, Date.parse(item.createdAt), false, false);
    rows.push({ kind: 'pending', key: `${me}:${item.clientEventId}`, pending: item, ...placed });
  }
  return rows;
}

/** The newest message of a person that can still be edited. */
export function lastOwnEvent(events: readonly StreamEvent[], me: string): StreamEvent | undefined {
  return events.findLast((event) => event.actorId === me && event.deletedAt === null);
}

/** The event that a shortcut is about: the row's if it is one's own, the newest own one where no row is chosen. */
export function eventToChange(rows: readonly Row[], key: string | undefined, me: string): StreamEvent | undefined {
  const events = rows.flatMap((row) => (row.kind === 'event' && (key === undefined || row.key === key) ? [row.event] : []));
  return lastOwnEvent(events, me);
}

/** The row above or below; the last one where none is chosen, none above the first message. */
export function neighbourOf(rows: readonly Row[], key: string | undefined, step: 1 | -1): string | undefined {
  const now = rows.findIndex((row) => row.key === key);
  const next = now < 0 ? rows.length - 1 : Math.min(Math.max(now + step, 1), rows.length - 1);
  return next < 1 ? undefined : rows[next]?.key;
}

/** Whether `after` is `before` with older messages put in front: then the view must be held by its end. */
export function wasPrepended(before: readonly Row[], after: readonly Row[]): boolean {
  const first = before[1];
  if (!first || after.length <= before.length || after[1]?.key === first.key) return false;
  return after.some((row) => row.key === first.key);
}
