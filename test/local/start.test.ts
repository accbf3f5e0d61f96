import { afterEach, expect, jest, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { limit } from '../support/slowness.ts';

jest.setTimeout(limit(180_000));

// The command line behind `npm start`, as a process of its own.

interface Line {
  readonly message: string;
  readonly level: string;
  readonly baseUrl?: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly lines: Line[];
  readonly baseUrl: string;
  readonly exited: Promise<number | NodeJS.Signals | null>;
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function stateFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'streambed-state-'));
  // For root the database server runs as another user, who must be able to get there.
  await chmod(folder, 0o755);
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(state: string, ...args: string[]): Promise<Started> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['local/start.ts', '--port', '0', '--state', state, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  cleanups.push(async () => {
    // In order, so that nothing writes to the folder any more when it is removed.
    child.kill('SIGTERM');
    await exited;
  });
  const lines: Line[] = [];
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const baseUrl = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line.message === 'ready') resolve(line.baseUrl ?? '');
    });
    void exited.then((code) => reject(new Error(`ended with ${code}: ${errors} ${JSON.stringify(lines.at(-1))}`)));
  });
  return { child, lines, baseUrl, exited };
}

/** Every process that was started for this state, by a look at what all of them have in their environment or arguments. */
function processesOf(state: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((command) => command.includes(state));
}

const readDemo = (state: string) =>
  JSON.parse(readFileSync(path.join(state, 'demo.json'), 'utf8')) as {
    baseUrl: string;
    workspaceId: string;
    apiKey: string;
    users: { token: string }[];
  };

test('The report ends with the ready line; Ctrl-C ends all of it and leaves no process behind', async () => {
  const state = await stateFolder();
  const { child, lines, exited, baseUrl } = await start(state);
  expect(lines.at(-1)?.message).toBe('ready');
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['synth', 'postgres', 'services', 'migrations', 'functions', 'demo']),
  );
  expect(readDemo(state).baseUrl).toBe(baseUrl);
  expect((await fetch(`${baseUrl}/health`)).status).toBe(200);
  expect(processesOf(state).length).toBeGreaterThan(1);
  child.kill('SIGINT');
  expect(await exited).toBe(0);
  expect(processesOf(state)).toEqual([]);
  expect(existsSync(path.join(state, 'runner.pid'))).toBe(false);
  expect(lines.at(-1)?.message).toContain('stopping');
});

test('A second runner on the same state is refused; --fresh begins anew', async () => {
  const state = await stateFolder();
  const first = await start(state);
  await expect(start(state)).rejects.toThrow(/ended with 1.*runs already/);
  const before = readDemo(state).workspaceId;
  first.child.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  await start(state, '--fresh');
  expect(readDemo(state).workspaceId).not.toBe(before);
});
