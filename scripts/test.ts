import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs the tests and says last, on a line of its own, how many passed and failed: `Tests: N passed, N failed`, by the runner's own count.
 * A file that could not be loaded counts as one failure. Arguments go to jest: `npm test -- test/contract`.
 */
const folder = mkdtempSync(join(tmpdir(), 'streambed-tests-'));
const report = join(folder, 'results.json');
const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
const child = spawn(process.execPath, [jest, '--json', `--outputFile=${report}`, ...process.argv.slice(2)], {
  // With --json the runner's own words go to stderr; stdout would hold the report once more.
  stdio: ['inherit', 'ignore', 'inherit'],
  env: {
    ...process.env,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`,
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
const code = await new Promise<number>((done) => child.on('close', (exitCode) => done(exitCode ?? 1)));

const { passed, failed } = readCounts();
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed > 0 ? 1 : code;
console.log(`Tests: ${passed} passed, ${failed} failed`);

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

function readCounts(): { passed: number; failed: number } {
  try {
    const results = JSON.parse(readFileSync(report, 'utf8')) as JestResults;
    return { passed: results.numPassedTests, failed: results.numFailedTests + results.numRuntimeErrorTestSuites };
  } catch {
    // The runner died before it could say: nothing is known to have passed.
    return { passed: 0, failed: 1 };
  }
}
