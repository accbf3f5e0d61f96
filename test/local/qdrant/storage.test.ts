import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Collection, type Change } from '../../../local/qdrant/collection.ts';
import { Collections } from '../../../local/qdrant/collections.ts';
import { createFaults } from '../../../local/qdrant/faults.ts';
import { startQdrant, type Qdrant } from '../../../local/qdrant/qdrant.ts';
import { openStorage } from '../../../local/qdrant/storage.ts';
import { quietLog } from '../emulators.ts';
import { clientOf, refusal } from './subject.ts';

let folder: string;
let running: Qdrant | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'streambed-qdrant-'));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true });
});

async function start(port = 0): Promise<Qdrant> {
  await running?.stop();
  return (running = await startQdrant({ folder, port, log: quietLog() }));
}

test('a server that starts again at the same port has the same data, and the same client goes on', async () => {
  const { url } = await start();
  const client = clientOf(url);
  await client.createCollection('epochs', {
    vectors: { dense: { size: 3, distance: 'Cosine' } },
    sparse_vectors: { words: { modifier: 'idf' } },
  });
  await client.createPayloadIndex('epochs', { field_name: 'stream', field_schema: 'keyword', wait: true });
  const vector = { dense: [0.1, 0.7, 0.3], words: { indices: [3, 4_000_000_000], values: [0.3, 1] } };
  await client.upsert('epochs', { points: [1, 2, 3].map((id) => ({ id, vector, payload: { stream: `s${id}`, text: 'Ünïcödé\n' } })) });
  await client.delete('epochs', { wait: true, points: [3] });
  await client.setPayload('epochs', { payload: { label: 'a' }, points: [2] });
  await client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: 'epochs', alias_name: 'memory' } }] });
  await client.createCollection('gone', { vectors: { size: 2, distance: 'Dot' } });
  await client.deleteCollection('gone');
  const look = async () => ({
    points: await client.scroll('memory', { with_vector: true }),
    query: await client.query('memory', { query: vector.words, using: 'words', with_payload: true }),
    info: await client.getCollection('memory'),
    collections: await client.getCollections(),
  });
  const before = await look();
  await start(Number(new URL(url).port));
  expect(await look()).toEqual(before);
  expect(before.collections).toEqual({ collections: [{ name: 'epochs' }] });
  expect(before.points.points.map(({ id }) => id)).toEqual([1, 2]);
  await client.upsert('memory', { points: [{ id: 4, vector: {} }] });
  await start(Number(new URL(url).port));
  expect(await client.count('memory')).toEqual({ count: 3 });
});

test('a process that is killed while it writes has lost nothing that it acknowledged', async () => {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'keeper.ts'), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  let acknowledged = 0;
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    acknowledged = Number(line);
    if (acknowledged >= 40) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  const client = clientOf((await start()).url);
  const { count } = await client.count('kept');
  expect(count % 2).toBe(0);
  expect(count / 2).toBeGreaterThanOrEqual(acknowledged);
  const [last] = await client.retrieve('kept', { ids: [acknowledged], with_vector: true });
  expect(last).toEqual({
    id: acknowledged,
    payload: { id: acknowledged },
    vector: { dense: Array.from({ length: 64 }, () => acknowledged / 8) },
  });
});

test('half a line at the end is a change that was never acknowledged, and the next one stands behind the whole ones', async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  const client = clientOf(url);
  await client.createCollection('epochs', { vectors: { size: 2, distance: 'Dot' } });
  await client.upsert('epochs', { points: [{ id: 1, vector: [1, 2] }] });
  await running?.stop();
  running = undefined;
  const file = path.join(folder, 'epochs.log');
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, whole.slice(whole.indexOf('\n') + 1, -20));
  await start(port);
  expect(readFileSync(file, 'utf8')).toBe(whole);
  await client.upsert('epochs', { points: [{ id: 2, vector: [1, 2] }] });
  await start(port);
  expect(await client.count('epochs')).toEqual({ count: 2 });
});

test('a line in the middle that cannot be read is told rather than passed over', async () => {
  const storage = openStorage(folder);
  const collection = dotCollection();
  storage.create('epochs', collection).close();
  const file = path.join(folder, 'epochs.log');
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"kind":\n${JSON.stringify({ kind: 'delete', ids: [1] })}\n`);
  await expect(storage.load()).rejects.toThrow('cannot be read at line 2');
});

test('what a crash left of a log that was being written anew is cleared away', async () => {
  const storage = openStorage(folder);
  storage.create('epochs', dotCollection()).close();
  writeFileSync(path.join(folder, 'epochs.log.new'), '{"kind":"cre');
  const [loaded] = (await storage.load()).values();
  loaded?.log.close();
  expect(readdirSync(folder)).toEqual(['epochs.log']);
});

test('a log that is written anew holds what there is, and what is changed meanwhile', async () => {
  const storage = openStorage(folder);
  const collection = dotCollection();
  const log = storage.create('epochs', collection);
  const change = (change: Exclude<Change, { kind: 'create' }>) => {
    log.append(change);
    collection.apply(change);
  };
  const put = (id: number, version: number) =>
    change({
      kind: 'upsert',
      points: [{ id, payload: { id, version }, dense: new Map([['', Float32Array.of(id, version)]]), sparse: new Map(), version }],
    });
  change({ kind: 'index', field: 'id', schema: { type: 'integer' } });
  for (let version = 1; version <= 30; version++) for (let id = 0; id < 200; id++) put(id, version);
  const file = path.join(folder, 'epochs.log');
  const before = statSync(file).size;
  const done = log.compact();
  // The first lines are written by now, the others are not.
  put(0, 31);
  put(199, 31);
  put(1_000, 31);
  change({ kind: 'delete', ids: [1, 198] });
  change({ kind: 'payload', ids: [2, 197], payload: { label: 'x' }, version: 32 });
  await done;
  put(3, 33);
  expect(statSync(file).size).toBeLessThan(before / 10);
  log.close();
  const [loaded] = (await openStorage(folder).load()).values();
  loaded?.log.close();
  const all = (one: Collection | undefined) => one?.ids.map((id) => one.point(id));
  expect(all(loaded?.collection)).toEqual(all(collection));
  expect(loaded?.collection.indexes.get('id')?.points).toBe(199);
  expect(existsSync(`${file}.new`)).toBe(false);
});

test('where the disk is full a change is refused and not half done, and later ones are kept', async () => {
  const { url, faults } = await start();
  const client = clientOf(url);
  await client.createCollection('epochs', { vectors: { size: 2, distance: 'Dot' } });
  faults.diskFull();
  expect(await refusal(client.upsert('epochs', { points: [{ id: 1, vector: [1, 2] }] }))).toMatchObject({ status: 500 });
  expect(await client.count('epochs')).toEqual({ count: 0 });
  faults.diskFull(false);
  await client.upsert('epochs', { points: [{ id: 2, vector: [1, 2] }] });
  await start(Number(new URL(url).port));
  expect((await client.scroll('epochs')).points).toEqual([{ id: 2, payload: {} }]);
});

test('a change that comes after the end of a server is refused, and its log stays as it is', async () => {
  const log = quietLog();
  const collections = new Collections(
    openStorage(folder),
    new Map(),
    createFaults(() => undefined),
    log,
  );
  collections.create('epochs', { vectors: { size: 2, distance: 'Dot' } });
  const file = path.join(folder, 'epochs.log');
  const before = readFileSync(file, 'utf8');
  collections.close();
  expect(() => collections.change('epochs', { kind: 'delete', ids: [1] })).toThrow('stopped');
  expect(() => collections.create('others', {})).toThrow('stopped');
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(readdirSync(folder)).toEqual(['epochs.log']);
});

const dotCollection = () =>
  new Collection({ dense: { '': { size: 2, distance: 'Dot' } }, sparse: {}, isUnnamed: true, onDiskPayload: true });
