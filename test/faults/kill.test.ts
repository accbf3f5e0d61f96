import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Demo } from '../../local/demo/demo.ts';
import { limit } from '../support/slowness.ts';
import { aPerson, texts, until } from './reader.ts';

let state: string;
let port: number;
let child: ChildProcess;

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'streambed-kill-'));
  // For root the database server runs as another user, who needs access to the folder.
  chmodSync(state, 0o755);
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  port = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
});
afterAll(async () => {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
  rmSync(state, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  child = spawn(process.execPath, ['local/start.ts', '--port', String(port), '--state', state], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = child;
  if (!stdout) throw new Error('The runner has no output');
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => line.includes('"ready"') && resolve());
    child.once('exit', (code) => reject(new Error(`The runner ended with ${code}`)));
  });
}

test(
  'kill -9 in the middle of 200 posts: a client that resumes has every acknowledged message, once, without a gap',
  async () => {
    await start();
    const demo = JSON.parse(readFileSync(join(state, 'demo.json'), 'utf8')) as Demo;
    const baseUrl = `http://127.0.0.1:${port}`;
    const reader = aPerson({ baseUrl, demo }, 1);
    const stream = await reader.api.streams.create({ streamType: 'channel', name: 'Under fire' });
    const live = reader.open(stream.id);
    await until(live, ({ state: now }) => now === 'live');

    const acknowledged: string[] = [];
    const post = async (index: number): Promise<void> => {
      const text = `message ${index}`;
      const response = await fetch(`${baseUrl}/v1/workspaces/${stream.workspaceId}/streams/${stream.id}/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${demo.users[0]?.token ?? ''}`, 'content-type': 'application/json' },
        body: JSON.stringify({ text, clientEventId: text.replace(' ', '-') }),
      }).catch(() => undefined);
      if (response?.status === 201) acknowledged.push(text);
      if (acknowledged.length === 100) child.kill('SIGKILL');
    };
    const killed = new Promise((resolve) => child.once('exit', resolve));
    await Promise.all(Array.from({ length: 200 }, (_, index) => post(index)));
    await killed;
    expect(acknowledged.length).toBeGreaterThanOrEqual(100);
    await until(live, ({ state: now }) => now === 'offline' || now === 'catching up');

    await start();
    // The same workspace, with tokens of the earlier run that still work.
    expect((JSON.parse(readFileSync(join(state, 'demo.json'), 'utf8')) as Demo).workspaceId).toBe(demo.workspaceId);
    const { items, head } = await reader.api.events(stream.id).list({ after: 0, limit: 200 });
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
    const stored = items.map(({ content }) => content?.text ?? '');
    expect(acknowledged.filter((text) => !stored.includes(text))).toEqual([]);
    const caughtUp = await until(live, ({ position, state: now }) => now === 'live' && position === head, limit(45_000));
    // The newest page holds the whole stream.
    expect(texts(caughtUp)).toEqual(stored);
    reader.close();
  },
  limit(180_000),
);
