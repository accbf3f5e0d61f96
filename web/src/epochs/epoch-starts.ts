import type { BarrierSet, Epoch } from '../../../contract/epoch.ts';
import { labelOf, reasonOf, unnamed } from './epoch-words.ts';

/** Where an epoch begins in its stream: what the divider there says. */
export interface EpochStart {
  /** From this position on; the first event of the epoch where there is one. */
  readonly seq: number;
  /** Undefined where one was begun and nothing has been said since. */
  readonly epoch: Epoch | undefined;
  readonly label: string;
  readonly reason: string | undefined;
  /** Whether there is an epoch in front of it to merge it into. */
  readonly canMerge: boolean;
  /** The reader has begun it just now. */
  readonly isOwn: boolean;
}

/** A `/new` of the reader's own, which the server has taken. */
export interface OwnBarrier extends Pick<BarrierSet, 'afterSeq'> {
  readonly label: string | undefined;
}

/**
 * The dividers of a stream, oldest first, of its epochs in any order. `hasMore`: there are older epochs than these. The same epochs give the
 * same objects, so that nothing is drawn anew.
 */
export function startsOf(epochs: readonly Epoch[], hasMore: boolean, own?: OwnBarrier): EpochStart[] {
  const sorted = epochs.toSorted((a, b) => a.firstSeq - b.firstSeq);
  const starts = sorted.flatMap((epoch, index) => {
    const before = sorted[index - 1];
    // A stream begins with its first message; a divider there says something only once it has a name.
    return !before && !hasMore && epoch.label === null ? [] : [startOf(epoch, before, before !== undefined || hasMore)];
  });
  const upcoming = upcomingStart(sorted.at(-1), own);
  return upcoming ? [...starts, upcoming] : starts;
}

const startCache = new WeakMap<Epoch, { readonly before: Epoch | undefined; readonly start: EpochStart }>();

function startOf(epoch: Epoch, before: Epoch | undefined, canMerge: boolean): EpochStart {
  const known = startCache.get(epoch);
  if (known && known.before === before && known.start.canMerge === canMerge) return known.start;
  const start = { seq: epoch.firstSeq, epoch, label: labelOf(epoch), reason: reasonOf(before, epoch), canMerge, isOwn: false };
  startCache.set(epoch, { before, start });
  return start;
}

/** What was begun by hand behind the newest epoch, before anything was said in it. */
function upcomingStart(newest: Epoch | undefined, own: OwnBarrier | undefined): EpochStart | undefined {
  const common = { epoch: undefined, canMerge: false };
  if (own && (newest?.firstSeq ?? 0) <= own.afterSeq) {
    return { ...common, seq: own.afterSeq + 1, label: own.label ?? unnamed, reason: 'begun by you', isOwn: true };
  }
  if (newest?.barrier !== 'manual') return undefined;
  return { ...common, seq: newest.lastSeq + 1, label: unnamed, reason: 'begun by hand', isOwn: false };
}

/** The epoch that a position is in; the open one goes on for as long as the stream does. */
export function epochAt(epochs: readonly Epoch[], seq: number): Epoch | undefined {
  return epochs.find(({ firstSeq, lastSeq, status }) => firstSeq <= seq && (seq <= lastSeq || status === 'open'));
}
