import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refusal, startSubject, type Subject } from './subject.ts';

/** Specifies the behaviour of Qdrant, for the local one and for a real one. */
export function behavesAsQdrant(realUrl?: string): void {
  let subject: Subject;
  beforeAll(async () => {
    subject = await startSubject(realUrl);
  });
  afterAll(() => subject.stop());

  describe('collections', () => collectionsAre(() => subject));
  describe('points', () => pointsAre(() => subject));
  describe('dense vectors', () => denseVectorsAre(() => subject));
  describe('keyword vectors', () => keywordVectorsAre(() => subject));
  describe('fusion', () => fusionIs(() => subject));
  describe('errors', () => errorsAre(() => subject));
}

type Given = () => Subject;

async function memory(subject: Subject): Promise<string> {
  const name = subject.name();
  await subject.client.createCollection(name, {
    vectors: { dense: { size: 2, distance: 'Cosine' } },
    sparse_vectors: { words: { modifier: 'idf' } },
  });
  return name;
}

const idsOf = (points: readonly { readonly id: string | number }[]) => points.map(({ id }) => id);

function collectionsAre(given: Given): void {
  test('a collection says what it is and holds', async () => {
    const { client } = given();
    const name = await memory(given());
    await client.createPayloadIndex(name, { field_name: 'workspace', field_schema: { type: 'keyword', is_tenant: true }, wait: true });
    await client.createPayloadIndex(name, { field_name: 'at', field_schema: 'datetime', wait: true });
    await client.upsert(name, { points: [{ id: 1, vector: { dense: [1, 0] }, payload: { workspace: 'a' } }] });
    const info = await client.getCollection(name);
    expect(info.status).toBe('green');
    expect(info.points_count).toBe(1);
    expect(info.config.params.vectors).toMatchObject({ dense: { size: 2, distance: 'Cosine' } });
    expect(info.config.params.sparse_vectors).toMatchObject({ words: { modifier: 'idf' } });
    expect(info.payload_schema).toMatchObject({
      workspace: { data_type: 'keyword', params: { type: 'keyword', is_tenant: true }, points: 1 },
      at: { data_type: 'datetime' },
    });
    await client.deletePayloadIndex(name, 'at');
    expect(Object.keys((await client.getCollection(name)).payload_schema)).toEqual(['workspace']);
    expect((await client.getCollections()).collections).toContainEqual({ name });
  });

  test('a collection that is deleted is gone, and deleting it again changes nothing', async () => {
    const { client } = given();
    const name = await memory(given());
    expect(await client.collectionExists(name)).toEqual({ exists: true });
    expect(await client.deleteCollection(name)).toBe(true);
    expect(await client.collectionExists(name)).toEqual({ exists: false });
    expect(await client.deleteCollection(name)).toBe(false);
  });

  test('an alias moves from one collection to another in one step', async () => {
    const { client } = given();
    const [first, second, alias] = [await memory(given()), await memory(given()), `${given().name()}-alias`];
    await client.upsert(first, { points: [{ id: 1, vector: {} }] });
    await client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: first, alias_name: alias } }] });
    expect(await client.count(alias)).toEqual({ count: 1 });
    await client.updateCollectionAliases({
      actions: [{ delete_alias: { alias_name: alias } }, { create_alias: { collection_name: second, alias_name: alias } }],
    });
    expect(await client.count(alias)).toEqual({ count: 0 });
    expect(await client.getCollectionAliases(second)).toEqual({ aliases: [{ alias_name: alias, collection_name: second }] });
    expect(await client.getCollectionAliases(first)).toEqual({ aliases: [] });
    await client.updateCollectionAliases({ actions: [{ rename_alias: { old_alias_name: alias, new_alias_name: `${alias}-2` } }] });
    expect((await client.getAliases()).aliases).toContainEqual({ alias_name: `${alias}-2`, collection_name: second });
    await client.deleteCollection(second);
    expect(await client.collectionExists(`${alias}-2`)).toEqual({ exists: false });
  });
}

function pointsAre(given: Given): void {
  const uuid = '0d2c3a68-2a5b-4b0f-9f0a-6a3d0a5f4c11';

  test('a point that is stored again takes the place of the first, payload and vectors alike', async () => {
    const { client } = given();
    const name = await memory(given());
    await client.upsert(name, {
      points: [{ id: uuid, vector: { dense: [1, 0], words: { indices: [1], values: [1] } }, payload: { a: 1 } }],
    });
    const result = await client.upsert(name, { points: [{ id: uuid, vector: { dense: [0, 1] }, payload: { b: 2 } }] });
    expect(result.status).toBe('completed');
    const [point, ...others] = await client.retrieve(name, { ids: [uuid, 7], with_vector: true });
    expect(others).toEqual([]);
    expect(point).toMatchObject({ id: uuid, payload: { b: 2 } });
    expect(point?.payload).not.toHaveProperty('a');
    expect(point?.vector).toEqual({ dense: [0, 1] });
    const found = await client.query(name, { query: { indices: [1], values: [1] }, using: 'words' });
    expect(found.points).toEqual([]);
  });

  test('fields of a payload are set by id and by filter, and the others stay', async () => {
    const { client } = given();
    const name = await memory(given());
    await client.upsert(name, { points: [1, 2, 3].map((id) => ({ id, vector: {}, payload: { id, kind: id === 3 ? 'x' : 'y' } })) });
    await client.setPayload(name, { payload: { seen: true }, points: [1] });
    await client.setPayload(name, { payload: { kind: 'z' }, filter: { must: [{ key: 'kind', match: { value: 'y' } }] } });
    const points = await client.retrieve(name, { ids: [1, 2, 3] });
    expect(points.map(({ payload }) => payload)).toEqual([
      { id: 1, kind: 'z', seen: true },
      { id: 2, kind: 'z' },
      { id: 3, kind: 'x' },
    ]);
  });

  test('keywords are told in the order of their indices, and none as none', async () => {
    const { client } = given();
    const name = await memory(given());
    await client.upsert(name, {
      points: [
        { id: 1, vector: { words: { indices: [9, 2, 4_000_000_000], values: [0.5, 1, 2] } } },
        { id: 2, vector: { words: { indices: [], values: [] } } },
      ],
    });
    const points = await client.retrieve(name, { ids: [1, 2], with_vector: true });
    expect(points.map(({ vector }) => vector)).toEqual([
      { words: { indices: [2, 9, 4_000_000_000], values: [1, 0.5, 2] } },
      { words: { indices: [], values: [] } },
    ]);
  });

  test('points are deleted by id and by filter; who is not there is no error', async () => {
    const { client } = given();
    const name = await memory(given());
    await client.upsert(name, { points: [1, 2, 3, 4].map((id) => ({ id, vector: { dense: [1, id] }, payload: { even: id % 2 === 0 } })) });
    await client.delete(name, { wait: true, points: [1, 99] });
    await client.delete(name, { wait: true, filter: { must: [{ key: 'even', match: { value: true } }] } });
    expect(idsOf((await client.scroll(name)).points)).toEqual([3]);
    expect(idsOf((await client.query(name, { query: [1, 1], using: 'dense' })).points)).toEqual([3]);
  });

  test('pages follow each other in the order of ids, numbers before UUIDs, each point once', async () => {
    const { client } = given();
    const name = await memory(given());
    const ids = [20, uuid, 3, 100, 7];
    await client.upsert(name, { points: ids.map((id) => ({ id, vector: {}, payload: { odd: typeof id === 'number' && id % 2 === 1 } })) });
    const pages: (string | number)[][] = [];
    for (let offset: string | number | undefined | null = undefined; offset !== null;) {
      const page = await client.scroll(name, { limit: 2, with_payload: false, ...(offset === undefined ? {} : { offset }) });
      pages.push(idsOf(page.points));
      offset = page.next_page_offset as string | number | null;
    }
    expect(pages).toEqual([[3, 7], [20, 100], [uuid]]);
    const odd = await client.scroll(name, { limit: 2, filter: { must: [{ key: 'odd', match: { value: true } }] } });
    expect(odd).toMatchObject({ points: [{ id: 3, payload: { odd: true } }, { id: 7 }], next_page_offset: null });
  });

  test('as much of payload and vectors comes as is asked for', async () => {
    const { client } = given();
    const name = await memory(given());
    const vector = { dense: [1, 0], words: { indices: [4], values: [2] } };
    await client.upsert(name, { points: [{ id: 1, vector, payload: { a: 1, b: [2], c: null } }] });
    const one = async (wanted: object) => (await client.query(name, { query: [1, 0], using: 'dense', ...wanted })).points[0];
    expect((await one({}))?.payload ?? null).toBeNull();
    expect((await one({ with_payload: true }))?.payload).toEqual({ a: 1, b: [2], c: null });
    expect((await one({ with_payload: ['a'] }))?.payload).toEqual({ a: 1 });
    expect((await one({ with_payload: { include: ['b'] } }))?.payload).toEqual({ b: [2] });
    expect((await one({ with_payload: { exclude: ['b'] } }))?.payload).toEqual({ a: 1, c: null });
    expect((await one({ with_vector: ['words'] }))?.vector).toEqual({ words: { indices: [4], values: [2] } });
    expect((await one({ with_vector: true }))?.vector).toEqual(vector);
  });
}

function denseVectorsAre(given: Given): void {
  test('cosine vectors have length one, and their score is the cosine', async () => {
    const { client } = given();
    const name = await memory(given());
    await client.upsert(name, {
      points: [
        { id: 1, vector: { dense: [3, 4] } },
        { id: 2, vector: { dense: [0, 10] } },
        { id: 3, vector: { words: { indices: [1], values: [1] } } },
      ],
    });
    const { points } = await client.query(name, { query: [0, 2], using: 'dense', with_vector: true });
    expect(idsOf(points)).toEqual([2, 1]);
    expect(points[0]?.score).toBeCloseTo(1, 6);
    expect(points[1]?.score).toBeCloseTo(0.8, 6);
    const dense = (points[1]?.vector as { dense: number[] } | undefined)?.dense ?? [];
    expect(dense[0]).toBeCloseTo(0.6, 6);
    expect(dense[1]).toBeCloseTo(0.8, 6);
  });

  test('vectors of the dot product stay as they are; one vector needs no name', async () => {
    const { client, name: given_ } = given();
    const name = given_();
    await client.createCollection(name, { vectors: { size: 2, distance: 'Dot' } });
    await client.upsert(name, { points: [{ id: 1, vector: [3, 4] }] });
    const { points } = await client.query(name, { query: [2, 1], with_vector: true });
    expect(points).toMatchObject([{ id: 1, score: 10, vector: [3, 4] }]);
    // A score must exceed the threshold.
    expect((await client.query(name, { query: [2, 1], score_threshold: 9.5 })).points).toHaveLength(1);
    expect((await client.query(name, { query: [2, 1], score_threshold: 10 })).points).toEqual([]);
  });

  test('limit, offset and threshold cut what is found; a point asked about is not found itself', async () => {
    const { client } = given();
    const name = await memory(given());
    await client.upsert(name, {
      points: [1, 2, 3, 4].map((id) => ({ id, vector: { dense: [Math.cos(id / 4), Math.sin(id / 4)] }, payload: { id } })),
    });
    const find = async (more: object) => idsOf((await client.query(name, { query: [1, 0], using: 'dense', ...more })).points);
    expect(await find({})).toEqual([1, 2, 3, 4]);
    expect(await find({ limit: 2 })).toEqual([1, 2]);
    expect(await find({ limit: 2, offset: 1 })).toEqual([2, 3]);
    expect(await find({ score_threshold: 0.7 })).toEqual([1, 2, 3]);
    expect(await find({ query: 1 })).toEqual([2, 3, 4]);
    expect(await find({ query: { nearest: 4 }, limit: 1 })).toEqual([3]);
    expect(await find({ query: { recommend: { positive: [1], negative: [2] } } })).toEqual([3, 4]);
    expect(await find({ filter: { must_not: [{ has_id: [1] }] } })).toEqual([2, 3, 4]);
    const [first, second] = await client.queryBatch(name, {
      searches: [
        { query: [1, 0], using: 'dense', limit: 1 },
        { query: [0, 1], using: 'dense', limit: 1 },
      ],
    });
    expect([idsOf(first?.points ?? []), idsOf(second?.points ?? [])]).toEqual([[1], [4]]);
  });
}

function keywordVectorsAre(given: Given): void {
  /** Three points with keywords and one without: term 1 in two of them, terms 2 and 3 in one each. */
  async function words(subject: Subject): Promise<string> {
    const name = await memory(subject);
    await subject.client.upsert(name, {
      points: [
        { id: 1, vector: { words: { indices: [1], values: [1] } }, payload: { tenant: 'a' } },
        { id: 2, vector: { words: { indices: [1, 2], values: [1, 0.5] } }, payload: { tenant: 'b' } },
        { id: 3, vector: { words: { indices: [3], values: [1] } }, payload: { tenant: 'a' } },
        { id: 4, vector: { dense: [1, 0] }, payload: { tenant: 'a' } },
      ],
    });
    return name;
  }
  const idf = (all: number, having: number) => Math.log((all - having + 0.5) / (having + 0.5) + 1);

  test('the score is the dot product, weighed by how rare a term is among those that have keywords', async () => {
    const { client } = given();
    const name = await words(given());
    const { points } = await client.query(name, { query: { indices: [2, 1, 9], values: [2, 1, 1] }, using: 'words' });
    expect(idsOf(points)).toEqual([2, 1]);
    expect(points[0]?.score).toBeCloseTo(idf(3, 2) + 2 * 0.5 * idf(3, 1), 5);
    expect(points[1]?.score).toBeCloseTo(idf(3, 2), 5);
  });

  test('how rare a term is follows what is stored; who has no keywords, or an empty list of them, does not count', async () => {
    const { client } = given();
    const name = await words(given());
    await client.upsert(name, {
      points: [
        { id: 5, vector: { words: { indices: [2], values: [1] } } },
        { id: 6, vector: { words: { indices: [], values: [] } } },
      ],
    });
    const { points } = await client.query(name, { query: { indices: [2], values: [1] }, using: 'words' });
    expect(idsOf(points)).toEqual([5, 2]);
    expect(points[0]?.score).toBeCloseTo(idf(4, 2), 5);
  });

  test('a filter chooses who is found and leaves the weights; a corpus chooses the weights', async () => {
    const { client } = given();
    const name = await words(given());
    const filter = { must: [{ key: 'tenant', match: { value: 'a' } }] };
    const query = { indices: [1], values: [1] };
    const filtered = await client.query(name, { query, using: 'words', filter });
    expect(idsOf(filtered.points)).toEqual([1]);
    expect(filtered.points[0]?.score).toBeCloseTo(idf(3, 2), 5);
    const own = await client.query(name, { query, using: 'words', filter, params: { idf: { corpus: filter } } });
    expect(own.points[0]?.score).toBeCloseTo(idf(2, 1), 5);
  });

  test('without the modifier a term weighs what it is given', async () => {
    const { client, name: given_ } = given();
    const name = given_();
    await client.createCollection(name, { sparse_vectors: { words: {} } });
    await client.upsert(name, { points: [{ id: 1, vector: { words: { indices: [7, 8], values: [2, 3] } } }] });
    const { points } = await client.query(name, { query: { indices: [8, 7], values: [10, 1] }, using: 'words' });
    expect(points).toMatchObject([{ id: 1, score: 32 }]);
    await client.upsert(name, {
      points: [
        { id: 2, vector: { words: { indices: [7], values: [0] } } },
        { id: 3, vector: { words: { indices: [7], values: [-1] } } },
      ],
    });
    // A score of zero is no hit; a negative one is.
    const { points: others } = await client.query(name, { query: { indices: [7], values: [1] }, using: 'words' });
    expect(others.map(({ id, score }) => [id, score])).toEqual([
      [1, 2],
      [3, -1],
    ]);
  });
}

function fusionIs(given: Given): void {
  /** Order by direction: 1, 2, 3, 4; by keyword: 3, 2. */
  async function both(subject: Subject): Promise<string> {
    const name = await memory(subject);
    await subject.client.upsert(name, {
      points: [1, 2, 3, 4].map((id) => ({
        id,
        vector: {
          dense: [Math.cos(id / 4), Math.sin(id / 4)],
          ...(id === 2 || id === 3 ? { words: { indices: [1], values: [id] } } : {}),
        },
        payload: { id },
      })),
    });
    return name;
  }
  const prefetch = [
    { query: [1, 0], using: 'dense', limit: 3 },
    { query: { indices: [1], values: [1] }, using: 'words', limit: 3 },
  ];

  test('reciprocal ranks are added, from 1/2 for the first', async () => {
    const { client } = given();
    const name = await both(given());
    const { points } = await client.query(name, { prefetch, query: { fusion: 'rrf' }, with_payload: ['id'] });
    // 3: third and first; 2: second and second; 1: first of one.
    expect(idsOf(points)).toEqual([3, 2, 1]);
    expect(points.map(({ score }) => score.toFixed(5))).toEqual([(1 / 4 + 1 / 2).toFixed(5), (2 / 3).toFixed(5), '0.50000']);
    expect(points[0]?.payload).toEqual({ id: 3 });
  });

  test('a constant and weights of the lists change the ranks', async () => {
    const { client } = given();
    const name = await both(given());
    const { points } = await client.query(name, { prefetch, query: { rrf: { k: 60, weights: [3, 1] } } });
    const rank = (position: number, weight: number) => 1 / ((position + 1) / weight + 60 - 1);
    const scores = new Map(points.map(({ id, score }) => [id, score]));
    expect(scores.get(1)).toBeCloseTo(rank(0, 3), 6);
    expect(scores.get(2)).toBeCloseTo(rank(1, 3) + rank(1, 1), 6);
    expect(scores.get(3)).toBeCloseTo(rank(2, 3) + rank(0, 1), 6);
  });

  test('by distribution, scores are spread over three deviations around their mean and added', async () => {
    const { client } = given();
    const name = await both(given());
    const { points } = await client.query(name, { prefetch, query: { fusion: 'dbsf' } });
    const spread = (scores: number[]) => {
      const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
      const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1));
      return scores.map((score) => (score - mean + 3 * deviation) / (6 * deviation));
    };
    const [one, two, three] = spread([Math.cos(0.25), Math.cos(0.5), Math.cos(0.75)]) as [number, number, number];
    const weight = Math.log(0.5 / 2.5 + 1);
    const [third, second] = spread([3 * weight, 2 * weight]) as [number, number];
    const scores = new Map(points.map(({ id, score }) => [id, score]));
    expect(scores.get(1)).toBeCloseTo(one, 4);
    expect(scores.get(2)).toBeCloseTo(two + second, 4);
    expect(scores.get(3)).toBeCloseTo(three + third, 4);
    expect(scores.size).toBe(3);
  });

  test('the filter of a query holds for its prefetches, limit and offset for what is fused', async () => {
    const { client } = given();
    const name = await both(given());
    const filter = { must_not: [{ key: 'id', match: { value: 3 } }] };
    const find = async (more: object) => idsOf((await client.query(name, { prefetch, query: { fusion: 'rrf' }, ...more })).points);
    expect(await find({ filter })).toEqual([2, 1, 4]);
    expect(await find({ limit: 1, offset: 1 })).toEqual([2]);
    expect(await find({ score_threshold: 0.5 })).toEqual([3, 2, 1]);
  });

  test('another vector puts what was fetched in its own order', async () => {
    const { client } = given();
    const name = await both(given());
    const { points } = await client.query(name, { prefetch: [{ query: [1, 0], using: 'dense', limit: 3 }], query: [0, 1], using: 'dense' });
    expect(idsOf(points)).toEqual([3, 2, 1]);
    const nested = await client.query(name, {
      prefetch: [{ prefetch, query: { fusion: 'rrf' }, limit: 2 }],
      query: [1, 0],
      using: 'dense',
    });
    expect(idsOf(nested.points)).toEqual([2, 3]);
  });
}

function errorsAre(given: Given): void {
  test('a vector of a wrong size is refused, stored or asked for', async () => {
    const { client } = given();
    const name = await memory(given());
    const wrong = { status: 400, error: 'Wrong input: Vector dimension error: expected dim: 2, got 3' };
    expect(await refusal(client.upsert(name, { points: [{ id: 1, vector: { dense: [1, 2, 3] } }] }))).toEqual(wrong);
    expect(await refusal(client.query(name, { query: [1, 2, 3], using: 'dense' }))).toEqual(wrong);
    expect(await client.count(name)).toEqual({ count: 0 });
  });

  test('a vector name that there is not is refused', async () => {
    const { client } = given();
    const name = await memory(given());
    const wrong = { status: 400, error: 'Wrong input: Not existing vector name error: nope' };
    expect(await refusal(client.upsert(name, { points: [{ id: 1, vector: { nope: [1, 2] } }] }))).toEqual(wrong);
    expect(await refusal(client.query(name, { query: [1, 2], using: 'nope' }))).toEqual(wrong);
  });

  test('keywords are not asked of a dense vector, nor numbers of keywords', async () => {
    const { client } = given();
    const name = await memory(given());
    const wrong = { status: 400, error: 'Wrong input: Wrong usage of sparse vectors' };
    expect(await refusal(client.query(name, { query: [1, 2], using: 'words' }))).toEqual(wrong);
    expect(await refusal(client.query(name, { query: { indices: [1], values: [1] }, using: 'dense' }))).toEqual(wrong);
  });

  test('lists are not fused without lists, nor lists given without a query', async () => {
    const { client } = given();
    const name = await memory(given());
    expect((await refusal(client.query(name, { query: { fusion: 'rrf' } }))).status).toBe(400);
    expect((await refusal(client.query(name, { prefetch: [{ query: [1, 2], using: 'dense' }] }))).status).toBe(400);
  });

  test('a collection that there is not is not found, whatever is asked of it', async () => {
    const { client } = given();
    const missing = { status: 404, error: "Not found: Collection `not-there` doesn't exist!" };
    expect(await refusal(client.getCollection('not-there'))).toEqual(missing);
    expect(await refusal(client.query('not-there', { query: [1] }))).toEqual(missing);
    expect(await refusal(client.upsert('not-there', { points: [{ id: 1, vector: {} }] }))).toEqual(missing);
    expect(await refusal(client.scroll('not-there'))).toEqual(missing);
  });

  test('a collection is made once', async () => {
    const { client } = given();
    const name = await memory(given());
    expect(await refusal(client.createCollection(name, { vectors: { size: 2, distance: 'Dot' } }))).toEqual({
      status: 409,
      error: `Wrong input: Collection \`${name}\` already exists!`,
    });
  });

  test('a point that is asked about and is not there is not found', async () => {
    const { client } = given();
    const name = await memory(given());
    expect(await refusal(client.query(name, { query: 77, using: 'dense' }))).toMatchObject({ status: 404 });
  });

  test('a body that cannot be read says so', async () => {
    const { client, url } = given();
    const name = await memory(given());
    const { status, error } = await refusal(client.upsert(name, { points: [{ id: 'abc', vector: {} }] }));
    expect(status).toBe(400);
    expect(error).toMatch(/^Format error in JSON body: .*abc is not a valid point ID/);
    const answer = await fetch(`${url}/collections/${name}/points/count`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"exact":',
    });
    expect(answer.status).toBe(400);
    const answered = (await answer.json()) as { status: { error: string } };
    expect(answered.status.error).toMatch(/^Format error in JSON body: /);
  });
}
