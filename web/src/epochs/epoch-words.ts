import type { Epoch, MemoryState } from '../../../contract/epoch.ts';

/** What an epoch is called where nobody knows yet what it is about. */
export const unnamed = 'New topic';

export const labelOf = ({ label }: Pick<Epoch, 'label'>): string => label ?? unnamed;

/** Why an epoch began, in words for people; undefined where that is not known. `before` is the epoch in front of it. */
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

/** " of 2 h"; nothing where clocks disagree, or where it is too short to speak of. */
function durationSuffix(ms: number): string {
  for (const [size, one, many] of units) {
    const count = Math.floor(ms / size);
    // Two weeks say more than 15 days, one week says less than 10.
    if (count >= (one === 'week' ? 2 : 1)) return ` of ${count} ${count === 1 ? one : many}`;
  }
  return '';
}

/** How an epoch ended, for a list of them. */
export function endOf({ status, barrier }: Pick<Epoch, 'status' | 'barrier'>): string {
  if (status === 'open' || barrier === null) return 'Going on';
  return { gap: 'Ended by a pause', idle: 'Ended by a pause', drift: 'The subject changed', manual: 'Ended by hand', size: 'Grew long' }[
    barrier
  ];
}

/**
 * From these scores on. A number would promise more than a score can keep: what is related at all begins at a half, and of the links of
 * three weeks of talk one in seven reaches the upper one.
 */
const sureScore = 0.58;
const likelyScore = 0.53;

/** How sure it is that two epochs belong together. */
export function confidenceOf(score: number): { readonly level: 'sure' | 'likely' | 'perhaps'; readonly words: string } {
  if (score >= sureScore) return { level: 'sure', words: 'Closely related' };
  return score >= likelyScore ? { level: 'likely', words: 'Related' } : { level: 'perhaps', words: 'Perhaps related' };
}

export const messagesOf = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`;

/** What there is to say about memory beside what it found. */
export const memoryNotes: Readonly<Record<MemoryState, string | undefined>> = {
  current: undefined,
  behind: 'Memory is behind: new messages are being remembered.',
  off: 'Memory is off here: nothing new is remembered.',
};
