import { afterEach, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { startQdrant, type Qdrant, type QdrantOptions } from '../../../local/qdrant/qdrant.ts';
import { Collection } from '../../../local/qdrant/collection.ts';
import { search } from '../../../local/qdrant/query.ts';
import { quietLog } from '../emulators.ts';
import { clientOf, refusal } from './subject.ts';

let running: Qdrant | undefined;
const log = quietLog();
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
const start = async (options: Partial<QdrantOptions> = {}): Promise<Qdrant> => (running = await startQdrant({ log, ...options }));

test('it listens to this machine only', async () => {
  const { url } = await start();
  const { hostname, port } = new URL(url);
  expect(hostname).toBe('127.0.0.1');
  const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outside = others.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
  for (const host of outside) {
    const answered = await new Promise((resolve) => {
      const socket = connect({ host, port: Number(port) });
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    expect({ host, answered }).toEqual({ host, answered: false });
  }
});

test('a port that is taken is told', async () => {
  const { url } = await start();
  await expect(startQdrant({ log, port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
});

test('with a key, only who has it is let in; the version and the probes are for everybody', async () => {
  const { url } = await start({ apiKey: 'k1' });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${path}`, { headers });
    return { status: answer.status, text: await answer.text() };
  };
  expect(await get('/collections')).toEqual({ status: 401, text: 'Must provide an API key or an Authorization bearer token' });
  expect(await get('/collections', { 'api-key': 'k2' })).toEqual({ status: 401, text: 'Invalid API key or JWT' });
  expect((await get('/collections', { 'api-key': 'k1' })).status).toBe(200);
  expect((await get('/collections', { authorization: 'Bearer k1' })).status).toBe(200);
  expect(JSON.parse((await get('/')).text)).toMatchObject({ version: expect.stringMatching(/^1\.19\./) as unknown });
  expect(await get('/healthz')).toEqual({ status: 200, text: 'healthz check passed' });
});

test('a server that is down answers nobody, and is itself again afterwards', async () => {
  const { url, faults } = await start();
  const client = clientOf(url);
  await client.createCollection('epochs', {});
  faults.down();
  await expect(client.collectionExists('epochs')).rejects.toThrow();
  faults.down(false);
  expect(await client.collectionExists('epochs')).toEqual({ exists: true });
});

test('errors come as often as they were asked for', async () => {
  const { url, faults } = await start();
  const client = clientOf(url);
  faults.failWith(503, 2);
  expect((await refusal(client.getCollections())).status).toBe(503);
  expect((await refusal(client.getCollections())).status).toBe(503);
  expect(await client.getCollections()).toEqual({ collections: [] });
});

test('a slow server holds up each answer', async () => {
  const { url, faults } = await start();
  faults.slow(120);
  const started = performance.now();
  await clientOf(url).getCollections();
  expect(performance.now() - started).toBeGreaterThan(110);
});

test('a collection can be taken away under its users, by its alias too', async () => {
  const { url, faults } = await start();
  const client = clientOf(url);
  await client.createCollection('epochs-1', {});
  await client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: 'epochs-1', alias_name: 'epochs' } }] });
  faults.dropCollection('epochs');
  expect((await refusal(client.count('epochs'))).status).toBe(404);
  expect((await refusal(client.count('epochs-1'))).status).toBe(404);
});

test('whoever does not wait is told that it is under way', async () => {
  const { url } = await start();
  const client = clientOf(url);
  await client.createCollection('epochs', {});
  expect((await client.upsert('epochs', { wait: false, points: [{ id: 1, vector: {} }] })).status).toBe('acknowledged');
  expect((await client.upsert('epochs', { wait: true, points: [{ id: 1, vector: {} }] })).status).toBe('completed');
});

test('what is asked for and not done here is refused, not passed over', async () => {
  const { url } = await start();
  const client = clientOf(url);
  await client.createCollection('epochs', { vectors: { size: 2, distance: 'Dot' } });
  for (const call of [
    client.createCollection('others', { vectors: { size: 2, distance: 'Euclid' } }),
    client.upsert('epochs', { points: [{ id: 1, vector: [1, 2] }], update_mode: 'insert_only' }),
    client.scroll('epochs', { order_by: 'at' }),
    client.query('epochs', { query: { order_by: 'at' } }),
    client.query('epochs', { query: { sample: 'random' } }),
    client.count('epochs', { filter: { must: [{ key: 'at', geo_radius: { center: { lat: 1, lon: 1 }, radius: 1 } }] } }),
    client.createPayloadIndex('epochs', { field_name: 'text', field_schema: 'text' }),
  ])
    expect((await refusal(call)).status).toBe(400);
  expect((await fetch(`${url}/collections/epochs/points/search`, { method: 'POST', body: '{}' })).status).toBe(404);
});

test('how rare a term is follows what is deleted at once', async () => {
  const { url } = await start();
  const client = clientOf(url);
  await client.createCollection('epochs', { sparse_vectors: { words: { modifier: 'idf' } } });
  await client.upsert('epochs', {
    points: [1, 2, 3].map((id) => ({ id, vector: { words: { indices: [id === 3 ? 2 : 1], values: [1] } } })),
  });
  await client.delete('epochs', { wait: true, points: [1] });
  const { points } = await client.query('epochs', { query: { indices: [1], values: [1] }, using: 'words' });
  // A real Qdrant counts deleted points until it optimizes.
  expect(points).toMatchObject([{ id: 2, score: Math.fround(Math.log(1.5 / 1.5 + 1)) }]);
});

test('a long search lets others through', async () => {
  const collection = new Collection({ dense: { '': { size: 2, distance: 'Dot' } }, sparse: {}, isUnnamed: true, onDiskPayload: true });
  const point = (id: number) => ({ id, payload: {}, dense: new Map([['', Float32Array.of(1, id)]]), sparse: new Map(), version: 1 });
  collection.apply({ kind: 'upsert', points: Array.from({ length: 50_000 }, (_, id) => point(id)) });
  let turns = 0;
  let isFound = false;
  const turn = () => {
    turns++;
    if (!isFound) setImmediate(turn);
  };
  setImmediate(turn);
  const found = await search(collection, { query: [0, 1], limit: 1 });
  isFound = true;
  expect(found).toEqual([{ id: 49_999, score: 49_999 }]);
  expect(turns).toBeGreaterThanOrEqual(4);
});

test('nothing of this was a fault of the server', () => {
  expect(log.lines).toEqual([]);
});
