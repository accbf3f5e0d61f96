import type { EventPage, ListEvents, StreamEvent } from '../../../contract/event.ts';
import { utf8Bytes } from '../../../contract/text.ts';
import type { App } from '../../platform/app.ts';
import type { UserCaller } from '../../platform/authenticate.ts';
import type { Transaction } from '../../platform/database.ts';
import { accessPlainStream } from '../access.ts';
import { listEventsAround, listEventsBeside } from './event-store.ts';

/** Size limit of a page, in bytes of JSON: the answer of a function may hold 6 MB. */
const maxPageBytes = 4_000_000;

/** A stream and the reader whose view of it is listed. */
interface ListScope {
  readonly viewerId: string;
  readonly streamId: string;
}

/**
 * Lists a page of events by key, with the same work at any depth. `head` is read before the events, so a concurrent change can repeat but
 * never leaves a gap.
 */
export async function listEvents(app: Pick<App, 'db'>, caller: UserCaller, input: ListEvents & { streamId: string }): Promise<EventPage> {
  return app.db.transaction(caller, async (tx) => {
    const { stream } = await accessPlainStream(tx, caller, input.streamId, 'read');
    const page = await readEventPage(tx, caller.userId, stream.id, input);
    return { ...page, head: stream.lastSeq, gen: stream.gen };
  });
}

/** Reads one page of a stream that the reader may see. */
export async function readEventPage(
  tx: Transaction,
  viewerId: string,
  streamId: string,
  input: ListEvents,
): Promise<{ items: StreamEvent[]; hasMore: boolean }> {
  const scope = { viewerId, streamId };
  const { limit } = input;
  if (input.changedAfter !== undefined) return readSide(tx, scope, 'changed_seq', 'after', input.changedAfter, limit);
  if (input.after !== undefined) return readSide(tx, scope, 'seq', 'after', input.after, limit);
  if (input.around !== undefined) return readAround(tx, scope, input.around, limit);
  return readSide(tx, scope, 'seq', 'before', input.before ?? Number.MAX_SAFE_INTEGER, limit);
}

/** Reads half a page from the position on, and the rest of the page before it. One extra event on each side shows if more exist. */
async function readAround(
  tx: Transaction,
  { viewerId, streamId }: ListScope,
  position: number,
  limit: number,
): Promise<{ items: StreamEvent[]; hasMore: boolean }> {
  const found = await listEventsAround(tx, viewerId, streamId, { position, newer: Math.ceil(limit / 2) + 1, older: limit + 1 });
  const newer = withinBytes(found.newer.slice(0, Math.ceil(limit / 2)), maxPageBytes / 2);
  const older = withinBytes(found.older.slice(0, limit - newer.length), maxPageBytes / 2);
  return { items: [...older.toReversed(), ...newer], hasMore: found.newer.length > newer.length || found.older.length > older.length };
}

/** Reads one side of a position, oldest first. One extra event shows if more exist. */
async function readSide(
  tx: Transaction,
  { viewerId, streamId }: ListScope,
  key: 'seq' | 'changed_seq',
  direction: 'after' | 'before',
  position: number,
  limit: number,
): Promise<{ items: StreamEvent[]; hasMore: boolean }> {
  const found = await listEventsBeside(tx, viewerId, streamId, { key, direction, position, limit: limit + 1 });
  const nearest = withinBytes(found.slice(0, limit));
  const hasMore = found.length > nearest.length;
  return { items: direction === 'before' ? nearest.reverse() : nearest, hasMore };
}

/** Longest prefix of the events that fits an answer; at least one event. */
export function withinBytes(events: StreamEvent[], maxBytes = maxPageBytes): StreamEvent[] {
  let bytes = 0;
  const end = events.findIndex((event, index) => (bytes += utf8Bytes(JSON.stringify(event))) > maxBytes && index > 0);
  return end === -1 ? events : events.slice(0, end);
}
