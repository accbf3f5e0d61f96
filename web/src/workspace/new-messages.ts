import type { StreamEvent } from '../../../contract/event.ts';
import { isNotice } from './event-kind.ts';

/** How far a person has read while the page is open. */
export interface Reading {
  /** Position of the newest message seen. */
  readonly seenSeq: number;
  /** Position of the first message under the "New" line. */
  readonly firstNewSeq: number | undefined;
}

/**
 * What is shown when a stream is opened counts as seen; the first message behind `readSeq`, up to which it was read before, gets the
 * "New" line. None if that is not among what is loaded.
 */
export function startReading(events: readonly StreamEvent[], { readSeq, me }: { readSeq?: number | undefined; me?: string } = {}): Reading {
  const seenSeq = newestSeq(events);
  const reaches = readSeq !== undefined && (events[0]?.seq ?? 0) <= readSeq + 1;
  const first = reaches ? unseen({ seenSeq: readSeq, firstNewSeq: undefined }, events, me ?? '')[0] : undefined;
  return { seenSeq, firstNewSeq: first?.seq };
}

/**
 * Takes in what is loaded now. A message counts as seen when the end of the list is in view of somebody who looks at the page
 * (`watching`); otherwise the first unseen message of somebody else gets the "New" line, which stays until the reader answers
 * or misses something again.
 */
export function readOn(reading: Reading, events: readonly StreamEvent[], { watching, me }: { watching: boolean; me: string }): Reading {
  const newest = newestSeq(events);
  if (newest <= reading.seenSeq) return reading;
  if (!watching) {
    const { firstNewSeq } = reading;
    if (firstNewSeq !== undefined && firstNewSeq > reading.seenSeq) return reading;
    const first = unseen(reading, events, me)[0];
    return first ? { ...reading, firstNewSeq: first.seq } : reading;
  }
  const answered = events.some((event) => event.seq > reading.seenSeq && event.actorId === me);
  return { seenSeq: newest, firstNewSeq: answered ? undefined : reading.firstNewSeq };
}

/** How many messages of others have come that the reader has not seen. */
export const countUnseen = (reading: Reading, events: readonly StreamEvent[], me: string): number => unseen(reading, events, me).length;

/** "1 new message", "3 new messages". */
export const newMessagesLabel = (count: number): string => (count === 1 ? '1 new message' : `${count} new messages`);

function unseen(reading: Reading, events: readonly StreamEvent[], me: string): StreamEvent[] {
  const found: StreamEvent[] = [];
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i];
    if (!event || event.seq <= reading.seenSeq) break;
    if (event.actorId !== me && event.deletedAt === null && !isNotice(event)) found.push(event);
  }
  return found.reverse();
}

const newestSeq = (events: readonly StreamEvent[]): number => events.at(-1)?.seq ?? 0;
