import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cosine, EmbeddingFailed } from '../../../functions/embeddings/embedder.ts';
import { guard } from '../../../functions/embeddings/guarded.ts';
import { openOpenAi } from '../../../functions/embeddings/openai-embedder.ts';
import type { Guards } from '../../../functions/embeddings/guards.ts';
import { metric } from '../../../contract/names.ts';
import { quickGuarding } from './guarding.ts';
import { startProvider, vectorFor } from './provider-double.ts';
import type { Answer, ProviderDouble, Received } from './provider-double.ts';

const dimension = 8;
let server: ProviderDouble;
beforeAll(async () => {
  server = await startProvider();
});
afterAll(() => server.stop());
beforeEach(() => server.answers(good));

const inputs = ({ body }: Received) => body['input'] as string[];
const answerOf = (vectors: readonly unknown[]): Answer => ({
  body: { object: 'list', data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })) },
});
const good = (call: Received): Answer => answerOf(inputs(call).map((text) => vectorFor(text, dimension)));
const status = (code: number, headers?: Record<string, string>) => (): Answer => ({
  status: code,
  headers,
  body: { error: { message: 'the words "launch code" were not understood', type: 'server_error' } },
});

async function anEmbedder(guards: Partial<Guards> = {}) {
  const guarding = quickGuarding(guards);
  const provider = await openOpenAi({ url: `${server.url}/v1`, model: 'some-model', dimension, apiKey: () => Promise.resolve('k-1') });
  return { ...guard(provider, guarding), told: guarding.told };
}
const failureOf = async (work: Promise<unknown>): Promise<EmbeddingFailed> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EmbeddingFailed);
  return error as EmbeddingFailed;
};

describe('what is asked', () => {
  test('texts go in batches and come back in their order, of unit length', async () => {
    const embedder = await anEmbedder();
    const texts = Array.from({ length: 70 }, (_, i) => `${String.fromCodePoint(97 + (i % 8))} text ${i}`);
    const vectors = await embedder.embed(texts, 'document');
    expect(server.received.map((call) => inputs(call).length)).toEqual([32, 32, 6]);
    expect(server.received[0]).toMatchObject({
      path: '/v1/embeddings',
      headers: { authorization: 'Bearer k-1' },
      body: { model: 'some-model', encoding_format: 'float', dimensions: dimension },
    });
    for (const [at, vector] of vectors.entries()) {
      expect(cosine(vector, vector)).toBeCloseTo(1, 5);
      expect(vector.indexOf(Math.max(...vector))).toBe((97 + (at % 8)) % dimension);
    }
    expect(embedder.told.counts.get(metric.embeddingsMade)).toBe(70);
    expect(embedder.told.counts.get(metric.embeddingTokens)).toBeGreaterThan(70);
  });

  test('a dimension that is not given is learnt once, and is not asked for', async () => {
    const provider = await openOpenAi({ url: `${server.url}/v1/`, model: 'other' });
    const embedder = guard(provider, quickGuarding());
    expect(embedder.dimension).toBe(dimension);
    server.answers((call) => answerOf(inputs(call).map((text) => vectorFor(text, 5))));
    expect(await failureOf(embedder.embed(['a'], 'document'))).toMatchObject({ kind: 'invalid' });
    expect(server.received.every(({ body, path }) => !('dimensions' in body) && path === '/v1/embeddings')).toBe(true);
  });

  test('an empty text is not sent and has a vector all the same; a long one is cut at a word', async () => {
    const embedder = await anEmbedder();
    const [first, empty, last] = await embedder.embed(['before', ' \n ', `${'word '.repeat(20_000)}end`], 'document');
    expect(empty?.every(Number.isFinite)).toBe(true);
    expect(cosine(empty as Float32Array, empty as Float32Array)).toBe(1);
    expect([first, last].every((vector) => vector?.length === dimension)).toBe(true);
    const sent = server.received.flatMap(inputs);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.length).toBeLessThan(25_000);
    expect(sent[1]).toMatch(/ word$/);
  });

  test('nothing to embed asks nobody', async () => {
    expect(await (await anEmbedder()).embed([], 'document')).toEqual([]);
    expect(server.received).toHaveLength(0);
  });

  test('answers in another order are put into that of the texts', async () => {
    server.answers((call) => {
      const data = inputs(call).map((text, index) => ({ index, embedding: vectorFor(text, dimension) }));
      return { body: { data: data.toReversed() } };
    });
    const [a, b] = await (await anEmbedder()).embed(['a', 'b'], 'document');
    expect(a?.indexOf(Math.max(...a))).toBe(97 % dimension);
    expect(b?.indexOf(Math.max(...b))).toBe(98 % dimension);
  });

  test('no more calls are open at once than agreed', async () => {
    const embedder = await anEmbedder();
    await embedder.embed(
      Array.from({ length: 640 }, (_, i) => `text ${i}`),
      'document',
    );
    expect(server.received).toHaveLength(20);
    expect(server.mostAtOnce()).toBeLessThanOrEqual(4);
  });

  test('the rate is kept', async () => {
    const embedder = await anEmbedder({ textsPerSecond: 100 });
    const startedAt = performance.now();
    await embedder.embed(
      Array.from({ length: 160 }, (_, i) => `text ${i}`),
      'document',
    );
    // The burst of one second passes at once, the other 60 take 0.6 s.
    expect(performance.now() - startedAt).toBeGreaterThan(500);
  });
});

describe('what goes wrong', () => {
  test('a throttled call is made again after the time that the provider asks for', async () => {
    server.answers(status(429, { 'retry-after': '0.2' }), good);
    const startedAt = performance.now();
    expect(await (await anEmbedder()).embed(['a'], 'document')).toHaveLength(1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(195);
    expect(server.received).toHaveLength(2);
  });

  test('a wait that is too long is left to the caller, who learns how long it is', async () => {
    server.answers(status(429, { 'retry-after': '120' }));
    expect(await failureOf((await anEmbedder()).embed(['a'], 'document'))).toMatchObject({ kind: 'throttled', retryAfterSeconds: 120 });
    expect(server.received).toHaveLength(1);
  });

  test('a server that fails is asked again, and given up after four times', async () => {
    server.answers(status(500), status(503), good);
    expect(await (await anEmbedder()).embed(['a'], 'document')).toHaveLength(1);
    server.answers(status(500));
    expect(await failureOf((await anEmbedder()).embed(['a'], 'document'))).toMatchObject({ kind: 'unavailable' });
    expect(server.received).toHaveLength(4);
  });

  test('a call that is refused is not made again', async () => {
    server.answers(status(401));
    expect(await failureOf((await anEmbedder()).embed(['a'], 'document'))).toMatchObject({ kind: 'refused' });
    expect(server.received).toHaveLength(1);
  });

  test('a call that hangs ends', async () => {
    server.answers(() => 'hang');
    const embedder = await anEmbedder({ timeoutSeconds: 0.1, attempts: 2 });
    expect(await failureOf(embedder.embed(['a'], 'document'))).toMatchObject({ kind: 'unavailable' });
    expect(server.received).toHaveLength(2);
  });

  test('an answer that breaks off counts as none', async () => {
    server.answers(() => 'cut', good);
    expect(await (await anEmbedder()).embed(['a'], 'document')).toHaveLength(1);
    expect(server.received).toHaveLength(2);
  });

  test('a server that is not there is unavailable', async () => {
    const gone = await startProvider();
    await gone.stop();
    const embedder = guard(await openOpenAi({ url: `${gone.url}/v1`, model: 'm', dimension }), quickGuarding());
    expect(await failureOf(embedder.embed(['a'], 'document'))).toMatchObject({ kind: 'unavailable' });
    expect(await failureOf(openOpenAi({ url: `${gone.url}/v1`, model: 'm' }))).toMatchObject({ kind: 'unavailable' });
  });

  const ones = Array.from({ length: dimension }, () => 1);
  test.each<[string, Answer]>([
    ['NaN as text', answerOf([ones, ['NaN', ...ones.slice(1)]])],
    ['null in a vector', answerOf([ones, [null, ...ones.slice(1)]])],
    ['too large a number', answerOf([ones, [1e200, ...ones.slice(1)]])],
    ['another dimension', answerOf([ones, ones.slice(1)])],
    ['half a batch', answerOf([ones])],
    ['more than was asked', answerOf([ones, ones, ones])],
    ['a vector without a direction', answerOf([ones, ones.map(() => 0)])],
    ['no vector', answerOf([ones, 'AAAA'])],
    ['the same place twice', { body: { data: [ones, ones].map((embedding) => ({ index: 0, embedding })) } }],
    ['no list', { body: { data: null } }],
    ['JSON that is no object', { body: 'null' }],
    ['truncated JSON', { body: '{"data":[{"embedding":[0.1,' }],
  ])('of an answer with %s nothing is kept', async (_, answer) => {
    server.answers(() => answer);
    const embedder = await anEmbedder();
    expect(await failureOf(embedder.embed(['a', 'b'], 'document'))).toMatchObject({ kind: 'invalid' });
    expect(embedder.told.counts.get(metric.embeddingsMade)).toBeUndefined();
    expect(embedder.told.counts.get(metric.embeddingFailures)).toBe(1);
  });

  test('one bad batch fails all of them', async () => {
    server.answers((call) => (inputs(call).includes('text 40') ? answerOf([]) : good(call)));
    const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`);
    expect(await failureOf((await anEmbedder()).embed(texts, 'document'))).toMatchObject({ kind: 'invalid' });
  });

  test('who fails all the time is left alone for a while, and asked again afterwards', async () => {
    const embedder = await anEmbedder({ attempts: 1, breakAfter: 3, restSeconds: 0.15 });
    server.answers(status(500));
    for (let call = 0; call < 3; call++) await failureOf(embedder.embed(['a'], 'document'));
    expect((await failureOf(embedder.embed(['a'], 'document'))).message).toContain('left alone');
    expect(server.received).toHaveLength(3);
    server.answers(good);
    const deadline = Date.now() + 5_000;
    let vectors: Float32Array[] | undefined;
    while (!vectors && Date.now() < deadline) vectors = await embedder.embed(['a'], 'document').catch(() => undefined);
    expect(vectors).toHaveLength(1);
  });

  test('the log says what happened, and nothing of the texts', async () => {
    server.answers(status(400));
    const embedder = await anEmbedder();
    await failureOf(embedder.embed(['launch code 4711'], 'document'));
    expect(embedder.told.lines).toHaveLength(1);
    const line = JSON.stringify(embedder.told.lines);
    expect(line).toContain('some-model');
    expect(line).toContain('400');
    expect(line).not.toMatch(/launch|4711|k-1/);
  });
});
