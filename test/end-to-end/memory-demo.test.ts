import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { api } from '../../contract/api.ts';
import type { MemoryStatus } from '../../contract/epoch.ts';
import { startLocal } from '../../local/run.ts';
import type { Local } from '../../local/run.ts';
import type { Comparison } from '../../scripts/demo-memory/key.ts';
import { readEpochs, waitForMemory } from '../../scripts/demo-memory/read-memory.ts';
import type { RememberedStream } from '../../scripts/demo-memory/read-memory.ts';
import { readStory } from '../../scripts/demo-memory/read-story.ts';
import { importStory, say } from '../../scripts/demo-memory/tell-story.ts';
import type { Telling } from '../../scripts/demo-memory/tell-story.ts';
import { countPoints, epochsIn, linksIn } from './memory-outcome.ts';
import type { Outcome } from './memory-outcome.ts';
import { startWordProvider } from './word-provider.ts';
import type { WordProvider } from './word-provider.ts';
import { limit } from '../support/slowness.ts';

/**
 * All services of memory fail in the middle of three weeks. Posting is unaffected, and memory ends in the same state as without failures.
 */
const story = readStory();
let folder: string;
const running = new Set<Local>();

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'streambed-memory-'));
});
afterAll(async () => {
  for (const local of running) await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts an app with the index in a file, so that it can stop and restart. */
async function startApp(name: string, environment: Readonly<Record<string, string>>): Promise<Local> {
  const local = await startLocal({ port: 0, stateDir: path.join(folder, name), quiet: true, demo: false, environment });
  running.add(local);
  return local;
}
async function stopApp(local: Local): Promise<void> {
  running.delete(local);
  await local.stop();
}

const importPast = ({ baseUrl }: Local): Promise<Telling> =>
  importStory(story, { baseUrl, name: 'Atlas', now: new Date(), onSent: () => undefined });
const statusOf = ({ own }: Telling): Promise<MemoryStatus> =>
  own.streambed.call(api.epochs.readMemory, { params: { workspaceId: own.workspaceId } });

/** Posts the last day; resolves with the duration of the slowest post. */
async function postLive(telling: Telling): Promise<number> {
  let slowestMs = 0;
  for (const said of story.live) {
    const from = performance.now();
    await say(telling, said);
    slowestMs = Math.max(slowestMs, performance.now() - from);
  }
  return slowestMs;
}

/** Makes messages visible that wait for a back-off or after a dead worker. */
function bringBack(local: Local): void {
  for (const queue of ['Epochs', 'Embeddings']) local.queues.expireVisibility(local.nameOf(`Epochs${queue}QueueQueue`));
}

/** Waits for work whose progress is not known here: now and then messages become visible before their three minutes are over. */
async function hurried<Result>(local: Local, work: Promise<Result>): Promise<Result> {
  const hurry = setInterval(() => bringBack(local), limit(15_000));
  return work.finally(() => clearInterval(hurry));
}

/** Waits for memory. Without progress for a while, messages become visible before their three minutes are over. */
async function settle(local: Local, telling: Telling): Promise<Outcome> {
  let moved = true;
  const hurry = setInterval(() => {
    if (!moved) bringBack(local);
    moved = false;
  }, limit(5_000));
  try {
    await waitForMemory(telling, () => (moved = true));
  } finally {
    clearInterval(hurry);
  }
  return { streams: await readEpochs(telling), points: await countPoints(local, telling.own.workspaceId) };
}

/**
 * Runs the once-a-minute sweep, which retries work that waited for the provider, without waiting for its minute. Without progress since
 * the last look, messages become visible before their back-off is over.
 */
async function lookAfter(local: Local, telling: Telling): Promise<void> {
  let seen = '';
  for (let status = await statusOf(telling); status.streamsBehind > 0; status = await statusOf(telling)) {
    const now = JSON.stringify([status.streamsBehind, status.epochsWaiting, status.epochCount]);
    if (now === seen) bringBack(local);
    seen = now;
    await local.runSchedule('EpochsFlushEveryMinute');
    await pause(1_000);
  }
}

async function tellCalmly(local: Local): Promise<Outcome> {
  const telling = await importPast(local);
  await postLive(telling);
  return settle(local, telling);
}

/** Runs the script as a user at a terminal does. */
async function runScript(local: Local): Promise<{ outcome: Outcome; comparison: Comparison }> {
  const root = path.resolve(import.meta.dirname, '../..');
  const child = spawn(process.execPath, ['scripts/demo-memory.ts', '--url', local.baseUrl, '--json'], { cwd: root });
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => {
      child.on('close', resolve);
    }),
  ]);
  if (code !== 0) throw new Error(errors);
  const told = JSON.parse(out) as { workspaceId: string; streams: RememberedStream[]; comparison: Comparison };
  return { outcome: { streams: told.streams, points: await countPoints(local, told.workspaceId) }, comparison: told.comparison };
}

/** Links start at 0.5. Other epochs in the index move weak links across that threshold. */
const atTheEdge = 0.6;

function expectSameLinks(storm: Outcome, calm: Outcome): void {
  const links = linksIn(storm);
  const wanted = linksIn(calm);
  const missing = [...wanted].filter(([place]) => !links.has(place));
  const added = [...links].filter(([place]) => !wanted.has(place));
  expect([...missing, ...added].filter(([, score]) => score > atTheEdge)).toEqual([]);
  expect(missing.length + added.length).toBeLessThan(wanted.size * 0.08);
  expect(wanted.size).toBeGreaterThan(50);
}

function expectAllIndexed(outcome: Outcome): void {
  const epochs = epochsIn(outcome);
  expect(epochs.filter(({ barrier, indexed }) => barrier !== null && indexed !== true)).toEqual([]);
  // Only the newest epoch of a stream can be open, and open ones are not in the index yet.
  expect(outcome.points).toBe(epochs.filter(({ barrier }) => barrier !== null).length);
}

describe('The memory of three weeks, made on the machine itself', () => {
  let calm: Outcome;
  let comparison: Comparison;
  let storm: Outcome;
  let meanwhile: MemoryStatus;
  let slowestMs: number;

  beforeAll(async () => {
    const local = await startApp('offline', {});
    ({ outcome: calm, comparison } = await hurried(local, runScript(local)));
    // Both workers die after some writes, and the index stops when it holds some of the epochs.
    const kills = [
      local.faults.set({ caller: 'EpochsAssignEvents', action: 'sqs:SendMessage', when: 'after', effect: 'kill' }),
      local.faults.set({ caller: 'EpochsIndexEpoch', action: 'sqs:SendMessage', when: 'before', effect: 'kill' }),
    ];
    const stopped = kills[1]?.struck.then(() => local.qdrant.stop());
    const telling = await importPast(local);
    await hurried(local, Promise.all([...kills.map(({ struck }) => struck), stopped]));
    local.queues.expireVisibility(local.nameOf('EpochsEpochsQueueQueue'));
    slowestMs = await postLive(telling);
    meanwhile = await statusOf(telling);
    await local.qdrant.start();
    local.queues.expireVisibility(local.nameOf('EpochsEmbeddingsQueueQueue'));
    storm = await settle(local, telling);
    await stopApp(local);
  }, limit(600_000));

  test('finds most changes of subject, and most subjects that come back', () => {
    const { changes, returns } = comparison;
    expect(changes.total).toBeGreaterThan(50);
    expect(changes.near).toBeGreaterThan(changes.total * 0.6);
    expect(returns.found).toBeGreaterThan(returns.total * 0.5);
  });

  test('waits while its workers are dead and its index is gone, and nobody who writes does', () => {
    expect(meanwhile.epochsWaiting).toBeGreaterThan(10);
    expect(slowestMs).toBeLessThan(limit(5_000));
  });

  test('has the same epochs afterwards, with the same labels', () => {
    expect(epochsIn(storm)).toEqual(epochsIn(calm));
    expect(epochsIn(calm).length).toBeGreaterThan(30);
  });

  test('has each of them in the index once, with the same links', () => {
    expectAllIndexed(calm);
    expectAllIndexed(storm);
    expectSameLinks(storm, calm);
  });
});

describe('The memory of three weeks, made by a provider', () => {
  let provider: WordProvider;
  let calm: Outcome;
  let storm: Outcome;
  let meanwhile: MemoryStatus;
  let slowestMs: number;
  let telling: Telling;

  beforeAll(async () => {
    provider = await startWordProvider();
    const local = await startApp('provider', {
      EMBEDDING_PROVIDER: 'openai',
      EMBEDDING_URL: provider.url,
      EMBEDDING_MODEL: 'words',
      EMBEDDING_DIMENSION: String(provider.dimension),
    });
    calm = await tellCalmly(local);
    // Both stop when some epochs are in the index; the last day is posted without them.
    const stopped = provider.failAfter(15).then(() => local.qdrant.stop());
    telling = await importPast(local);
    await hurried(local, stopped);
    slowestMs = await postLive(telling);
    meanwhile = await statusOf(telling);
    await local.qdrant.start();
    provider.recover();
    await lookAfter(local, telling);
    storm = await settle(local, telling);
    await stopApp(local);
  }, limit(600_000));
  afterAll(() => provider.stop());

  test('waits while provider and index are gone, and nobody who writes does', () => {
    expect(provider.refusals).toBeGreaterThan(0);
    expect(meanwhile.epochsWaiting).toBeGreaterThan(10);
    expect(slowestMs).toBeLessThan(limit(5_000));
  });

  test('has the same epochs afterwards, with the same labels', () => {
    expect(epochsIn(storm)).toEqual(epochsIn(calm));
    expect(epochsIn(calm).length).toBeGreaterThan(30);
  });

  test('has each of them in the index once', () => {
    expectAllIndexed(calm);
    expectAllIndexed(storm);
  });
});
