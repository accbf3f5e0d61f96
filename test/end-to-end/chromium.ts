import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { withLock } from '../../local/runner/lock.ts';

/** The binary that a package brings along, unpacked. */
export interface Chromium {
  /** The executable; the libraries it loads lie beside it. */
  readonly binary: string;
  /** An earlier call, of this process or of another one, had unpacked it. */
  readonly reused: boolean;
}

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Unpacks Chromium (67 MB into 209 MB, about 3 s) unless this version is unpacked already. One process at a time unpacks, into a folder that
 * gets its name when it is complete: the package itself writes straight to the temporary folder, where a second process that starts the
 * half-written binary fails with ETXTBSY, and where a binary of any other version is taken for its own.
 *
 * @param cache folder to keep it in, writable, made when it is missing; `.local/cache` unless given.
 */
export async function unpackChromium(cache: string = path.join(root, '.local', 'cache')): Promise<Chromium> {
  const folder = path.join(cache, `chromium-${versionOfPackage()}-${process.arch}`);
  const binary = path.join(folder, 'chromium');
  if (existsSync(binary)) return { binary, reused: true };
  return withLock(`${folder}.lock`, async () => {
    if (existsSync(binary)) return { binary, reused: true };
    const draft = `${folder}.new`;
    for (const unfinished of [draft, folder]) rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    await unpackInto(draft);
    renameSync(draft, folder);
    return { binary, reused: false };
  });
}

/** Says which version of the package is installed. */
export function versionOfPackage(): string {
  const file = path.join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/**
 * A process of its own unpacks: the package takes the folder from TMPDIR, which is not to change here, and no process that this one starts
 * meanwhile inherits the file that is being written.
 */
async function unpackInto(folder: string): Promise<void> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'unpack-chromium.ts')], {
    env: { ...env, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    }),
  ]);
  if (code !== 0 || !existsSync(path.join(folder, 'chromium'))) throw new Error(`Chromium was not unpacked (exit status ${code}): ${said}`);
}
