import type { Barrier, MemorySettings } from '../../../contract/epoch.ts';
import type { SegmenterState } from '../segmenter/segmenter.ts';

/** A countable event of a stream. A deleted one has no text. */
export interface EpochMessage {
  readonly seq: number;
  readonly text: string;
  readonly actorId: string;
  readonly isAssistant: boolean;
  readonly isDeleted: boolean;
  /** The dense vector of the text, when a provider of embeddings made one. */
  readonly vector?: Float32Array;
  readonly createdAt: Date;
}

/** An epoch during cutting. */
export interface EpochDraft {
  readonly id: string;
  readonly status: 'open' | 'closed';
  readonly barrier: Barrier | null;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly messageCount: number;
  /** The label that a member gave with the barrier before the epoch. */
  readonly label: string | null;
  /** The beginning of the first message. */
  readonly snippet: string | null;
  /** The segmenter's state; null in a closed epoch, and after a correction, when the state is rebuilt from the messages. */
  readonly state: SegmenterState | null;
  readonly openedAt: Date;
  readonly lastEventAt: Date;
  readonly closedAt: Date | null;
}

/** A barrier that a member set: a new subject begins after this position. */
export interface BarrierMark {
  readonly afterSeq: number;
  readonly label: string | null;
  readonly setAt: Date;
}

const minuteMs = 60_000;

/** Tells whether the pause before an event ends the epoch. A clock that ran backwards makes no gap. */
export const isGap = (epoch: Pick<EpochDraft, 'lastEventAt'>, event: Pick<EpochMessage, 'createdAt'>, settings: MemorySettings): boolean =>
  event.createdAt.getTime() - epoch.lastEventAt.getTime() >= settings.gapMinutes * minuteMs;

/** The time at which an open epoch becomes idle. */
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

/** The beginning of a text on one line, cut between graphemes; null for a blank text. */
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
