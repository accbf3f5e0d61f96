import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Processes that keep the cores busy. */
export interface Burners {
  readonly pids: readonly number[];
  /** Ends all of them; resolves when they are gone. */
  stop(): Promise<void>;
}

/**
 * Starts busy processes, one per core by default, and resolves when all of them run. They end with their parent, however it ends, because
 * each holds the other end of a pipe.
 */
export async function startBurners(count: number = availableParallelism()): Promise<Burners> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const program = fileURLToPath(new URL('burn.ts', import.meta.url));
  const children = Array.from({ length: count }, () => spawn(process.execPath, [program], { env, stdio: ['pipe', 'pipe', 'inherit'] }));
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
  };
  try {
    await Promise.all(children.map(started));
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { pids: children.map(({ pid }) => pid ?? 0), stop };
}

/** Waits for the first message of a child, after which it is busy. */
function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code, signal) => reject(new Error(`a burning process ended with ${signal ?? code}`)));
    child.stdout?.once('data', () => resolve());
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
