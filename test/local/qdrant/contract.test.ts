import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QdrantClient } from '@qdrant/js-client-rest';
import { startQdrant, type Qdrant } from '../../../local/qdrant/qdrant.ts';
import { excerptOf, spoken } from '../../../scripts/qdrant-openapi/excerpt.ts';
import { quietLog } from '../emulators.ts';
import { faultsOf, operationOf, operations, type Exchange } from './contract.ts';

const apiKey = 'a key of the test';
let qdrant: Qdrant;
let client: QdrantClient;
const exchanges: Exchange[] = [];
const { fetch } = globalThis;

/** Calls the real fetch and records the exchange. */
const recordingFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const url = new URL(request.url);
  const text = await request.clone().text();
  const response = await fetch(input, init);
  exchanges.push({
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    body: text === '' ? undefined : JSON.parse(text),
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    answer: await response.clone().text(),
  });
  return response;
};

beforeAll(async () => {
  globalThis.fetch = recordingFetch;
  qdrant = await startQdrant({ log: quietLog(), apiKey });
  client = new QdrantClient({ url: qdrant.url, checkCompatibility: false, headers: { 'api-key': apiKey } });
});
afterAll(async () => {
  globalThis.fetch = fetch;
  await qdrant.stop();
});

const refused = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(new Error('not refused')),
    () => undefined,
  );

test('every request of the client and every answer is as in the document of Qdrant, and all that we speak was tried', async () => {
  await everyOperation();
  await everyRefusal();
  expect(exchanges.flatMap(faultsOf)).toEqual([]);
  const served = new Set(exchanges.filter(({ status }) => status === 200).map(operationOf));
  expect([...served].sort()).toEqual([...operations].sort());
  expect(new Set(exchanges.map(({ status }) => status))).toEqual(new Set([200, 400, 401, 404, 409, 422, 500]));
});

async function everyOperation(): Promise<void> {
  await client.versionInfo();
  for (const probe of ['healthz', 'livez', 'readyz']) await globalThis.fetch(`${qdrant.url}/${probe}`);
  await client.createCollection('epochs-1', {
    vectors: { dense: { size: 3, distance: 'Cosine' } },
    sparse_vectors: { words: { modifier: 'idf' } },
    on_disk_payload: true,
  });
  for (const [field_name, field_schema] of [
    ['workspace', { type: 'keyword' as const, is_tenant: true }],
    ['stream', 'keyword' as const],
    ['size', 'integer' as const],
    ['weight', { type: 'float' as const }],
    ['at', 'datetime' as const],
    ['author', 'uuid' as const],
    ['open', 'bool' as const],
  ] as const)
    await client.createPayloadIndex('epochs-1', { field_name, field_schema, wait: true });
  await client.createCollection('unnamed', { vectors: { size: 2, distance: 'Dot' } });
  await client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: 'epochs-1', alias_name: 'epochs' } }] });
  await client.updateCollectionAliases({ actions: [{ rename_alias: { old_alias_name: 'epochs', new_alias_name: 'memory' } }] });
  await client.getAliases();
  await client.getCollectionAliases('epochs-1');
  await client.getCollections();
  await client.collectionExists('memory');
  await points();
  await queries();
  await client.getCollection('memory');
  await client.getCollection('unnamed');
  await client.deletePayloadIndex('memory', 'open');
  await client.deleteCollection('unnamed', { timeout: 5 });
}

async function points(): Promise<void> {
  const id = '0d2c3a68-2a5b-4b0f-9f0a-6a3d0a5f4c11';
  await client.upsert('memory', {
    wait: true,
    points: [
      { id, vector: { dense: [1, 2, 3], words: { indices: [5], values: [1] } }, payload: { workspace: 'w', open: true } },
      { id: 2, vector: { dense: [3, 2, 1] }, payload: { workspace: 'w', nested: { list: [1, null, 'x'] } } },
      { id: 3, vector: {}, payload: null },
    ],
  });
  await client.upsert('unnamed', { wait: false, points: [{ id: 1, vector: [1, 2] }] });
  await client.setPayload('memory', { payload: { seen: 1 }, points: [2] });
  await client.setPayload('memory', { payload: { seen: 2 }, filter: { must: [{ has_id: [id] }] } });
  await client.delete('memory', { wait: true, points: [3] });
  await client.delete('memory', { filter: { must: [{ key: 'workspace', match: { value: 'other' } }] } });
  await client.retrieve('memory', { ids: [id, 2], with_vector: true });
  await client.retrieve('unnamed', { ids: [1], with_vector: true, with_payload: false });
  await globalThis.fetch(`${qdrant.url}/collections/memory/points/2`, { headers: { authorization: `Bearer ${apiKey}` } });
  await client.scroll('memory', { limit: 1, with_vector: ['words'], with_payload: ['workspace'] });
  await client.scroll('memory', { offset: 2, timeout: 3 });
  await client.count('memory', { filter: { should: [{ is_empty: { key: 'seen' } }] }, exact: false });
}

async function queries(): Promise<void> {
  const filter = {
    must: [
      { key: 'workspace', match: { any: ['w'] } },
      { key: 'at', range: { lte: '2026-05-01T10:00:00Z' } },
    ],
    must_not: [{ nested: { key: 'nested', filter: { must: [{ key: 'x', range: { gt: 1 } }] } } }],
    min_should: { conditions: [{ has_vector: 'dense' }], min_count: 1 },
  };
  const words = { indices: [5, 6], values: [1, 0.5] };
  await client.query('memory', {
    query: [1, 0, 0],
    using: 'dense',
    limit: 2,
    with_payload: true,
    with_vector: true,
    params: { exact: true, hnsw_ef: 32 },
  });
  await client.query('memory', {
    query: words,
    using: 'words',
    filter,
    with_payload: { exclude: ['open'] },
    params: { idf: { corpus: filter } },
  });
  await client.query('memory', { query: 2, using: 'dense', score_threshold: 0.1, offset: 1, timeout: 3 });
  await client.query('memory', { query: { recommend: { positive: [2], negative: [[0, 0, 1]] } }, using: 'dense' });
  await client.query('memory', { filter: { must: [{ has_id: [2] }] } });
  await client.query('unnamed', { query: [1, 2], with_vector: true });
  const prefetch = [
    { query: [1, 0, 0], using: 'dense', limit: 20, filter },
    { query: words, using: 'words', limit: 20 },
  ];
  await client.query('memory', { prefetch, query: { fusion: 'rrf' }, limit: 5, with_payload: ['workspace'] });
  await client.queryBatch('memory', {
    searches: [
      { prefetch, query: { fusion: 'dbsf' } },
      { prefetch, query: { rrf: { k: 60 } } },
    ],
  });
}

async function everyRefusal(): Promise<void> {
  await refused(client.getCollection('not-there'));
  await refused(client.createCollection('epochs-1', {}));
  await refused(client.createCollection('a*b', {}));
  await refused(client.query('memory', { query: [1], using: 'dense' }));
  await refused(client.query('memory', { query: [1, 2, 3], using: 'nope' }));
  await refused(client.upsert('memory', { points: [{ id: 1, vector: { words: { indices: [1, 1], values: [1, 2] } } }] }));
  await refused(client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: 'not-there', alias_name: 'x' } }] }));
  await refused(client.setPayload('memory', { payload: { a: 1 }, points: [404] }));
  await refused(new QdrantClient({ url: qdrant.url, checkCompatibility: false }).getCollections());
  await refused(new QdrantClient({ url: qdrant.url, checkCompatibility: false, headers: { 'api-key': 'another' } }).getCollections());
  qdrant.faults.diskFull();
  await refused(client.upsert('memory', { points: [{ id: 9, vector: {} }] }));
  qdrant.faults.diskFull(false);
}

test('what is not as in the document is found out', () => {
  const count = exchanges.find((exchange) => exchange.path.endsWith('/points/count')) as Exchange;
  const answered = (result: unknown) => faultsOf({ ...count, answer: JSON.stringify({ result, status: 'ok', time: 0 }) });
  expect(answered({ count: 1 })).toEqual([]);
  expect(answered({ count: -1 })).toHaveLength(1);
  expect(answered({ count: 1, more: 1 })).toHaveLength(1);
  expect(answered({})).toHaveLength(1);
  expect(faultsOf({ ...count, body: { filter: { most: [] } } })).not.toEqual([]);
  expect(faultsOf({ ...count, query: new URLSearchParams({ wiat: 'true' }) })).toHaveLength(1);
  expect(() => faultsOf({ ...count, path: '/collections/memory/points/search' })).toThrow('has no POST');
});

test('the excerpt is what the script cuts from the whole document, where that is at hand', () => {
  const file = join(import.meta.dirname, '../../../../shared/data/qdrant-openapi.json');
  const excerpt = JSON.parse(readFileSync(join(import.meta.dirname, 'openapi-subset.json'), 'utf8')) as unknown;
  if (!existsSync(file)) {
    // Without the whole document only the excerpt's operations can be checked.
    expect(operations.length).toBe(Object.values(spoken).flat().length);
    return;
  }
  expect(excerpt).toEqual(excerptOf(JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof excerptOf>[0]));
});
