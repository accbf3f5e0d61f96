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

/** The command line behind `npm start`, in its own process. */
export interface Runner {
  readonly child: ChildProcess;
  readonly lines: Line[];
  /** Resolves with the address when the runner is ready; rejects when it ends before. */
  readonly ready: Promise<string>;
  readonly exited: Promise<number | NodeJS.Signals | null>;
}

export interface RunnerTests {
  /** Creates an empty folder, which `cleanUp` removes. */
  stateFolder(): Promise<string>;
  /** Starts a runner on a free port, or on that of `--port`; `onLine` receives each line of its log. */
  launch(state: string, args?: readonly string[], onLine?: (line: Line, runner: Runner) => void): Runner;
  /** Stops everything that was started, in reverse order. */
  cleanUp(): Promise<void>;
}

export function createRunnerTests(): RunnerTests {
  const cleanups: (() => Promise<unknown>)[] = [];
  return {
    async stateFolder() {
      const folder = await mkdtemp(path.join(tmpdir(), 'streambed-state-'));
      // For root the database server runs as another user, who needs access to the folder.
      await chmod(folder, 0o755);
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
    launch(state, args = [], onLine = () => undefined) {
      const runner = launchRunner(state, args, onLine);
      cleanups.push(async () => {
        // In sequence, so that nothing writes to a folder while it is removed.
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
  // A test that waits only for `exited` must not fail by an unhandled rejection of `ready`.
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
