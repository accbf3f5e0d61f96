import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startApp } from './app.ts';
import type { RunningApp } from './app.ts';
import { limit } from '../support/slowness.ts';

jest.setTimeout(limit(180_000));

let app: RunningApp;
let folder: string;

beforeAll(async () => {
  app = await startApp();
  folder = mkdtempSync(path.join(tmpdir(), 'streambed-moving-'));
}, limit(180_000));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.stop();
});

/** Runs a program of this repository as a user at a terminal does. */
async function run(program: string, args: readonly string[], apiKey = ''): Promise<{ code: number | null; out: string; errors: string }> {
  const env = { PATH: process.env['PATH'], STREAMBED_URL: app.baseUrl, STREAMBED_API_KEY: apiKey, NO_COLOR: '1' };
  const child = spawn(process.execPath, [program, ...args], { cwd: path.resolve(import.meta.dirname, '../..'), env });
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    }),
  ]);
  return { code, out, errors };
}
const streambed = (args: readonly string[], apiKey?: string) => run('cli/streambed.ts', args, apiKey);

async function newWorkspace(name: string): Promise<string> {
  const { out } = await streambed(['local-workspace', name, '--url', app.baseUrl]);
  return (JSON.parse(out) as { apiKey: string }).apiKey;
}

describe('The story of an incident', () => {
  test('is seen live by each of three people as far as they may see it, and moves to another workspace whole', async () => {
    const apiKey = await newWorkspace('Story');
    const told = await run('scripts/demo-incident.ts', [], apiKey);
    expect(told.errors).toBe('');
    expect(told.code).toBe(0);
    const steps = told.out.split(/\n(?=\d\. )/).map((step) => step.split('\n'));
    const badges = (step: number, who: string): string => steps[step]?.find((line) => line.trim().startsWith(`${who} `))?.trim() ?? '';
    // 4: promoted. 6: shared. 7: Greta is added. 8: resolved. The first part is the state before the first step.
    expect(badges(4, 'Pierre')).toMatch(/! Checkout Outage \[sev1, active\] \(1 unread, 1 for me\)$/);
    expect(badges(4, 'Greta')).toMatch(/^Greta\s+# Company$/);
    const shared = (step: number) => steps[step]?.join('\n') ?? '';
    expect(shared(6)).toContain('Kristoffer shares "Root cause: DB pool", which Pierre said in Checkout Outage');
    expect(shared(6)).toContain('Company: Kristoffer shares something that one may not see here');
    expect(shared(7)).toMatch(/Greta .*! Checkout Outage \[sev1, active\]/);
    expect(shared(7)).toContain('Company, opened again: Kristoffer shares "Root cause: DB pool"');
    expect(badges(8, 'Greta')).toMatch(/^Greta\s+# Company \(1 unread\)\s+! Checkout Outage \[sev1, resolved\] \(1 unread\)$/);

    const file = (name: string): string => path.join(folder, name);
    expect(await streambed(['export', '-o', file('one')], apiKey)).toMatchObject({ code: 0 });
    const other = await newWorkspace('Moved');
    expect(await streambed(['import', file('one')], other)).toMatchObject({ code: 0 });
    expect(await streambed(['export', '-o', file('two')], other)).toMatchObject({ code: 0 });
    expect(await streambed(['compare', file('one'), file('two')])).toMatchObject({ code: 0 });
    expect(readFileSync(file('two'), 'utf8')).toContain('Checkout Outage');
  });

  test('asks for a name where a workspace is made, and for JSON', async () => {
    const send = async (body: string, type = 'application/json', method = 'POST'): Promise<number> => {
      const request = { method, headers: { 'content-type': type }, ...(method === 'POST' && { body }) };
      const response = await fetch(`${app.baseUrl}/local/workspaces`, request);
      await response.text();
      return response.status;
    };
    expect(await send('{"name":"x"}', 'text/plain')).toBe(415);
    expect(await send('{')).toBe(400);
    expect(await send('{"name":""}')).toBe(400);
    expect(await send('', 'application/json', 'GET')).toBe(405);
    expect((await streambed(['local-workspace', ' ', '--url', app.baseUrl])).code).toBe(1);
  });
});
