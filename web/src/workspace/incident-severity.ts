import type { Severity } from '../../../contract/stream.ts';

/** The severities with their labels, worst first. */
export const severities: readonly { readonly value: Severity; readonly label: string; readonly note: string }[] = [
  { value: 'sev1', label: 'SEV 1', note: 'Everything is down, or data is at risk' },
  { value: 'sev2', label: 'SEV 2', note: 'An important part does not work' },
  { value: 'sev3', label: 'SEV 3', note: 'Something does not work as it should' },
  { value: 'sev4', label: 'SEV 4', note: 'A nuisance, no hurry' },
];

/** "SEV 2". */
export const severityLabel = (severity: Severity | null): string => severities.find(({ value }) => value === severity)?.label ?? 'SEV 3';

/** The duration of an incident: "5 min", "3 h 20 min", "2 d 4 h". */
export function durationLabel(milliseconds: number): string {
  const minutes = Math.max(1, Math.floor(milliseconds / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return [`${hours} h`, ...(minutes % 60 > 0 ? [`${minutes % 60} min`] : [])].join(' ');
  return [`${Math.floor(hours / 24)} d`, ...(hours % 24 > 0 ? [`${hours % 24} h`] : [])].join(' ');
}
