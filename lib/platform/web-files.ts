import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const inputs = ['web/index.html', 'web/*.ts', 'web/src/**', 'web/public/**', 'client/**', 'contract/**', 'package-lock.json'];

/** Builds the web app with Vite unless `web/dist` is newer than all of its sources. Returns the folder. */
export function buildWeb(): string {
  const directory = join(root, 'web/dist');
  if (isFresh(join(directory, 'index.html'))) return directory;
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The web app cannot be built:\n${stdout}${stderr}`);
  return directory;
}

function isFresh(page: string): boolean {
  const built = changedAt(page);
  return built !== undefined && globSync(inputs, { cwd: root }).every((file) => (changedAt(join(root, file)) ?? 0) <= built);
}

const changedAt = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.mtimeMs;
