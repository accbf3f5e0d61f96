import { describe, expect, test } from '@jest/globals';
import { printRuns, printTimes } from '../../../scripts/test-run/print.ts';
import { summarize, type JestResults } from '../../../scripts/test-run/summary.ts';

const at = (seconds: number): number => 1_000_000 + seconds * 1000;
const file = (name: string, from: number, until: number, tests: Record<string, string> = {}, status = 'passed') => ({
  name: `/app/test/${name}`,
  status,
  startTime: at(from),
  endTime: at(until),
  assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
});
const results: JestResults = {
  numPassedTests: 3,
  numFailedTests: 2,
  numRuntimeErrorTestSuites: 1,
  testResults: [
    file('functions/streams/post.test.ts', 4, 6, { 'posts once': 'passed', 'posts twice': 'failed', 'posts thrice': 'failed' }, 'failed'),
    file('functions/epochs/cut.test.ts', 4, 5),
    file('local/sqs/sqs.test.ts', 5, 12.5, { 'it waits': 'passed' }),
    file('local/lock.test.ts', 6, 7, {}, 'failed'),
  ],
};
const run = summarize(results, { from: at(0), until: at(14) }, '/app');

describe('The summary of a run', () => {
  test('counts by the runner, a file that was not loaded as one failure, and names what failed', () => {
    expect([run.passed, run.failed]).toEqual([3, 3]);
    expect(run.failures).toEqual([
      'test/functions/streams/post.test.ts: posts twice',
      'test/functions/streams/post.test.ts: posts thrice',
      'test/local/lock.test.ts',
    ]);
  });

  test('has the files and the parts, the slowest first, and how long the start and the end took', () => {
    expect(run.files.map(({ file, seconds }) => [file, seconds])).toEqual([
      ['test/local/sqs/sqs.test.ts', 7.5],
      ['test/functions/streams/post.test.ts', 2],
      ['test/functions/epochs/cut.test.ts', 1],
      ['test/local/lock.test.ts', 1],
    ]);
    expect(run.parts).toEqual([
      { part: 'local', files: 2, seconds: 8.5 },
      { part: 'functions/streams', files: 1, seconds: 2 },
      { part: 'functions/epochs', files: 1, seconds: 1 },
    ]);
    expect([run.startUpSeconds, run.totalSeconds, run.aloneSeconds]).toEqual([4, 14, 5.5]);
  });

  test('of a runner that died without a report is one failure', () => {
    expect(summarize(undefined, { from: at(0), until: at(2) }, '/app')).toEqual({
      passed: 0,
      failed: 1,
      failures: ['the runner ended without a report'],
      files: [],
      parts: [],
      startUpSeconds: 2,
      totalSeconds: 2,
      aloneSeconds: 0,
    });
  });
});

describe('What is printed', () => {
  test('shows at most ten files, all parts, the start-up and the total', () => {
    const many = { ...run, files: Array.from({ length: 12 }, (_, i) => ({ file: `test/${i}.test.ts`, seconds: 12 - i })) };
    const lines = printTimes(many).split('\n');
    expect(lines.slice(0, 3)).toEqual(['Slowest files   seconds', 'test/0.test.ts     12.0', 'test/1.test.ts     11.0']);
    expect(lines.filter((line) => line.includes('.test.ts'))).toHaveLength(10);
    expect(lines.slice(12)).toEqual([
      'Part               files  seconds',
      'local                  2      8.5',
      'functions/streams      1      2.0',
      'functions/epochs       1      1.0',
      '',
      'Start-up 4.0 s, total 14.0 s; the last file ran 5.5 s alone.',
    ]);
  });

  test('has a row per run, and a line per failure in it', () => {
    const green = { ...run, passed: 6, failed: 0, failures: [] };
    expect(printRuns([green, run]).split('\n')).toEqual([
      'Run  passed  failed  seconds  which failed',
      '1         6       0     14.0',
      '2         3       3     14.0  test/functions/streams/post.test.ts: posts twice',
      '                              test/functions/streams/post.test.ts: posts thrice',
      '                              test/local/lock.test.ts',
    ]);
  });
});
