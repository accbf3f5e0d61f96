import type { Barrier, MemorySettings } from '../../../contract/epoch.ts';
import type { SegmenterState } from '../segmenter/segmenter.ts';

/** A countable event as the segmenter meets it. What was deleted before it came here has no text. */
export interface SpokenEvent {
  readonly seq: number;
  readonly text: string;
  readonly actorId: string;
  readonly isAssistant: boolean;
  readonly isDeleted: boolean;
  /** What it means, where a provider of embeddings said so. */
  readonly vector?: Float32Array;
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
  /** How it begins. */
  readonly snippet: string | null;
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
export const idleAt = (epoch: Pick<EpochDraft, 'lastEventAt'>, settings: Pick<MemorySettings, 'idleMinutes'>): Date =>
  new Date(epoch.lastEventAt.getTime() + settings.idleMinutes * minuteMs);

export const close = (epoch: EpochDraft, barrier: Barrier, closedAt: Date): EpochDraft => ({
  ...epoch,
  status: 'closed',
  barrier,
  state: null,
  closedAt,
});

const snippetCharacters = 160;

/** The beginning of a text on one line; null where there is nothing to show. Cut between characters as people count them. */
export function snippetOf(text: string): string | null {
  const line = text
    .slice(0, snippetCharacters * 20)
    .replace(/\s+/g, ' ')
    .trim();
  if (line === '') return null;
  if (line.length <= snippetCharacters) return line;
  let cut = '';
  for (const { segment } of graphemes.segment(line)) {
    if (cut.length + segment.length > snippetCharacters) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
