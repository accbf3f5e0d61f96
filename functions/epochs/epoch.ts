import type { Barrier, MemorySettings } from '../../contract/epoch.ts';
import type { SegmenterState } from './segmenter.ts';

/** A countable event as the segmenter meets it. What was deleted before it came here has no text. */
export interface SpokenEvent {
  readonly seq: number;
  readonly text: string;
  readonly actorId: string;
  readonly isAssistant: boolean;
  readonly isDeleted: boolean;
  readonly createdAt: Date;
}

/** An epoch while it is cut. */
export interface EpochDraft {
  readonly id: string;
  readonly status: 'open' | 'closed';
  readonly barrier: Barrier | null;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly messageCount: number;
  /** Given by a member, where one said what it is about when they set the barrier. */
  readonly label: string | null;
  /** What the segmenter remembers; null where it has to read the epoch again, and in what is closed. */
  readonly state: SegmenterState | null;
  readonly openedAt: Date;
  readonly lastEventAt: Date;
  readonly closedAt: Date | null;
}

/** Where a member said that what follows is about something else. */
export interface SetBarrier {
  readonly afterSeq: number;
  readonly label: string | null;
  readonly setAt: Date;
}

const minuteMs = 60_000;

/** Whether an epoch ends before an event because nobody spoke. Clocks that ran backwards in between make no gap. */
export const isGap = (epoch: Pick<EpochDraft, 'lastEventAt'>, event: Pick<SpokenEvent, 'createdAt'>, settings: MemorySettings): boolean =>
  event.createdAt.getTime() - epoch.lastEventAt.getTime() >= settings.gapMinutes * minuteMs;

/** From when on an open epoch is idle. */
export const idleAt = (epoch: Pick<EpochDraft, 'lastEventAt'>, settings: MemorySettings): Date =>
  new Date(epoch.lastEventAt.getTime() + settings.idleMinutes * minuteMs);

export const close = (epoch: EpochDraft, barrier: Barrier, closedAt: Date): EpochDraft => ({
  ...epoch,
  status: 'closed',
  barrier,
  state: null,
  closedAt,
});
