import { createRequire } from 'node:module';
import path from 'node:path';

interface Test {
  readonly path: string;
}
/** The used part of jest's own sequencer. */
type SequencerClass = new (options: unknown) => {
  time(test: Test): number | undefined;
  sort<Sorted extends Test>(tests: Sorted[]): Sorted[];
  cacheResults(tests: readonly Test[], results: { readonly testResults: readonly object[] }): void;
};

const nextToJest = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: TestSequencer } = nextToJest('@jest/test-sequencer') as { default: SequencerClass };
const root = path.resolve(import.meta.dirname, '../..');

/**
 * Expected seconds of a file by its path; the first match counts. Only the order matters: with the longest first, no worker ends with a
 * long file alone.
 */
const expected: readonly (readonly [start: string, seconds: number])[] = [
  ['test/end-to-end/memory', 60],
  ['test/end-to-end/chromium', 8],
  ['test/end-to-end/', 30],
  ['test/local/start', 50],
  ['test/local/run', 20],
  ['test/faults/', 30],
  ['test/convergence/', 20],
  ['test/scripts/test-run/run', 10],
  ['test/cli/', 10],
  ['test/lib/', 5],
  ['test/functions/', 3],
];

/** Runs the longest files first, by their durations in the last run, or by the expected ones on a new machine. */
export default class LongestFirst extends TestSequencer {
  override time(test: Test): number {
    return super.time(test) ?? expectedMs(path.relative(root, test.path));
  }
}

function expectedMs(file: string): number {
  return (expected.find(([start]) => file.startsWith(start))?.[1] ?? 1) * 1000;
}
