import path from 'node:path';

/** The fields of jest's `--json` report that are read here. Times are milliseconds since 1970. */
export interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that could not be loaded. None of their tests is counted. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly JestFile[];
}

interface JestFile {
  readonly name: string;
  readonly status: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

/** One run of the tests, counted. */
export interface RunSummary {
  readonly passed: number;
  readonly failed: number;
  /** `file: full name of the test`, or the file alone when it could not be loaded. */
  readonly failures: readonly string[];
  /** The slowest first. */
  readonly files: readonly { readonly file: string; readonly seconds: number }[];
  /** Slowest first. Seconds are summed over all files, several of which run in parallel. */
  readonly parts: readonly { readonly part: string; readonly files: number; readonly seconds: number }[];
  /** From the start of the runner until the first file began: loading jest, finding the files, global setup. */
  readonly startUpSeconds: number;
  readonly totalSeconds: number;
  /** Time that the last file ran alone, after all others. */
  readonly aloneSeconds: number;
}

/** Counts a run from the runner's report. A runner that died without a report counts as one failure. */
export function summarize(results: JestResults | undefined, time: { from: number; until: number }, root: string): RunSummary {
  const files = results?.testResults ?? [];
  const timed = files
    .map(({ name, startTime, endTime }) => ({ file: path.relative(root, name), seconds: (endTime - startTime) / 1000 }))
    .toSorted((a, b) => b.seconds - a.seconds);
  const [last, lastButOne] = files.map(({ endTime }) => endTime).toSorted((a, b) => b - a);
  const began = files.reduce((first, { startTime }) => Math.min(first, startTime), time.until);
  return {
    passed: results?.numPassedTests ?? 0,
    failed: results === undefined ? 1 : results.numFailedTests + results.numRuntimeErrorTestSuites,
    failures: results === undefined ? ['the runner ended without a report'] : files.flatMap((file) => failuresOf(file, root)),
    files: timed,
    parts: partsOf(timed),
    startUpSeconds: Math.max(0, began - time.from) / 1000,
    totalSeconds: (time.until - time.from) / 1000,
    aloneSeconds: last === undefined || lastButOne === undefined ? 0 : (last - lastButOne) / 1000,
  };
}

function failuresOf({ name, status, assertionResults }: JestFile, root: string): string[] {
  const file = path.relative(root, name);
  const failed = assertionResults.filter((result) => result.status === 'failed').map(({ fullName }) => `${file}: ${fullName}`);
  return failed.length === 0 && status === 'failed' ? [file] : failed;
}

/** First folder below `test`, and the second one where the first holds one folder per feature. */
function partOf(file: string): string {
  const [, first = '', second = ''] = path.dirname(file).split(path.sep);
  return first === 'functions' && second !== '' ? `${first}/${second}` : first;
}

function partsOf(files: RunSummary['files']): RunSummary['parts'] {
  const parts = Map.groupBy(files, ({ file }) => partOf(file));
  return [...parts]
    .map(([part, of]) => ({ part, files: of.length, seconds: of.reduce((sum, { seconds }) => sum + seconds, 0) }))
    .toSorted((a, b) => b.seconds - a.seconds);
}
