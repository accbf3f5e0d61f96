import type { Epoch, MemoryState } from '../../../contract/epoch.ts';

/** The label of an epoch without a name. */
export const unnamed = 'New topic';

export const labelOf = ({ label }: Pick<Epoch, 'label'>): string => label ?? unnamed;

/** The reason that an epoch began, in words; undefined where it is unknown. `before` is the previous epoch. */
export function reasonOf(before: Epoch | undefined, { openedAt }: Pick<Epoch, 'openedAt'>): string | undefined {
  if (!before?.barrier) return undefined;
  switch (before.barrier) {
    case 'gap':
    case 'idle':
      return `after a pause${durationSuffix(Date.parse(openedAt) - Date.parse(before.lastEventAt))}`;
    case 'drift':
      return 'the subject changed';
    case 'manual':
      return 'begun by hand';
    case 'size':
      return 'the one before grew long';
    default: {
      const never: never = before.barrier;
      throw new Error(`unknown barrier ${String(never)}`);
    }
  }
}

const minuteMs = 60_000;
const units = [
  [7 * 24 * 60 * minuteMs, 'week', 'weeks'],
  [24 * 60 * minuteMs, 'day', 'days'],
  [60 * minuteMs, 'h', 'h'],
  [minuteMs, 'min', 'min'],
] as const;

/** " of 2 h"; empty when clocks disagree or the time is too short. */
function durationSuffix(ms: number): string {
  for (const [size, one, many] of units) {
    const count = Math.floor(ms / size);
    // Two weeks tell more than 15 days, but one week tells less than 10 days.
    if (count >= (one === 'week' ? 2 : 1)) return ` of ${count} ${count === 1 ? one : many}`;
  }
  return '';
}

/** The end of an epoch in words, for the timeline. */
export function endOf({ status, barrier }: Pick<Epoch, 'status' | 'barrier'>): string {
  if (status === 'open' || barrier === null) return 'Going on';
  return { gap: 'Ended by a pause', idle: 'Ended by a pause', drift: 'The subject changed', manual: 'Ended by hand', size: 'Grew long' }[
    barrier
  ];
}

/**
 * Lower bounds of the levels. Words show instead of the score, which is not that exact. Related epochs begin at 0.5; in three weeks of talk
 * one link in seven reached the upper level.
 */
const sureScore = 0.58;
const likelyScore = 0.53;

/** The confidence that two epochs are related, in words. */
export function confidenceOf(score: number): { readonly level: 'sure' | 'likely' | 'perhaps'; readonly words: string } {
  if (score >= sureScore) return { level: 'sure', words: 'Closely related' };
  return score >= likelyScore ? { level: 'likely', words: 'Related' } : { level: 'perhaps', words: 'Perhaps related' };
}

export const messagesOf = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`;

/** Remarks on the state of memory, beside its results. */
export const memoryNotes: Readonly<Record<MemoryState, string | undefined>> = {
  current: undefined,
  behind: 'Memory is behind: new messages are being remembered.',
  off: 'Memory is off here: nothing new is remembered.',
};
