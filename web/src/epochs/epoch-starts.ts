import type { BarrierSet, Epoch } from '../../../contract/epoch.ts';
import { labelOf, reasonOf, unnamed } from './epoch-words.ts';

/** The start of an epoch in its stream, as the divider shows it. */
export interface EpochStart {
  /** Position of the epoch's first event, or the next position of an epoch without events. */
  readonly seq: number;
  /** Undefined for an epoch without events, which the server has not created yet. */
  readonly epoch: Epoch | undefined;
  readonly label: string;
  readonly reason: string | undefined;
  /** An earlier epoch exists to merge it into. */
  readonly canMerge: boolean;
  /** The reader started it just now. */
  readonly isOwn: boolean;
}

/** A `/new` of the reader that the server has accepted. */
export interface OwnBarrier extends Pick<BarrierSet, 'afterSeq'> {
  readonly label: string | undefined;
}

/**
 * The dividers of a stream, oldest first; `epochs` may have any order. `hasMore` means that older epochs exist. Equal epochs give the same
 * objects, so that rows need not render again.
 */
export function startsOf(epochs: readonly Epoch[], hasMore: boolean, own?: OwnBarrier): EpochStart[] {
  const sorted = epochs.toSorted((a, b) => a.firstSeq - b.firstSeq);
  const starts = sorted.flatMap((epoch, index) => {
    const before = sorted[index - 1];
    // The first epoch of a stream gets a divider only once it has a name.
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

/** The start of an epoch that was begun by hand and has no events yet. */
function upcomingStart(newest: Epoch | undefined, own: OwnBarrier | undefined): EpochStart | undefined {
  const common = { epoch: undefined, canMerge: false };
  if (own && (newest?.firstSeq ?? 0) <= own.afterSeq) {
    return { ...common, seq: own.afterSeq + 1, label: own.label ?? unnamed, reason: 'begun by you', isOwn: true };
  }
  if (newest?.barrier !== 'manual') return undefined;
  return { ...common, seq: newest.lastSeq + 1, label: unnamed, reason: 'begun by hand', isOwn: false };
}

/** The epoch at a position; an open epoch extends to the end of the stream. */
export function epochAt(epochs: readonly Epoch[], seq: number): Epoch | undefined {
  return epochs.find(({ firstSeq, lastSeq, status }) => firstSeq <= seq && (seq <= lastSeq || status === 'open'));
}
