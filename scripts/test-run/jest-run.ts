import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JestResults } from './summary.ts';

/** Outcome of a run of jest. */
export interface JestRun {
  /** The runner's report; undefined when the runner died before it wrote one. */
  readonly results: JestResults | undefined;
  readonly exitCode: number;
  /** Start and end of the runner, in milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

/** Runs jest with these arguments and its output on stderr. Forwards the signals that `signals` reports. */
export async function runJest(given: readonly string[], environment: Record<string, string>, signals: Signals): Promise<JestRun> {
  const folder = mkdtempSync(path.join(tmpdir(), 'streambed-tests-'));
  const report = path.join(folder, 'results.json');
  const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
  const from = Date.now();
  const child = spawn(process.execPath, [jest, '--json', `--outputFile=${report}`, ...given], {
    // With --json the runner's messages go to stderr. Its stdout would repeat the report.
    stdio: ['inherit', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...environment,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`,
    },
  });
  const forget = signals.listen((signal) => child.kill(signal));
  const exitCode = await new Promise<number>((done) => child.on('close', (code) => done(code ?? 1)));
  forget();
  const results = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  return { results, exitCode, from, until: Date.now() };
}

function readReport(file: string): JestResults | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestResults;
  } catch {
    return undefined;
  }
}

/** Signals that end the script, for the runner of the moment. */
export interface Signals {
  /** True after the first signal. */
  readonly received: boolean;
  /** Registers a callback for each signal; returns the function that removes it. */
  listen(call: (signal: NodeJS.Signals) => void): () => void;
}

/** Handles SIGINT and SIGTERM, so that the script can end its children and print its count first. */
export function holdSignals(): Signals {
  const calls = new Set<(signal: NodeJS.Signals) => void>();
  let received = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      received = true;
      for (const call of calls) call(signal);
    });
  }
  return {
    get received() {
      return received;
    },
    listen(call) {
      calls.add(call);
      return () => void calls.delete(call);
    },
  };
}
