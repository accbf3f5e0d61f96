import type { MemorySettings, UpdateMemorySettings } from '../../../contract/epoch.ts';

/** The settings in a form, with numbers as text. */
export interface SettingsDraft {
  readonly enabled: boolean;
  readonly gapMinutes: string;
  readonly idleMinutes: string;
  readonly maxMessages: string;
  readonly sensitivity: MemorySettings['sensitivity'];
}

const numbers = ['gapMinutes', 'idleMinutes', 'maxMessages'] as const;
type NumberField = (typeof numbers)[number];

/** The ranges that the server accepts. */
const bounds: Readonly<Record<NumberField, readonly [least: number, most: number]>> = {
  gapMinutes: [1, 10_080],
  idleMinutes: [1, 10_080],
  maxMessages: [10, 1_000],
};

export const draftOf = ({ enabled, gapMinutes, idleMinutes, maxMessages, sensitivity }: MemorySettings): SettingsDraft => ({
  enabled,
  gapMinutes: String(gapMinutes),
  idleMinutes: String(idleMinutes),
  maxMessages: String(maxMessages),
  sensitivity,
});

/** The errors of the numbers, by field. */
export function limits(draft: SettingsDraft): Partial<Record<NumberField, string>> {
  const wrong: Partial<Record<NumberField, string>> = {};
  for (const name of numbers) {
    const [least, most] = bounds[name];
    const text = draft[name].trim();
    const isWithin = /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most;
    if (!isWithin) wrong[name] = `A whole number from ${least} to ${most}`;
  }
  return wrong;
}

/** The changed settings only, so that changes of other members survive. The draft must be within the limits. */
export function changesOf(before: MemorySettings, draft: SettingsDraft): UpdateMemorySettings {
  return {
    ...(draft.enabled !== before.enabled && { enabled: draft.enabled }),
    ...(draft.sensitivity !== before.sensitivity && { sensitivity: draft.sensitivity }),
    ...Object.fromEntries(numbers.filter((name) => Number(draft[name]) !== before[name]).map((name) => [name, Number(draft[name])])),
  };
}
