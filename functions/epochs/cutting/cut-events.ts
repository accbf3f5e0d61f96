import type { Barrier, MemorySettings } from '../../../contract/epoch.ts';
import { close, isGap, snippetOf } from '../epochs/epoch.ts';
import type { BarrierMark, EpochDraft, EpochMessage } from '../epochs/epoch.ts';
import { emptyState, step } from '../segmenter/segmenter.ts';
import type { Knowledge } from '../segmenter/segmenter.ts';

export interface CutInput {
  /** The open epoch, if any. */
  readonly open: EpochDraft | undefined;
  /** The events after it, in order of position. */
  readonly events: readonly EpochMessage[];
  /** Barriers after the last epoch, in order of position. */
  readonly barriers: readonly BarrierMark[];
  /** The last position of the batch. A barrier after it belongs to the next batch. */
  readonly readUpTo: number;
  readonly settings: MemorySettings;
  readonly knowledge: Knowledge;
  /** The stream has an assistant, and says which messages are the assistant's. */
  readonly hasRoles: boolean;
  readonly newId: (at: Date) => string;
}

/**
 * Puts events into epochs and returns the epochs that changed, in order; the last one may be open. Causal and pure: each decision depends
 * only on earlier events, so batches of any size give the same epochs.
 */
export function cutEvents(input: CutInput): EpochDraft[] {
  const done: EpochDraft[] = [];
  let open = input.open;
  let before = input.open?.lastSeq ?? 0;
  for (const event of input.events) {
    const barrier = barrierBetween(input, before, event.seq);
    const joined = join(input, open, event, barrier);
    if (open && joined.closes) done.push(close(open, joined.closes, barrier?.setAt ?? event.createdAt));
    open = joined.epoch;
    before = event.seq;
  }
  const last = barrierBetween(input, before, input.readUpTo + 1);
  if (open && last) open = close(open, 'manual', last.setAt);
  return open ? [...done, open] : done;
}

/** The newest barrier between two positions. */
const barrierBetween = ({ barriers }: CutInput, from: number, to: number): BarrierMark | undefined =>
  barriers.findLast(({ afterSeq }) => afterSeq >= from && afterSeq < to);

/** The segmenter's sensitivity, relative to its default. */
const sensitivities = { off: 0, low: 0.5, normal: 1, high: 1.5 } as const satisfies Record<MemorySettings['sensitivity'], number>;

/** Adds an event to the open epoch or to a new one. `closes` says why the open one ends before the event, if it does. */
function join(
  { settings, knowledge, hasRoles, newId }: CutInput,
  open: EpochDraft | undefined,
  event: EpochMessage,
  barrier: BarrierMark | undefined,
): { epoch: EpochDraft; closes: Barrier | undefined } {
  const { text, actorId: authorId, isAssistant, vector } = event;
  const message = { text, authorId, hasRoles, isAssistant, ...(vector && { vector }) };
  const known = { ...knowledge, sensitivity: sensitivities[settings.sensitivity] };
  const ended = open && endOf(open, event, barrier, settings);
  if (open && !ended) {
    const stepped = step(open.state ?? emptyState, message, known);
    if (!stepped.opens || event.isDeleted || settings.sensitivity === 'off')
      return { epoch: grown(open, event, stepped.state), closes: undefined };
    return { epoch: opened(newId(event.createdAt), event, stepped.state, null), closes: 'drift' };
  }
  const { state } = step(emptyState, message, known);
  return { epoch: opened(newId(event.createdAt), event, state, barrier?.label ?? null), closes: ended };
}

/** The reason for which an epoch ends before an event, whatever its text; undefined when only the segmenter decides. */
function endOf(open: EpochDraft, event: EpochMessage, barrier: BarrierMark | undefined, settings: MemorySettings): Barrier | undefined {
  if (barrier) return 'manual';
  if (isGap(open, event, settings)) return 'gap';
  if (open.messageCount >= settings.maxMessages) return 'size';
  return undefined;
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);

const grown = (epoch: EpochDraft, event: EpochMessage, state: EpochDraft['state']): EpochDraft => ({
  ...epoch,
  lastSeq: event.seq,
  messageCount: epoch.messageCount + 1,
  lastEventAt: later(epoch.lastEventAt, event.createdAt),
  state,
});

const opened = (id: string, event: EpochMessage, state: EpochDraft['state'], label: string | null): EpochDraft => ({
  id,
  status: 'open',
  barrier: null,
  firstSeq: event.seq,
  lastSeq: event.seq,
  messageCount: 1,
  label,
  snippet: snippetOf(event.text),
  state,
  openedAt: event.createdAt,
  lastEventAt: event.createdAt,
  closedAt: null,
});
