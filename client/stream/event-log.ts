import type { EventPage, StreamEvent } from '../../contract/event.ts';
import type { RoomItem } from '../../contract/frames.ts';
import type { EventsClient } from '../http/events-client.ts';
import type { Reading } from '../room/room-reader.ts';
import type { RoomLog } from '../room/room-log.ts';

/** One change of a stream's log: the whole event after the change. */
export interface EventChange {
  readonly seq: number;
  readonly data: StreamEvent;
}

/** Returns the part of a pushed item that a stream's log keeps. After each kind of change the item has the whole event. */
export const eventChangeOf = (item: RoomItem): EventChange | undefined => ('eventId' in item ? item : undefined);

export interface ReadEventsOptions {
  readonly events: EventsClient;
  readonly log: RoomLog<EventChange>;
  readonly pageSize: number;
  readonly signal: AbortSignal;
  readonly show: (page: EventPage) => void;
}

/** Most changes a page of a pull may hold. */
const pullLimit = 200;

/** Reads the newest page where the log has no generation, else the changes since its position. */
export async function readEvents({ events, log, pageSize, signal, show }: ReadEventsOptions): Promise<Reading<EventChange>> {
  if (log.gen === undefined) {
    const page = await events.list({ limit: pageSize }, { signal });
    return { kind: 'snapshot', gen: page.gen, position: endOf(page, page.head), show: () => show(page) };
  }
  const from = log.position;
  const page = await events.list({ changedAfter: from, limit: pullLimit }, { signal });
  const upTo = page.hasMore ? endOf(page, from) : endOf(page, page.head);
  const items = page.items.map((event) => ({ seq: event.changedSeq, data: event }));
  return { kind: 'changes', final: !page.hasMore, segment: { gen: page.gen, from, upTo, items } };
}

/** The events may have been read a moment after the head was. */
const endOf = (page: EventPage, least: number): number => Math.max(least, ...page.items.map((event) => event.changedSeq));
