import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Acquires a lock file with this process's pid, or returns the pid of the holder. The lock of a dead holder is taken over. */
export function takeLock(file: string): (() => void) | { heldBy: number } {
  mkdirSync(path.dirname(file), { recursive: true });
  const own = `${file}.${process.pid}.${randomUUID().slice(0, 8)}`;
  writeFileSync(own, String(process.pid));
  try {
    for (;;) {
      // Linked instead of opened, so that the file has its content from the start.
      if (tryLink(own, file)) return () => rmSync(file, { force: true });
      const heldBy = holderOf(file);
      if (heldBy !== undefined && isAlive(heldBy)) return { heldBy };
      moveAside(file, heldBy);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function tryLink(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

/** Removes the lock of a dead holder, unless another process has just taken it. */
function moveAside(file: string, heldBy: number | undefined): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw thrown;
  }
  if (holderOf(aside) !== heldBy) tryLink(aside, file);
  rmSync(aside, { force: true });
}

/** Runs work under a lock file; waits until the lock is free. */
export async function withLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    const lock = takeLock(file);
    if (typeof lock === 'function') {
      try {
        return await work();
      } finally {
        lock();
      }
    }
    await sleep(50);
  }
}

function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
