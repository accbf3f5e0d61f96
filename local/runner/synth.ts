import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.ts';
import type { Log } from '../types.ts';

/** The synthesized app: an immutable cloud assembly. */
export interface Synth {
  readonly directory: string;
  /** True when an earlier assembly was reused. */
  readonly reused: boolean;
}

const inputs = [
  'bin/**',
  'lib/**',
  'contract/**',
  'functions/**',
  'migrations/**',
  'client/**',
  'web/**',
  'cdk.json',
  'package-lock.json',
  'tsconfig.json',
];
const notInputs = (name: string): boolean => name === 'dist' || name === 'node_modules';

/** Synthesizes the stage `local`, or reuses an earlier assembly when no input has changed. A lock admits one process at a time. */
export async function synthesize({ root, cache, log }: { root: string; cache: string; log: Log }): Promise<Synth> {
  const folder = path.join(cache, 'synth');
  const current = (): string => path.join(folder, hashOf(root));
  const directory = current();
  if (isComplete(directory)) return { directory, reused: true };
  return withLock(path.join(cache, 'synth.lock'), async () => {
    for (let attempt = 1; ; attempt++) {
      const wanted = current();
      if (isComplete(wanted)) return { directory: wanted, reused: attempt === 1 };
      const draft = `${wanted}.new`;
      await runApp(root, draft, log);
      // A file saved during the synthesis may or may not be in the assembly, so the assembly gets no reusable name.
      if (current() !== wanted && attempt < 3) continue;
      rmSync(wanted, { recursive: true, force: true });
      renameSync(draft, wanted);
      removeOld(folder);
      return { directory: wanted, reused: false };
    }
  });
}

/** Hash of all inputs of an assembly. */
function hashOf(root: string): string {
  const hash = createHash('sha256').update(process.version);
  const files = globSync(inputs, { cwd: root, exclude: (entry) => notInputs(entry.name), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

function isComplete(directory: string): boolean {
  if (!existsSync(path.join(directory, 'manifest.json'))) return false;
  const now = new Date();
  utimesSync(directory, now, now);
  return true;
}

/** Runs the CDK app as the CDK's command line does, without its start-up time. */
async function runApp(root: string, draft: string, log: Log): Promise<void> {
  const { context } = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8')) as { context?: object };
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const env = {
    CDK_OUTDIR: draft,
    CDK_CONTEXT_JSON: JSON.stringify({
      ...context,
      stage: 'local',
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:enable-asset-metadata': true,
    }),
  };
  await run('synthesizing the app', [path.join(root, 'bin/streambed.ts')], root, env, log);
}

function run(what: string, args: readonly string[], cwd: string, env: Record<string, string>, log: Log): Promise<void> {
  // Flags of Node and jest must not reach the child, which runs as under `npm start`.
  const { NODE_OPTIONS: _, NODE_ENV: __, ...inherited } = process.env;
  const child = spawn(process.execPath, args, { cwd, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (said.trim() !== '') log(code === 0 ? 'debug' : 'error', `${what}:\n${said.trim()}`);
      if (code === 0) resolve();
      else reject(new Error(`${what} failed with ${signal ?? `exit status ${code}`}:\n${said.trim()}`));
    });
  });
}

/** Removes old assemblies, except recent ones: another runner may still load functions from them. */
function removeOld(folder: string): void {
  const anHourAgo = Date.now() - 3_600_000;
  const byAge = readdirSync(folder)
    .map((name) => ({ name, at: statSync(path.join(folder, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name, at } of byAge.slice(4)) {
    if (at < anHourAgo) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
