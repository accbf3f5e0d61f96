import type { RunSummary } from './summary.ts';

/** Lines about the time of a run: its slowest files, its parts, its start. */
export function printTimes(run: RunSummary): string {
  const slowest = run.files.slice(0, 10).map(({ file, seconds }) => [file, inSeconds(seconds)]);
  const parts = run.parts.map(({ part, files, seconds }) => [part, String(files), inSeconds(seconds)]);
  return [
    ...table(['Slowest files', 'seconds'], slowest),
    '',
    ...table(['Part', 'files', 'seconds'], parts),
    '',
    `Start-up ${inSeconds(run.startUpSeconds)} s, total ${inSeconds(run.totalSeconds)} s; the last file ran ${inSeconds(run.aloneSeconds)} s alone.`,
  ].join('\n');
}

/** A row for each run, with its failed tests. */
export function printRuns(runs: readonly RunSummary[]): string {
  const rows = runs.flatMap((run, index) => [
    [String(index + 1), String(run.passed), String(run.failed), inSeconds(run.totalSeconds), run.failures[0] ?? ''],
    ...run.failures.slice(1).map((failure) => ['', '', '', '', failure]),
  ]);
  return table(['Run', 'passed', 'failed', 'seconds', 'which failed'], rows, 'left').join('\n');
}

const inSeconds = (seconds: number): string => seconds.toFixed(1);

/** Right-aligned columns, except for the first one and, if requested, the last one. */
function table(head: readonly string[], rows: readonly (readonly string[])[], last: 'left' | 'right' = 'right'): string[] {
  const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(({ length }) => length)));
  const isLeft = (column: number): boolean => column === 0 || (last === 'left' && column === head.length - 1);
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => (isLeft(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
