import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildBundles } from '../lib/platform/bundles.ts';
import { env } from '../contract/names.ts';
import type { Bench } from './support/bench.ts';
import { quantile } from './support/figures.ts';

/** `only` is a prefix of bundle names. */
const full = { runs: 5, only: '' };
const smoke = { runs: 1, only: 'workspaces-' };

/** Initialization time of each bundle in a fresh environment (a worker thread, as in the local runner), and the bundle's size. */
export const bench: Bench<typeof full> = {
  full,
  smoke,
  async run({ runs, only }, run) {
    const folder = mkdtempSync(join(tmpdir(), 'streambed-cold-start-'));
    run.atEnd(() => rmSync(folder, { recursive: true, force: true }));
    const median = async (file: string): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < runs; i++) times.push(await run.until(`the init of ${file}`, initMilliseconds(file)));
      return quantile(times, 0.5);
    };
    const empty = join(folder, 'empty.mjs');
    writeFileSync(empty, 'export const handler = async () => ({});');
    run.report({ figure: 'init of an empty handler', value: await median(empty), unit: 'ms' });
    let sum = 0;
    const { bundles } = buildBundles(join(folder, 'bundles'));
    for (const { name, bytes, directory } of bundles.filter((bundle) => bundle.name.startsWith(only))) {
      const time = await median(join(directory, 'index.mjs'));
      sum += time;
      run.report({ figure: `size of ${name}`, value: bytes / 1e6, unit: 'MB', atMost: 1.5 });
      run.report({ figure: `init of ${name}`, value: time, unit: 'ms', ...(name.endsWith('-http') && { atMost: 200 }) });
    }
    run.report({ figure: 'sum of init', value: sum, unit: 'ms' });
  },
};

const settings = {
  ...Object.fromEntries(Object.values(env).map((name) => [name, 'postgres://127.0.0.1:1/streambed'])),
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
};

async function initMilliseconds(file: string): Promise<number> {
  const code = `const { parentPort } = require('node:worker_threads');
    const startedAt = performance.now();
    import(${JSON.stringify(pathToFileURL(file).href)}).then(() => parentPort.postMessage(performance.now() - startedAt));`;
  const worker = new Worker(code, { eval: true, env: { ...settings, PATH: process.env.PATH ?? '' } });
  const time = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
  return time;
}
