import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createJobProgress } from '../../cli/commands/reindex-progress.ts';
import { setBarrier } from '../../functions/epochs/cutting/set-barrier.ts';
import { localEmbedder } from '../../functions/embeddings/local-embedder.ts';
import type { UserCaller } from '../../functions/platform/authenticate.ts';
import { postEvent } from '../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace } from '../support/app.ts';
import { createMemoryWorker } from '../support/memory-worker.ts';
import type { MemoryWorker } from '../support/memory-worker.ts';
import { runStreambed, startTestServer } from './server.ts';
import type { Ended, TestServer } from './server.ts';

let server: TestServer;
let worker: MemoryWorker;
let ada: UserCaller;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
/** Runs the command; `onSaid` is called once, when its output first contains a text. */
function reindex(holds: string, onSaid: (stop: (signal: NodeJS.Signals) => void) => void, args: readonly string[] = []): Promise<Ended> {
  let isSaid = false;
  return runStreambed(['reindex', ...args], {
    env,
    onErrors: (said, stop) => {
      if (isSaid || !said.includes(holds)) return;
      isSaid = true;
      onSaid(stop);
    },
  });
}
async function links(): Promise<unknown[]> {
  const { rows } = await server.app.test.owner.query<object>(
    'select epoch_id, target_id from epoch_links where workspace_id = $1 order by 1, 2',
    [ada.workspaceId],
  );
  return rows;
}
const indexed = async (): Promise<number> => (await server.app.index.open(localEmbedder)).count({ workspaceId: ada.workspaceId });

describe('reindex', () => {
  beforeEach(async () => {
    const { app } = server;
    app.memoryMessages.length = 0;
    worker = await createMemoryWorker(app);
    app.time = new Date('2026-11-20T12:00:00Z');
    const { workspaceId, apiKey } = await aWorkspace(app);
    ada = await aMember(app, workspaceId, 'ada', 'owner');
    env = { STREAMBED_URL: server.baseUrl, STREAMBED_API_KEY: apiKey };
    const stream = await aChannel(app, ada, 'General');
    for (const text of ['The payments webhook fires twice', 'The desks arrive on Monday', 'The search cluster is red']) {
      await postEvent(app, ada, { streamId: stream.id, text });
      await setBarrier(app, ada, { streamId: stream.id });
    }
    await worker.settle();
  });
  afterEach(async () => {
    server.before = async () => undefined;
    server.app.index.using = localEmbedder;
    (await server.app.index.qdrant()).faults.down(false);
    await worker.stop();
  });

  it('builds the index anew, and tells how far it is until it is', async () => {
    await (await server.app.index.open(localEmbedder)).removeWhere({ workspaceId: ada.workspaceId });
    const ended = await reindex('Reindex: 0 %, 0 of 3 epochs', () => void worker.settle());
    expect(ended).toMatchObject({ code: 0, out: '' });
    expect(ended.errors).toMatch(/^Reindex: 0 %, 0 of 3 epochs\n[^]*Indexed 3 epochs anew with local-1 in 0 s\.\n$/);
    expect(await indexed()).toBe(3);
  });

  it('links what was linked, from nothing and over what is there', async () => {
    const stream = await aChannel(server.app, ada, 'Money');
    for (const text of [
      'The payments webhook fires twice, a customer was charged again: we need an idempotency key on the payments handler',
      'The floor plan says twelve desks and two meeting rooms on the third floor',
      'Again charged twice: the payments handler got the webhook without an idempotency key',
    ]) {
      server.app.time = new Date(server.app.time.getTime() + 60_000);
      await postEvent(server.app, ada, { streamId: stream.id, text });
      await setBarrier(server.app, ada, { streamId: stream.id });
      await worker.settle();
    }
    const before = await links();
    expect(before.length).toBeGreaterThan(0);
    for (const isEmpty of [false, true]) {
      if (isEmpty) await (await server.app.index.open(localEmbedder)).removeWhere({ workspaceId: ada.workspaceId });
      server.app.time = new Date(server.app.time.getTime() + 60_000);
      const ended = await reindex('Reindex: 0 %, 0 of 6 epochs', () => void worker.settle());
      expect(ended).toMatchObject({ code: 0 });
      expect(await links()).toEqual(before);
    }
  });

  it('says what holds it up, and ends well when that is gone', async () => {
    const { faults } = await server.app.index.qdrant();
    faults.down();
    let answered = 0;
    const step = server.app.memoryMessages;
    // As with the queue: the first attempt finds the index down, the next one finds it up.
    server.before = async (at) => {
      if (!at.endsWith('/memory') || ++answered > 3) return undefined;
      if (answered === 2) await worker.work(step.shift()?.body as never);
      return undefined;
    };
    const ended = await reindex('it waits: ', () => {
      faults.down(false);
      void worker.settle();
    });
    expect(ended.errors).toMatch(/it waits: The index cannot be asked: /);
    expect(ended).toMatchObject({ code: 0 });
  });

  it('Ctrl-C leaves it at work, and calling again goes on with the same', async () => {
    const interrupted = await reindex('Reindex: 0 %', (stop) => stop('SIGINT'));
    expect(interrupted.code).toBe(130);
    expect(interrupted.errors).toMatch(/The service goes on with it\. The same command follows it again\.\nInterrupted\.\n$/);
    const again = await reindex('Going on with what began at 2026-11-20T12:00:00.000Z.', () => void worker.settle());
    expect(again).toMatchObject({ code: 0 });
    const { rows } = await server.app.test.owner.query('select status from jobs where workspace_id = $1', [ada.workspaceId]);
    expect(rows).toEqual([{ status: 'done' }]);
  });

  it('a service that is away for a moment is waited for', async () => {
    let away = 0;
    const problem = { type: '/docs', title: 'Away', status: 500, code: 'internal', retry: 'after', requestId: 'r' };
    server.before = async (at) => (at.endsWith('/memory') && ++away === 2 ? { status: 500, body: problem } : undefined);
    const ended = await reindex('it waits: the service does not answer', () => void worker.settle());
    expect(ended).toMatchObject({ code: 0 });
  });

  it('says that the work failed, and why', async () => {
    const ended = await reindex('Reindex: 0 %', () => {
      void server.app.test.owner.query(`update jobs set status = 'failed', done = 1, detail = 'no room' where workspace_id = $1`, [
        ada.workspaceId,
      ]);
    });
    expect(ended.code).toBe(1);
    expect(ended.errors).toMatch(/The work failed after 1 of 3 epochs: no room\n$/);
  });

  it('says what it lacks, and who may not', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'streambed-reindex-'));
    const nothing = await runStreambed(['reindex'], { cwd: folder });
    expect(nothing.code).toBe(2);
    expect(nothing.errors).toContain('There is no .local/demo.json: start the local app with "npm start"');
    const key = env['STREAMBED_API_KEY'] ?? '';
    const wrong = await runStreambed(['reindex', '--url', server.baseUrl, '--key', `${key.slice(0, -4)}0000`]);
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.errors).toContain('A valid token is needed');
    const nobody = await runStreambed(['reindex', '--url', 'http://127.0.0.1:9', '--key', key]);
    expect(nobody).toMatchObject({ code: 1 });
    expect(nobody.errors).toMatch(/^Nobody answers at http:\/\/127\.0\.0\.1:9 \(.*\)\. Is the app running\?\n$/);
    expect(await runStreambed(['reindex'], { env: { STREAMBED_URL: server.baseUrl }, cwd: folder })).toMatchObject({ code: 2 });
    mkdirSync(path.join(folder, '.local'));
    writeFileSync(path.join(folder, '.local', 'demo.json'), JSON.stringify({ baseUrl: server.baseUrl, apiKey: key }));
    server.before = async (at) => {
      if (at.endsWith('/memory')) await worker.settle();
      return undefined;
    };
    expect(await runStreambed(['reindex'], { cwd: folder })).toMatchObject({ code: 0 });
    server.app.time = new Date(server.app.time.getTime() + 1_000);
    expect(await runStreambed(['reindex', '--url', server.baseUrl], { cwd: folder })).toMatchObject({ code: 0 });
    rmSync(folder, { recursive: true });
  });
});

describe('progress of long work', () => {
  it('is one line that moves on a terminal, and no longer than it', () => {
    let written = '';
    let time = 0;
    const terminal = { isTTY: true, columns: 40, write: (text: string) => (written += text) };
    const progress = createJobProgress('Reindex', terminal, () => time);
    progress.update({ done: 0, total: 3_000 }, null);
    time = 2_000;
    progress.update({ done: 1_500, total: 3_000 }, null);
    progress.update({ done: 1_500, total: 3_000 }, 'The index cannot be asked');
    progress.done('Done.');
    expect(written.split('\r\x1b[K')).toEqual([
      '',
      'Reindex: 0 %, 0 of 3,000 epochs',
      'Reindex: 50 %, 1,500 of 3,000 epochs, 7',
      'Reindex: 50 %, 1,500 of 3,000 epochs; i',
      'Done.\n',
    ]);
  });

  it('is a line for each tenth elsewhere, and for whatever holds it up', () => {
    let written = '';
    let time = 0;
    const progress = createJobProgress('Reindex', { write: (text) => (written += text) }, () => time);
    for (const done of [0, 10, 40, 110, 120]) {
      progress.update({ done, total: 200 }, null);
      time += 1_000;
    }
    progress.update({ done: 120, total: 200 }, 'no room');
    expect(written.split('\n')).toEqual([
      'Reindex: 0 %, 0 of 200 epochs',
      'Reindex: 20 %, 40 of 200 epochs, 20 a second',
      'Reindex: 55 %, 110 of 200 epochs, 37 a second',
      'Reindex: 60 %, 120 of 200 epochs, 30 a second',
      'Reindex: 60 %, 120 of 200 epochs; it waits: no room',
      '',
    ]);
  });
});
