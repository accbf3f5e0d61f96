import { afterEach, expect, jest, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { limit } from '../support/slowness.ts';
import { createRunnerTests, type Runner } from './runner-process.ts';

jest.setTimeout(limit(180_000));

const { stateFolder, launch, cleanUp } = createRunnerTests();
afterEach(cleanUp);

async function start(state: string, ...args: string[]): Promise<Runner & { readonly baseUrl: string }> {
  const runner = launch(state, args);
  return { ...runner, baseUrl: await runner.ready };
}

/** Processes with this state folder in their environment or arguments. */
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
