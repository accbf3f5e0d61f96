import type { StreamEvent } from '../../../contract/event.ts';
import { isNotice } from './event-kind.ts';

/** A reader's progress in a stream while the page is open. */
export interface ReadProgress {
  /** Position of the newest message that the reader has seen. */
  readonly seenSeq: number;
  /** Position of the first message under the "New" line. */
  readonly firstNewSeq: number | undefined;
}

/**
 * Starts at the loaded end: the events of a stream count as seen when it opens. The first message after `readSeq` gets the "New" line, when
 * it is loaded.
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
 * Advances with the loaded events. Messages count as seen while the reader looks at the end of the list (`watching`). Otherwise the first
 * unseen message of another member gets the "New" line. It stays until the reader answers or misses a message again.
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

/** Counts messages of other members that the reader has not seen. */
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
