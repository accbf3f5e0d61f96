import path from 'node:path';
import { measureSlowness } from '../test/support/slowness.ts';
import { startBurners, type Burners } from './test-run/burners.ts';
import { holdSignals, runJest } from './test-run/jest-run.ts';
import { parseTestOptions, usage, type TestOptions } from './test-run/options.ts';
import { printRuns, printTimes } from './test-run/print.ts';
import { summarize, type RunSummary } from './test-run/summary.ts';

/**
 * Runs the tests. Its last line is the runner's own count: `Tests: N passed, N failed`, where a file that could not be loaded is one
 * failure. Durations are printed before that. `--help` has the options.
 */
const root = path.resolve(import.meta.dirname, '..');
const signals = holdSignals();
const options = readOptions();
const runs: RunSummary[] = [];
const burners: Burners | undefined = options.busy ? await startBurners() : undefined;
let exitCode = 0;
try {
  if (burners) console.error(`Beside ${burners.pids.length} processes that burn: ${burners.pids.join(', ')}.`);
  while (runs.length < options.repeat && !signals.received) {
    // Beside one busy process per core a test gets half of the machine, even when the measurement happened in a quiet moment.
    const slowness = String(Math.max(options.busy ? 2 : 1, await measureSlowness()));
    console.error(`Limits are ${slowness} times those of an idle machine.`);
    const run = await runJest(options.jest, { TEST_SLOWNESS: slowness }, signals);
    exitCode = Math.max(exitCode, run.exitCode);
    runs.push(summarize(run.results, run, root));
  }
} finally {
  await burners?.stop();
}
report();

function readOptions(): TestOptions {
  try {
    const options = parseTestOptions(process.argv.slice(2));
    if (!options.help) return options;
    console.log(usage);
    process.exit(0);
  } catch (thrown) {
    console.error((thrown as Error).message);
    process.exit(2);
  }
}

function report(): void {
  const last = runs.at(-1);
  if (last && last.files.length > 0) console.log(`\n${printTimes(last)}\n`);
  if (options.repeat > 1) console.log(`${printRuns(runs)}\n`);
  const sum = (count: (run: RunSummary) => number): number => runs.reduce((total, run) => total + count(run), 0);
  const failed = sum((run) => run.failed);
  process.exitCode = failed > 0 || signals.received ? 1 : exitCode;
  console.log(`Tests: ${sum((run) => run.passed)} passed, ${failed} failed`);
}
