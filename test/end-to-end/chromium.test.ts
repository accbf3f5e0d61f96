import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { versionOfPackage, type Chromium } from './chromium.ts';
import { limit } from '../support/slowness.ts';

jest.setTimeout(limit(60_000));

const run = promisify(execFile);
const { NODE_OPTIONS: _, ...env } = process.env;

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'streambed-chromium-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** Requests the binary in a separate process and starts it at once. */
async function ask(): Promise<Chromium & { version: string }> {
  const program = `import { unpackChromium } from './test/end-to-end/chromium.ts';
    console.log(JSON.stringify(await unpackChromium(process.argv[1])));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, cache], { env });
  const given = JSON.parse(stdout) as Chromium;
  return { ...given, version: (await run(given.binary, ['--version', '--no-sandbox'])).stdout };
}

test('Chromium is unpacked once by two processes that ask at the same moment, and starts for both', async () => {
  // Leftovers: another version, and the folder of a process that died while it unpacked this one.
  const folder = `chromium-${versionOfPackage()}-${process.arch}`;
  for (const name of ['chromium-1.0.0-x64', `${folder}.new`]) {
    mkdirSync(path.join(cache, name));
    writeFileSync(path.join(cache, name, 'chromium'), 'half a binary');
  }
  writeFileSync(path.join(cache, `${folder}.lock`), '999999999');

  const answers = await Promise.all([ask(), ask()]);
  expect(answers.filter(({ reused }) => reused)).toHaveLength(1);
  const binary = path.join(cache, folder, 'chromium');
  for (const answer of answers) expect(answer).toMatchObject({ binary, version: expect.stringMatching(/\d+(\.\d+){3}/) });
  expect(await ask()).toMatchObject({ binary, reused: true });
  expect(readdirSync(cache).toSorted()).toEqual(['chromium-1.0.0-x64', folder]);
});
