import type { ExportRecord } from '../../contract/transfer.ts';
import type { Transaction } from '../platform/database.ts';
import { listEventParts, listEventRecords } from './export-store.ts';
import type { EventPart, Keyed, KeyedLines, Slice } from './export-store.ts';

/** Bytes after which a page ends: a function may answer 6 MB. */
const maxPageBytes = 1_000_000;
/** Parts per page: a version is as long as a message. */
const maxParts = 100;

/**
 * Reads the next events, each followed by its parts. A key names the last line that was sent: stream, position, part, number. The event of
 * the key is read again, and the lines that were sent are skipped.
 */
export async function readEvents(tx: Transaction, slice: Slice, { sharing }: { sharing: boolean }): Promise<KeyedLines> {
  const { after } = slice;
  const limit = slice.limit + 1;
  const events = await listEventRecords(tx, { ...slice, limit, sharing });
  const first = events[0];
  const told = first !== undefined && first.streamId === after?.[0] && first.seq === after[1];
  // The parts of a deleted event are not exported.
  const open = events.filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id);
  const halfTold = told ? { eventId: first.id, part: Number(after?.[2]), n: Number(after?.[3]) } : undefined;
  const partsLimit = Math.min(limit, maxParts);
  const parts = open.length === 0 ? [] : await listEventParts(tx, open, { halfTold, until: slice.until, limit: partsLimit });
  const known = inOrder(events, parts, told);
  // When the limit cut off some parts, the lines after the last part are left to the next page.
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

/** Cuts lines to a number and a size, and always keeps one. */
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
