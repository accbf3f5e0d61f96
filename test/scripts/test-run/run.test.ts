import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { startBurners } from '../../../scripts/test-run/burners.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const { NODE_OPTIONS: _, ...env } = process.env;
let folder: string;
let started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'streambed-test-run-'));
  writeFileSync(path.join(folder, 'jest.config.json'), JSON.stringify({ testMatch: ['<rootDir>/test/**/*.test.cjs'] }));
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started = [];
  rmSync(folder, { recursive: true, force: true });
});

/** True for a running process, false for a zombie. */
function runs(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'stat='], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

/** Runs the script on a temporary folder with one test file. */
function testScript(file: string, source: string, ...args: string[]) {
  writeFileSync(path.join(folder, file), source);
  const child = start([
    'scripts/test.ts',
    '--rootDir',
    folder,
    '--config',
    path.join(folder, 'jest.config.json'),
    '--testMatch',
    `**/${file}`,
    ...args,
  ]);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { child, ended, out: text(child.stdout!), errors: text(child.stderr!) };
}

const burnersIn = (errors: string): number[] => /processes that burn: ([\d, ]+)\./.exec(errors)?.[1]?.split(', ').map(Number) ?? [];

describe('The test script', () => {
  test('runs a part so many times beside burning processes, sums its counts, and says them last', async () => {
    const source = `test('holds', () => {}); test('does not', () => { throw new Error('on purpose'); });`;
    const { ended, out, errors } = testScript('some.test.cjs', source, '--busy', '--repeat', '2');
    expect(await ended).toBe(1);
    const lines = (await out).trimEnd().split('\n');
    expect(lines.at(-1)).toBe('Tests: 2 passed, 2 failed');
    expect(lines.find((line) => line.startsWith('2 '))).toMatch(/^2 +1 +1 +\d+\.\d +.*some\.test\.cjs: does not$/);
    const pids = burnersIn(await errors);
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.filter(runs)).toEqual([]);
  });

  test('ends all that it started when it is interrupted, and is not green', async () => {
    const begun = path.join(folder, 'begun');
    const source = `test('hangs', () => { require('node:fs').writeFileSync(${JSON.stringify(begun)}, ''); return new Promise(() => {}); });`;
    const { child, ended, out, errors } = testScript('hanging.test.cjs', source, '--busy', '--repeat', '5');
    await until(() => existsSync(begun));
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect((await out).trimEnd().split('\n').at(-1)).toBe('Tests: 0 passed, 1 failed');
    expect(burnersIn(await errors).filter(runs)).toEqual([]);
  });

  test('refuses what it does not understand before anything starts', async () => {
    const { ended, errors } = testScript('some.test.cjs', '', '--repeat', 'often');
    expect(await ended).toBe(2);
    expect(await errors).toContain('--repeat needs a whole number');
  });
});

describe('Burning processes', () => {
  test('burn, and are gone when they are stopped', async () => {
    const { pids, stop } = await startBurners(1);
    try {
      expect(pids.filter(runs)).toHaveLength(1);
    } finally {
      await stop();
    }
    expect(pids.filter(runs)).toEqual([]);
  });

  test('end by themselves when the process that started them is killed', async () => {
    const program = `import { startBurners } from './scripts/test-run/burners.ts';
      console.log(JSON.stringify((await startBurners(2)).pids));`;
    const parent = start(['--input-type=module', '-e', program]);
    const pids = JSON.parse(
      await new Promise<string>((resolve) => parent.stdout?.once('data', (said: Buffer) => resolve(said.toString()))),
    ) as number[];
    expect(pids.filter(runs)).toHaveLength(2);
    parent.kill('SIGKILL');
    await until(() => !pids.some(runs));
  });
});
