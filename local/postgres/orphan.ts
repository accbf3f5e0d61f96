import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';

/**
 * Frees a data folder for a start: ends a server that a killed runner left behind, and removes a stale lock file. Resolves with true when
 * there was such a server.
 */
export async function endOrphan(dataFolder: string): Promise<boolean> {
  const lockFile = path.join(dataFolder, 'postmaster.pid');
  const pid = lockedBy(lockFile);
  if (pid === undefined) return false;
  if (!isPostgres(pid)) {
    // The pid was reused since. PostgreSQL itself would take the process for a running server.
    rmSync(lockFile, { force: true });
    return false;
  }
  // The server ends by itself when the pipe to its runner breaks. This is for one whose watcher was killed too.
  for (const [signal, seconds] of [[undefined, 2] as const, ['SIGINT', 5] as const, ['SIGQUIT', 5] as const]) {
    if (signal !== undefined) send(pid, signal);
    for (const until = Date.now() + seconds * 1000; Date.now() < until; await sleep(20)) {
      if (!isPostgres(pid)) return true;
    }
  }
  throw new Error(`A PostgreSQL server (pid ${pid}) holds ${dataFolder} and does not end`);
}

function lockedBy(lockFile: string): number | undefined {
  if (!existsSync(lockFile)) return undefined;
  const pid = Number(readFileSync(lockFile, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

function isPostgres(pid: number): boolean {
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
    } catch {
      return false;
    }
  }
  return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout.includes('postgres');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
