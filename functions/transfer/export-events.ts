import type { ExportRecord } from '../../contract/transfer.ts';
import type { Transaction } from '../platform/database.ts';
import { listEventParts, listEventRecords } from './export-store.ts';
import type { EventPart, Keyed, KeyedLines, Slice } from './export-store.ts';

/** A page ends behind the line that passes this: an answer of a function may be 6 MB. */
const maxPageBytes = 1_000_000;
/** Versions are as long as messages: not too many of them at a time. */
const maxParts = 100;

/**
 * The next events, each with what stands behind it. A key says behind which line of which event it goes on: stream, position, part, number;
 * so the event of the key is read again, and what of it was told is passed over.
 */
export async function readEvents(tx: Transaction, slice: Slice, { sharing }: { sharing: boolean }): Promise<KeyedLines> {
  const { after } = slice;
  const limit = slice.limit + 1;
  const events = await listEventRecords(tx, { ...slice, limit, sharing });
  const first = events[0];
  const told = first !== undefined && first.streamId === after?.[0] && first.seq === after[1];
  // Of what was deleted nothing is told but that it was there.
  const open = events.filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id);
  const halfTold = told ? { eventId: first.id, part: Number(after?.[2]), n: Number(after?.[3]) } : undefined;
  const partsLimit = Math.min(limit, maxParts);
  const parts = open.length === 0 ? [] : await listEventParts(tx, open, { halfTold, until: slice.until, limit: partsLimit });
  const known = inOrder(events, parts, told);
  // Where not all parts were read, what comes behind the last of them is not known yet.
  const lastPart = parts.length === partsLimit ? parts.at(-1) : undefined;
  const complete = lastPart === undefined ? known : known.slice(0, known.findIndex(({ record }) => record === lastPart.record) + 1);
  const lines = cut(complete, slice.limit);
  return { lines, done: events.length < limit && lastPart === undefined && lines.length === known.length };
}

type EventRecord = Extract<ExportRecord, { kind: 'event' }>;

function inOrder(events: readonly EventRecord[], parts: readonly EventPart[], firstIsTold: boolean): Keyed[] {
  const behind = Map.groupBy(parts, ({ eventId }) => eventId);
  return events.flatMap((event, index) => {
    const own: Keyed = { key: [event.streamId, event.seq, 0, 0], record: event };
    const more = (behind.get(event.id) ?? []).map(({ part, n, record }): Keyed => ({ key: [event.streamId, event.seq, part, n], record }));
    return index === 0 && firstIsTold ? more : [own, ...more];
  });
}

/** So many lines, and so many bytes; always at least one line. */
function cut(lines: readonly Keyed[], limit: number): Keyed[] {
  let bytes = 0;
  const kept: Keyed[] = [];
  for (const line of lines.slice(0, limit)) {
    kept.push(line);
    bytes += JSON.stringify(line.record).length;
    if (bytes > maxPageBytes) break;
  }
  return kept;
}
