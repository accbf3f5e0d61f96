import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface Line {
  readonly message: string;
  readonly level: string;
  readonly baseUrl?: string;
}

/** The command line behind `npm start`, as a process of its own. */
export interface Runner {
  readonly child: ChildProcess;
  readonly lines: Line[];
  /** Resolves with the address when the runner is ready; rejects when it ends before. */
  readonly ready: Promise<string>;
  readonly exited: Promise<number | NodeJS.Signals | null>;
}

export interface RunnerTests {
  /** An empty folder, removed in the end. */
  stateFolder(): Promise<string>;
  /** Starts a runner on a free port, unless `--port` says another one; `onLine` sees each line of its log. */
  launch(state: string, args?: readonly string[], onLine?: (line: Line, runner: Runner) => void): Runner;
  /** Ends what was started, the last first, and waits for it. */
  cleanUp(): Promise<void>;
}

export function createRunnerTests(): RunnerTests {
  const cleanups: (() => Promise<unknown>)[] = [];
  return {
    async stateFolder() {
      const folder = await mkdtemp(path.join(tmpdir(), 'streambed-state-'));
      // For root the database server runs as another user, who must be able to get there.
      await chmod(folder, 0o755);
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
    launch(state, args = [], onLine = () => undefined) {
      const runner = launchRunner(state, args, onLine);
      cleanups.push(async () => {
        // In order, so that nothing writes to the folder any more when it is removed.
        runner.child.kill('SIGTERM');
        await runner.exited;
      });
      return runner;
    },
    async cleanUp() {
      for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
    },
  };
}

function launchRunner(state: string, args: readonly string[], onLine: (line: Line, runner: Runner) => void): Runner {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['local/start.ts', '--port', '0', '--state', state, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const lines: Line[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  // Who only waits for the end does not ask for it.
  ready.catch(() => undefined);
  const runner: Runner = { child, lines, ready, exited };
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (line.message === 'ready') resolve(line.baseUrl ?? '');
    onLine(line, runner);
  });
  void exited.then((code) => reject(new Error(`ended with ${code}: ${errors} ${JSON.stringify(lines.at(-1))}`)));
  return runner;
}
