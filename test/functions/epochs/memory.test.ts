import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { defaultMemorySettings, MemoryJob, MemoryStatus, UpdateMemorySettings } from '../../../contract/epoch.ts';
import type { EpochId } from '../../../contract/ids.ts';
import type { StreamEvent } from '../../../contract/event.ts';
import type { Stream } from '../../../contract/stream.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import { listEpochs } from '../../../functions/epochs/epochs/list-epochs.ts';
import { readMemorySettings, updateMemorySettings } from '../../../functions/epochs/settings/memory-settings.ts';
import { readMemory } from '../../../functions/epochs/settings/read-memory.ts';
import { reindexMemory } from '../../../functions/epochs/indexing/reindex-memory.ts';
import type { ApiKeyCaller, UserCaller } from '../../../functions/platform/authenticate.ts';
import { postEvent } from '../../../functions/streams/events/post-event.ts';
import { aChannel, aMember, aWorkspace, createTestApp } from '../../support/app.ts';
import type { TestApp } from '../../support/app.ts';
import { putEpochs, putWhatMemoryKeeps } from '../../support/epochs.ts';
import { countStatements } from '../../support/statements.ts';

let app: TestApp;
let ada: UserCaller;
let key: ApiKeyCaller;
let stream: Stream;
let said: StreamEvent;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.test.drop());

beforeEach(async () => {
  const { workspaceId } = await aWorkspace(app);
  ada = await aMember(app, workspaceId, 'ada', 'owner');
  key = { kind: 'apiKey', workspaceId, keyId: 'test', scopes: ['memory'] };
  stream = await aChannel(app, ada, 'Open');
  said = await say(stream);
  app.memoryMessages.length = 0;
});

const say = async (into: Stream) => (await postEvent(app, ada, { streamId: into.id, text: 'Hello', mentions: [] })).event;
const later = (seconds: number) => void (app.time = new Date(app.time.getTime() + seconds * 1000));
const counted = (work: () => Promise<unknown>) => countStatements(app, work);

describe('how a stream is cut', () => {
  const read = () => readMemorySettings(app, ada, { streamId: stream.id });
  const change = (fields: object) => updateMemorySettings(app, ada, { ...UpdateMemorySettings.parse(fields), streamId: stream.id });

  test('is as usual until somebody changes it, and each change leaves the rest', async () => {
    expect(await read()).toEqual(defaultMemorySettings);
    expect(await change({ gapMinutes: 5 })).toEqual({ ...defaultMemorySettings, gapMinutes: 5 });
    expect(await change({ sensitivity: 'high', enabled: false })).toEqual({
      ...defaultMemorySettings,
      gapMinutes: 5,
      sensitivity: 'high',
      enabled: false,
    });
    expect(await read()).toMatchObject({ gapMinutes: 5, sensitivity: 'high', enabled: false });
  });

  test('changes nothing of what was cut', async () => {
    const [id] = await putEpochs(app, stream, [{ from: said, to: said }]);
    await change({ gapMinutes: 5 });
    expect(await listEpochs(app, ada, { streamId: stream.id, limit: 5 })).toMatchObject({ items: [{ id, rev: 1 }], epochsRev: 1 });
  });

  test('has what waited looked at when memory is on again', async () => {
    await change({ enabled: false, maxMessages: 20 });
    expect(app.memoryMessages).toEqual([]);
    await change({ enabled: true });
    expect(app.memoryMessages).toMatchObject([{ queueUrl: 'epochs', body: { kind: 'stream', streamId: stream.id } }]);
  });

  test('takes two statements', async () => {
    expect(await counted(read)).toBe(3);
    expect(await counted(() => change({ idleMinutes: 9 }))).toBe(3);
  });
});

describe('how memory is', () => {
  const status = () => readMemory(app, ada);

  test('of a workspace where all is remembered, exactly as the contract says', async () => {
    const [id] = (await putEpochs(app, stream, [{ from: said, to: said }])) as [EpochId];
    expect(await status()).toEqual({
      workspaceId: ada.workspaceId,
      state: 'current',
      embedder: { model: localEmbedder.model, dimension: localEmbedder.dimension, isOffline: true },
      streamsBehind: 0,
      epochsWaiting: 0,
      waitingSince: null,
      epochCount: 1,
      associations: null,
      job: null,
    });
    await putWhatMemoryKeeps(app, ada.workspaceId, { epochId: id, streamId: stream.id });
    const full = await status();
    expect(MemoryStatus.parse(full)).toEqual(full);
    expect(full).toMatchObject({ associations: { version: 2, trust: 0.5 }, job: { kind: 'reindex', status: 'done', done: 2, total: 2 } });
    expect(await readMemory(app, key)).toEqual(full);
  });

  test('says which model the workspace is indexed with, whichever is configured', async () => {
    await app.test.owner.query(`insert into workspace_memory (workspace_id, model, dimension) values ($1, 'titan', 1024)`, [
      ada.workspaceId,
    ]);
    expect((await status()).embedder).toEqual({ model: 'titan', dimension: 1024, isOffline: false });
  });

  test('is behind when an event waits for a minute, in whatever stream', async () => {
    expect(await status()).toMatchObject({ state: 'current', streamsBehind: 1 });
    later(61);
    expect(await status()).toMatchObject({ state: 'behind', streamsBehind: 1, epochsWaiting: 0 });
    await putEpochs(app, stream, [{ from: said, to: said }]);
    expect(await status()).toMatchObject({ state: 'current', streamsBehind: 0 });
    await say(stream);
    expect(await status()).toMatchObject({ state: 'current', streamsBehind: 1 });
  });

  test('is behind when an epoch waits for two minutes, and says since when', async () => {
    await putEpochs(app, stream, [{ from: said, to: said, waitingSeconds: 60 }]);
    expect(await status()).toMatchObject({ state: 'current', epochsWaiting: 1 });
    later(61);
    expect(await status()).toMatchObject({
      state: 'behind',
      epochsWaiting: 1,
      waitingSince: new Date(app.time.getTime() - 121_000).toISOString(),
    });
  });

  test('does not count streams where memory is off, and is off when it is off in all of them', async () => {
    const other = await aChannel(app, ada, 'Other');
    await say(other);
    later(61);
    expect(await status()).toMatchObject({ state: 'behind', streamsBehind: 2 });
    await updateMemorySettings(app, ada, { streamId: stream.id, enabled: false });
    expect(await status()).toMatchObject({ state: 'behind', streamsBehind: 1 });
    await updateMemorySettings(app, ada, { streamId: other.id, enabled: false });
    expect(await status()).toMatchObject({ state: 'off', streamsBehind: 0 });
  });

  test('is not for who is not in the workspace', async () => {
    const stranger = { ...ada, workspaceId: (await aWorkspace(app)).workspaceId };
    await expect(readMemory(app, stranger)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('takes three statements, and one more to know who asks', async () => {
    expect(await counted(() => readMemory(app, key))).toBe(4);
    expect(await counted(status)).toBe(5);
  });
});

describe('building the index anew', () => {
  test('is begun once, over every closed epoch; who asks again is given what runs', async () => {
    const second = await say(stream);
    await putEpochs(app, stream, [
      { from: said, to: said },
      { from: second, to: second, open: true },
    ]);
    const { job, isNew } = await reindexMemory(app, key);
    expect(isNew).toBe(true);
    expect(MemoryJob.parse(job)).toEqual(job);
    expect(job).toMatchObject({
      kind: 'reindex',
      status: 'running',
      done: 0,
      total: 1,
      startedAt: app.time.toISOString(),
      finishedAt: null,
    });
    expect(app.memoryMessages).toMatchObject([{ queueUrl: 'embeddings', body: { kind: 'job', jobId: job.id } }]);
    expect(await reindexMemory(app, key)).toEqual({ job, isNew: false });
    expect((await readMemory(app, key)).job).toEqual(job);
  });

  test('of two that come at once, one begins it', async () => {
    const begun = await Promise.all([0, 1, 2].map(() => reindexMemory({ ...app, db: app.test.open() }, key)));
    expect(begun.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(begun.map(({ job }) => job.id)).size).toBe(1);
  });

  test('can be begun again when it is done', async () => {
    const { job } = await reindexMemory(app, key);
    await app.test.owner.query(`update jobs set status = 'done', finished_at = now() where id = $1`, [job.id]);
    expect((await reindexMemory(app, key)).isNew).toBe(true);
  });
});
