import type { StreamEvent } from '../../../contract/event.ts';
import { isNotice } from './event-kind.ts';

/** How far a person has read while the page is open. */
export interface ReadProgress {
  /** Position of the newest message seen. */
  readonly seenSeq: number;
  /** Position of the first message under the "New" line. */
  readonly firstNewSeq: number | undefined;
}

/**
 * What is shown when a stream is opened counts as seen; the first message behind `readSeq`, up to which it was read before, gets the
 * "New" line. None if that is not among what is loaded.
 */
export function startProgress(
  events: readonly StreamEvent[],
  { readSeq, me }: { readSeq?: number | undefined; me?: string } = {},
): ReadProgress {
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
export function advanceProgress(
  progress: ReadProgress,
  events: readonly StreamEvent[],
  { watching, me }: { watching: boolean; me: string },
): ReadProgress {
  const newest = newestSeq(events);
  if (newest <= progress.seenSeq) return progress;
  if (!watching) {
    const { firstNewSeq } = progress;
    if (firstNewSeq !== undefined && firstNewSeq > progress.seenSeq) return progress;
    const first = unseen(progress, events, me)[0];
    return first ? { ...progress, firstNewSeq: first.seq } : progress;
  }
  const answered = events.some((event) => event.seq > progress.seenSeq && event.actorId === me);
  return { seenSeq: newest, firstNewSeq: answered ? undefined : progress.firstNewSeq };
}

/** How many messages of others have come that the reader has not seen. */
export const countUnseen = (progress: ReadProgress, events: readonly StreamEvent[], me: string): number =>
  unseen(progress, events, me).length;

/** "1 new message", "3 new messages". */
export const newMessagesLabel = (count: number): string => (count === 1 ? '1 new message' : `${count} new messages`);

function unseen(progress: ReadProgress, events: readonly StreamEvent[], me: string): StreamEvent[] {
  const found: StreamEvent[] = [];
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i];
    if (!event || event.seq <= progress.seenSeq) break;
    if (event.actorId !== me && event.deletedAt === null && !isNotice(event)) found.push(event);
  }
  return found.reverse();
}

const newestSeq = (events: readonly StreamEvent[]): number => events.at(-1)?.seq ?? 0;
