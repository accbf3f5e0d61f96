import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDemoFiles } from '../../local/demo/demo-files.ts';
import { demoUsers } from '../../local/demo/demo-story.ts';
import { prepareDemo, type Demo } from '../../local/demo/demo.ts';
import { startLocal, type Local } from '../../local/run.ts';
import { serve } from './servers.ts';

let local: Local;
const folders: string[] = [];
let folder: string;
beforeAll(async () => {
  local = await startLocal({ port: 0, ephemeral: true, quiet: true, demo: false });
}, 120_000);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'streambed-demo-'));
  folders.push(folder);
});
afterAll(async () => {
  for (const each of folders) rmSync(each, { recursive: true, force: true });
  await local?.stop();
});

const inFolder = (name: string): string => path.join(folder, name);
const published = (): Demo => JSON.parse(readFileSync(inFolder('demo.json'), 'utf8')) as Demo;
const prepare = (baseUrl = local.baseUrl): Promise<Demo> =>
  prepareDemo({
    baseUrl,
    wsUrl: local.wsUrl,
    functions: local.functions,
    files: createDemoFiles(folder),
    createWorkspace: 'WorkspacesCreateWorkspace',
  });

const passedOn = ['authorization', 'content-type', 'idempotency-key'] as const;

/** A proxy that drops every answer after the first `answers`: the app has done the work, but the caller does not know. */
async function losingAnswers(answers: number) {
  let left = answers;
  return serve({
    handle: (request, response) => {
      const headers = new Headers(
        passedOn.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]])),
      );
      void buffer(request)
        .then((body) => fetch(`${local.baseUrl}${request.url}`, { method: request.method, headers, ...(body.length > 0 && { body }) }))
        .then(async (answer) => ({ status: answer.status, text: await answer.text() }))
        .then(({ status, text }) => {
          if (left-- <= 0) throw new Error('the answer is lost');
          response.writeHead(status, { 'content-type': 'application/json' }).end(text);
        })
        .catch(() => request.socket.destroy());
    },
  });
}

interface Shown {
  readonly name: string | null;
  readonly streamType: string;
  readonly messageCount: number;
  readonly unreadCount?: number;
}

/** Streams of all users, as a member sees them; independent of the way to get there. */
async function story({ workspaceId, users }: Demo): Promise<unknown> {
  const seen: Record<string, unknown> = {};
  for (const { id, token } of users) {
    const response = await fetch(`${local.baseUrl}/v1/workspaces/${workspaceId}/streams`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { items } = (await response.json()) as { items: Shown[] };
    const shown = items.map(({ name, streamType, messageCount }) => `${streamType} ${name ?? ''} ${messageCount}`);
    seen[id] = shown.toSorted((a, b) => (a < b ? -1 : 1));
  }
  return seen;
}

test('Without a demo the app is ready, and has none to show', async () => {
  expect((await fetch(`${local.baseUrl}/ready`)).status).toBe(200);
  expect((await fetch(`${local.baseUrl}/local/demo.json`)).status).toBe(404);
});

describe('A start that is cut short', () => {
  let whole: unknown;
  beforeAll(async () => {
    whole = await story(await prepare());
  });

  test.each([0, 2, 4, 6, 12, 30, 50])(
    'after %i answers publishes nothing, and the next one completes the same workspace',
    async (answers) => {
      const proxy = await losingAnswers(answers);
      await expect(prepare(proxy.url)).rejects.toThrow();
      await proxy.stop();
      expect(existsSync(inFolder('demo.json'))).toBe(false);
      const begun = createDemoFiles(folder).readProgress();
      expect(begun).toMatchObject({ seeded: false });

      const demo = await prepare();
      expect(demo.workspaceId).toBe(begun?.workspaceId);
      expect(await story(demo)).toEqual(whole);
      expect(published()).toEqual(demo);
      expect(published().users.map(({ id }) => id)).toEqual(demoUsers.map(({ id }) => id));
    },
  );
});

describe('What an earlier run left', () => {
  test('is told once: the next start mints tokens and adds nothing to the conversation', async () => {
    const before = await prepare();
    const told = await story(before);
    const after = await prepare();
    expect(after.workspaceId).toBe(before.workspaceId);
    expect(await story(after)).toEqual(told);
  });

  test('is not shown to readers, and not forgotten', async () => {
    const { workspaceId } = await prepare();
    createDemoFiles(folder).withdraw();
    expect(existsSync(inFolder('demo.json'))).toBe(false);
    expect((await prepare()).workspaceId).toBe(workspaceId);
  });

  test.each([
    [
      'a workspace that the database does not know',
      (demo: Demo) => JSON.stringify({ ...demo, apiKey: demo.apiKey.slice(0, -4), seeded: true }),
    ],
    ['half a file', (demo: Demo) => JSON.stringify(demo).slice(0, 40)],
    ['an empty file', () => ''],
  ])('is made again when it is %s', async (_, left) => {
    const before = await prepare();
    writeFileSync(inFolder('demo-workspace.json'), left(before));
    const after = await prepare();
    expect(after.workspaceId).not.toBe(before.workspaceId);
    expect(await story(after)).toEqual(await story(before));
    expect(published()).toEqual(after);
  });

  test('in the one file of before, half-way, is continued', async () => {
    const { workspaceId, apiKey, ...rest } = await prepare();
    rmSync(inFolder('demo-workspace.json'));
    writeFileSync(inFolder('demo.json'), JSON.stringify({ ...rest, workspaceId, apiKey, users: [], seeded: false }));
    createDemoFiles(folder).withdraw();
    expect(existsSync(inFolder('demo.json'))).toBe(false);
    const demo = await prepare();
    expect([demo.workspaceId, published().users.length]).toEqual([workspaceId, demoUsers.length]);
  });
});
