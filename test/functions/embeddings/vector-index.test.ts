import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { QdrantClient } from '@qdrant/js-client-rest';
import { IndexUnavailable } from '../../../functions/embeddings/index-errors.ts';
import { keywordQuery } from '../../../functions/embeddings/keyword-vector.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import { pointId } from '../../../functions/embeddings/point.ts';
import type { Scope } from '../../../functions/embeddings/scope.ts';
import { openVectorIndex } from '../../../functions/embeddings/vector-index.ts';
import type { VectorIndex } from '../../../functions/embeddings/vector-index.ts';
import { startQdrant } from '../../../local/qdrant/qdrant.ts';
import { startTestQdrant } from '../../support/qdrant.ts';
import type { TestQdrant } from '../../support/qdrant.ts';
import { aPoint, inWorkspace } from './a-point.ts';

let qdrant: TestQdrant;
let client: QdrantClient;
beforeAll(async () => {
  qdrant = await startTestQdrant();
  ({ client } = qdrant);
});
afterAll(() => qdrant.stop());
const fresh = (dimension = localEmbedder.dimension): VectorIndex => qdrant.openIndex({ dimension });

const everybody: Scope = { workspaceId: inWorkspace, readable: { publicToo: true, streamIds: [] } };
async function find(index: VectorIndex, text: string, scope: Partial<Scope> = {}): Promise<string[]> {
  const [hits = []] = await index.query({ ...everybody, ...scope }, [{ by: { keywords: keywordQuery(text) }, limit: 10 }]);
  return hits.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1));
}

describe('the collection', () => {
  test('is made once, with its payload indexes, however many make it at once', async () => {
    const index = fresh();
    await Promise.all([index.ensure(), index.ensure(), index.ensure()]);
    await index.ensure();
    const { config, payload_schema: fields } = await client.getCollection(index.collection);
    expect(config.params.vectors).toMatchObject({ dense: { size: index.dimension, distance: 'Cosine' } });
    expect(config.params.sparse_vectors).toMatchObject({ keywords: { modifier: 'idf' } });
    expect(Object.keys(fields).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['at', 'kind', 'stream_id', 'visibility', 'workspace_id']);
    expect(fields['workspace_id']?.params).toMatchObject({ is_tenant: true });
  });

  test('is made again when it is missing, and the call that missed it succeeds', async () => {
    const index = fresh();
    expect(await find(index, 'deploy')).toEqual([]);
    await client.deleteCollection(index.collection);
    await index.upsert([await aPoint('ep_1', 'deploy failed')]);
    expect(await find(index, 'deploy')).toEqual(['ep_1']);
  });
});

describe('points', () => {
  test('what is written twice is there once, as it was written last', async () => {
    const index = fresh();
    await index.upsert([await aPoint('ep_1', 'deploy failed')]);
    await index.upsert([await aPoint('ep_1', 'deploy failed'), await aPoint('ep_2', 'lunch')]);
    await index.upsert([await aPoint('ep_1', 'rollback done')]);
    expect(await index.count({ workspaceId: inWorkspace })).toBe(2);
    expect(await find(index, 'deploy')).toEqual([]);
    expect(await find(index, 'rollback')).toEqual(['ep_1']);
  });

  test('many go in batches', async () => {
    const index = fresh(8);
    const vector = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
    await index.upsert(await Promise.all(Array.from({ length: 250 }, (_, i) => aPoint(`ep_${i}`, `word${i}`, { vector }))));
    expect(await index.count({ workspaceId: inWorkspace })).toBe(250);
    expect(await find(index, 'word249')).toEqual(['ep_249']);
  });

  test('are removed by id and by stream, of their own workspace only', async () => {
    const index = fresh();
    const other = { workspaceId: 'ws_two' };
    await index.upsert([
      await aPoint('ep_1', 'deploy'),
      await aPoint('ep_2', 'deploy'),
      await aPoint('ep_3', 'deploy', { streamId: 'str_2' }),
      await aPoint('ep_1', 'deploy', other),
      await aPoint('ep_3', 'deploy', { ...other, streamId: 'str_2' }),
    ]);
    await index.remove(inWorkspace, ['ep_1', 'ep_none']);
    await index.removeWhere({ workspaceId: inWorkspace, streamId: 'str_2' });
    expect(await find(index, 'deploy')).toEqual(['ep_2']);
    expect(await find(index, 'deploy', other)).toEqual(['ep_1', 'ep_3']);
  });

  test('have the same id for ever, another one in another workspace', () => {
    expect(pointId('ws_one', 'ep_1')).toBe(pointId('ws_one', 'ep_1'));
    expect(pointId('ws_one', 'ep_1')).not.toBe(pointId('ws_two', 'ep_1'));
    expect(pointId('ws_one', 'ep_1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('what is found', () => {
  let index: VectorIndex;
  beforeAll(async () => {
    index = fresh();
    await index.upsert([
      await aPoint('ep_open', 'deploy failed on friday', { at: new Date(1_000) }),
      await aPoint('ep_closed', 'deploy is secret', { streamId: 'str_closed', visibility: 'private', at: new Date(2_000) }),
      await aPoint('ep_foreign', 'deploy elsewhere', { workspaceId: 'ws_two' }),
      await aPoint('doc_1', 'how to deploy', { kind: 'chunk', streamId: 'lib_1', at: new Date(3_000) }),
    ]);
  });

  test.each<[string, Partial<Scope>, string[]]>([
    ['everything public, for a member', {}, ['doc_1', 'ep_open']],
    ['and a private stream of theirs', { readable: { publicToo: true, streamIds: ['str_closed'] } }, ['doc_1', 'ep_closed', 'ep_open']],
    ['a guest: what they were added to, and no more', { readable: { publicToo: false, streamIds: ['str_closed'] } }, ['ep_closed']],
    ['nothing, for who may read nothing', { readable: { publicToo: false, streamIds: [] } }, []],
    ['a worker: all of the workspace', { readable: 'all' }, ['doc_1', 'ep_closed', 'ep_open']],
    ['one kind', { kinds: ['chunk'] }, ['doc_1']],
    ['from a time on', { after: new Date(3_000) }, ['doc_1']],
    ['until before a time', { before: new Date(3_000) }, ['ep_open']],
    ['without what is left out', { exclude: ['ep_open'] }, ['doc_1']],
    ['another workspace', { workspaceId: 'ws_two' }, ['ep_foreign']],
  ])('is for %s', async (_, scope, expected) => {
    expect(await find(index, 'deploy', scope)).toEqual(expected);
    // No search mode finds more.
    const { vector } = await aPoint('', 'deploy');
    const [near = []] = await index.query({ ...everybody, ...scope }, [{ by: { dense: vector }, limit: 10 }]);
    expect(near.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(expected);
  });

  test('follows visibility at once', async () => {
    await index.setVisibility({ workspaceId: inWorkspace, streamId: 'str_open' }, 'private');
    expect(await find(index, 'deploy')).toEqual(['doc_1']);
    await index.setVisibility({ workspaceId: inWorkspace, streamId: 'str_open' }, 'public');
    expect(await find(index, 'deploy')).toEqual(['doc_1', 'ep_open']);
  });

  test('comes with what it is, and with its words where they are asked for; answers stand as the questions did', async () => {
    const { vector } = await aPoint('', 'how to deploy');
    const [nothing, near, words] = await index.query(everybody, [
      { by: { keywords: keywordQuery('👍') }, limit: 3 },
      { by: { dense: vector }, limit: 1 },
      { by: { keywords: keywordQuery('deploy friday') }, limit: 5, withKeywords: true, among: ['ep_open', 'ep_closed', 'ep_foreign'] },
    ]);
    expect(nothing).toEqual([]);
    expect(near).toEqual([{ id: 'doc_1', kind: 'chunk', streamId: 'lib_1', at: new Date(3_000), score: expect.closeTo(1, 4) }]);
    expect(words).toMatchObject([{ id: 'ep_open', kind: 'epoch', streamId: 'str_open', at: new Date(1_000) }]);
    expect(words?.[0]?.keywords?.indices).toHaveLength(3);
  });

  test('rare words count more', async () => {
    const [[first] = []] = await index.query(everybody, [{ by: { keywords: keywordQuery('deploy friday') }, limit: 2 }]);
    expect(first?.id).toBe('ep_open');
  });

  test('a sample is of one workspace', async () => {
    expect(await index.sample('ws_two', 10)).toEqual([{ indices: expect.any(Array), values: expect.any(Array) }]);
    expect(await index.sample(inWorkspace, 2)).toHaveLength(2);
  });
});

describe('an index that is away', () => {
  const at = (url: string, timeoutSeconds?: number): VectorIndex => {
    const { model, dimension } = localEmbedder;
    return openVectorIndex({ url, stage: 'test', model, dimension, timeoutSeconds });
  };

  test('is said to be unavailable while it is down, fails, is full or does not answer; afterwards nothing is lost or there twice', async () => {
    // Always a server of our own, because an external one cannot be told to fail.
    const { url, faults, stop } = await startQdrant({ log: () => undefined });
    try {
      const index = at(url, 0.3);
      const point = await aPoint('ep_1', 'deploy failed');
      await index.ensure();
      for (const [arm, heal] of [
        [() => faults.failWith(500, 1), () => undefined],
        [() => faults.failWith(503, 1), () => undefined],
        [() => faults.failWith(429, 1), () => undefined],
        [() => faults.down(true), () => faults.down(false)],
        [() => faults.slow(600), () => faults.slow(0)],
        [() => faults.diskFull(true), () => faults.diskFull(false)],
      ] as const) {
        arm();
        await expect(index.upsert([point])).rejects.toBeInstanceOf(IndexUnavailable);
        heal();
        await index.upsert([point]);
        expect(await index.count({ workspaceId: inWorkspace })).toBe(1);
      }
    } finally {
      await stop();
    }
  });

  test('what it refuses for good is no outage', async () => {
    const index = fresh();
    const wrong = await aPoint('ep_1', 'deploy', { vector: Float32Array.of(1, 0) });
    const error: unknown = await index.upsert([wrong]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(IndexUnavailable);
    expect((error as Error).message).toMatch(/dimension/i);
  });

  test('nobody there is an outage', async () => {
    await expect(at('http://127.0.0.1:9').ensure()).rejects.toBeInstanceOf(IndexUnavailable);
  });
});
