import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { withLock } from '../../local/runner/lock.ts';

/** The unpacked binary of the npm package. */
export interface Chromium {
  /** The executable; the libraries it loads lie beside it. */
  readonly binary: string;
  /** True when an earlier call, of any process, had unpacked it. */
  readonly reused: boolean;
}

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Unpacks Chromium (67 MB into 209 MB, about 3 s) unless this version is unpacked already. One process at a time unpacks, into a folder
 * that is renamed when it is complete. The package itself writes straight into the temporary folder: a second process that starts the
 * incomplete binary fails with ETXTBSY, and a binary of another version is taken for its own.
 *
 *
 * @param cache writable folder for the binary, created when missing; `.local/cache` by default.
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

/** Installed version of the package. */
export function versionOfPackage(): string {
  const file = path.join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/**
 * Unpacks in a separate process. The package takes the folder from TMPDIR, which must not change here, and children of this process must
 * not inherit the open file.
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
