import { afterEach, expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { Problem } from '../../contract/errors.ts';
import { Startup } from '../../contract/routes/operations.ts';
import { demoChannels, demoUsers } from '../../local/demo/demo-story.ts';
import { takePort } from '../../local/front/port.ts';
import { startLocal } from '../../local/run.ts';
import { createRunnerTests, type Runner } from './runner-process.ts';

const { stateFolder, launch, cleanUp } = createRunnerTests();
afterEach(cleanUp);

/** Content of `demo.json` that readers may rely on. */
const Complete = z.object({
  baseUrl: z.url(),
  wsUrl: z.url(),
  workspaceId: z.string().startsWith('ws_'),
  apiKey: z.string().startsWith('sbk_'),
  users: z.array(z.object({ id: z.string(), name: z.string(), token: z.string().min(1) })).length(demoUsers.length),
});

async function freePort(): Promise<number> {
  const port = await takePort(0);
  await port.close();
  return port.number;
}

interface Seen {
  readonly ready: number;
  readonly status: string;
  readonly shown: number;
}

/** Polls all three until the runner is ready. Fails at the first answer that is neither complete nor "not yet". */
async function watchStart(runner: Runner, baseUrl: string, file: string): Promise<Seen[]> {
  const seen: Seen[] = [];
  while (!runner.lines.some(({ message }) => message === 'ready') && runner.child.exitCode === null) {
    if (existsSync(file)) Complete.parse(JSON.parse(readFileSync(file, 'utf8')));
    const ready = await fetch(`${baseUrl}/ready`).catch(() => undefined);
    if (ready === undefined) {
      // The port is not open yet.
      await pause(10);
      continue;
    }
    const { status } = ready.status === 200 ? { status: 'ok' } : Startup.parse(await ready.json());
    if (ready.status === 200) Complete.parse(JSON.parse(readFileSync(file, 'utf8')));
    else expect(ready.headers.get('retry-after')).toBe('1');
    const shown = await fetch(`${baseUrl}/local/demo.json`);
    if (shown.status === 200) Complete.omit({ apiKey: true }).parse(await shown.json());
    else if (status === 'seeding' && shown.status === 503) expect(shown.headers.get('retry-after')).toBe('1');
    if (shown.headers.get('content-type') === 'application/problem+json')
      expect(Problem.parse(await shown.json())).toMatchObject({
        code: 'unavailable',
        retryAfterSeconds: 1,
        detail: expect.stringContaining('seeding'),
      });
    seen.push({ ready: ready.status, status, shown: shown.status });
  }
  return seen;
}

test('Killed while seeding and started again: readers see "seeding" and then a complete demo, never the one of before', async () => {
  const state = await stateFolder();
  const file = path.join(state, 'demo.json');
  let posts = 0;
  const killed = launch(state, ['--verbose'], ({ message }, { child }) => {
    if (/^POST .*\/events 201$/.test(message) && ++posts === 4) child.kill('SIGKILL');
  });
  expect(await killed.exited).toBe('SIGKILL');
  expect(existsSync(file)).toBe(false);

  const { workspaceId, apiKey } = JSON.parse(readFileSync(path.join(state, 'demo-workspace.json'), 'utf8')) as z.infer<typeof Complete>;
  const port = await freePort();
  const runner = launch(state, ['--port', String(port)]);
  const baseUrl = `http://127.0.0.1:${port}`;
  const seen = await watchStart(runner, baseUrl, file);
  expect(await runner.ready).toBe(baseUrl);
  // The last poll may fall between the end of the start and its log line.
  expect([...new Set(seen.map(({ status }) => status))].slice(0, 2)).toEqual(['starting', 'seeding']);
  expect(seen.filter(({ ready, shown }) => ready === 200 && shown !== 200)).toEqual([]);
  expect(seen.filter(({ status, shown }) => status === 'starting' && shown === 200)).toEqual([]);

  const demo = Complete.parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(demo).toMatchObject({ baseUrl, workspaceId, apiKey });
  const headers = { authorization: `Bearer ${demo.users[0]?.token ?? ''}` };
  const answer = await fetch(`${baseUrl}/v1/workspaces/${workspaceId}/streams?type=channel`, { headers });
  const { items } = (await answer.json()) as { items: { name: string }[] };
  expect(items.map(({ name }) => name).toSorted()).toEqual(demoChannels.map(({ name }) => name).toSorted());

  runner.child.kill('SIGTERM');
  expect(await runner.exited).toBe(0);
  expect(existsSync(file)).toBe(false);
}, 120_000);

test('Without a demo nothing is seeding, and the file of a killed run is not there', async () => {
  const state = await stateFolder();
  const file = path.join(state, 'demo.json');
  writeFileSync(file, JSON.stringify({ baseUrl: 'http://127.0.0.1:9', workspaceId: 'ws_1', users: [], apiKey: 'sbk_1', seeded: false }));
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const starting = startLocal({ port, stateDir: state, demo: false, warm: false, quiet: true });
  const statuses = new Set<string>();
  const ended = new Set<string>();
  void starting.finally(() => ended.add('start')).catch(() => undefined);
  try {
    while (!ended.has('start')) {
      const answer = await fetch(`${baseUrl}/ready`).catch(() => undefined);
      if (answer !== undefined) statuses.add(((await answer.json()) as { status: string }).status);
      if (answer !== undefined) expect(existsSync(file)).toBe(false);
      await pause(10);
    }
    await starting;
    expect([...statuses].filter((status) => !['starting', 'ok'].includes(status))).toEqual([]);
    expect(statuses).toContain('starting');
    expect((await fetch(`${baseUrl}/ready`)).status).toBe(200);
    expect((await fetch(`${baseUrl}/local/demo.json`)).status).toBe(404);
    expect(existsSync(file)).toBe(false);
  } finally {
    await (await starting).stop();
  }
}, 120_000);
