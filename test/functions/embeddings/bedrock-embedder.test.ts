import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { modelOfProfile, openBedrock } from '../../../functions/embeddings/bedrock-embedder.ts';
import { cosine } from '../../../functions/embeddings/embedder.ts';
import { guard } from '../../../functions/embeddings/guarded.ts';
import { quickGuarding } from './guarding.ts';
import { startProvider, vectorFor } from './provider-double.ts';
import type { Answer, ProviderDouble, Received } from './provider-double.ts';

let server: ProviderDouble;
beforeAll(async () => {
  // The SDK calls Bedrock over HTTP/2.
  server = await startProvider('http2');
});
afterAll(() => server.stop());

const titan = 'amazon.titan-embed-text-v2:0';
const anEmbedder = (id: string, dimension: number) => {
  const config = { endpoint: server.url, region: 'eu-west-1', credentials: { accessKeyId: 'A', secretAccessKey: 'S' } };
  return guard(openBedrock(id, dimension, config), quickGuarding());
};
const goodTitan = ({ body }: Received): Answer => ({
  body: { embedding: vectorFor(body['inputText'] as string, 256), inputTextTokenCount: 3 },
});
const goodCohere = ({ body }: Received): Answer => ({
  body: { response_type: 'embeddings_by_type', embeddings: { float: (body['texts'] as string[]).map((text) => vectorFor(text, 512)) } },
});
const exception = (status: number, type: string, headers?: Record<string, string>) => (): Answer => ({
  status,
  headers: { 'x-amzn-errortype': type, ...headers },
  body: { message: 'no' },
});

describe('Titan', () => {
  test('takes a text a call, several calls at a time, in the order of the texts', async () => {
    server.answers(goodTitan);
    const texts = Array.from({ length: 20 }, (_, i) => `${String.fromCodePoint(97 + i)} text`);
    const vectors = await anEmbedder(titan, 256).embed(texts, 'document');
    expect(server.received).toHaveLength(20);
    expect(server.mostAtOnce()).toBeLessThanOrEqual(8);
    expect(server.received[0]?.path).toBe(`/model/${encodeURIComponent(titan)}/invoke`);
    expect(server.received[0]?.body).toEqual({ inputText: 'a text', dimensions: 256, normalize: true });
    expect(vectors.map((vector) => vector.indexOf(Math.max(...vector)))).toEqual(texts.map((text) => text.charCodeAt(0)));
    expect(cosine(vectors[0] as Float32Array, vectors[0] as Float32Array)).toBeCloseTo(1, 5);
  });

  test('is asked again when it throttles, fails, or is not ready', async () => {
    server.answers(
      exception(429, 'ThrottlingException', { 'retry-after': '0' }),
      exception(424, 'ModelErrorException'),
      exception(429, 'ModelNotReadyException'),
      goodTitan,
    );
    const embedder = anEmbedder(titan, 256);
    expect(await embedder.embed(['a'], 'document')).toHaveLength(1);
    expect(server.received).toHaveLength(4);
  });

  test.each([
    [exception(403, 'AccessDeniedException'), 'refused', 1],
    [exception(400, 'ValidationException'), 'refused', 1],
    [exception(429, 'ThrottlingException', { 'retry-after': '60' }), 'throttled', 1],
    [exception(500, 'InternalServerException'), 'unavailable', 4],
    [() => ({ body: { embedding: vectorFor('a', 255) } }), 'invalid', 4],
    [() => ({ body: { embedding: ['NaN', ...vectorFor('a', 255)] } }), 'invalid', 4],
    [() => ({ body: {} }), 'invalid', 4],
    [() => ({ body: '{"embedding":[0.1,' }), 'invalid', 4],
    // The SDK returns the received part of a broken answer.
    [() => 'cut' as const, 'invalid', 4],
  ] as [(call: Received) => Answer, string, number][])('fails as the port says (%#)', async (answer, kind, calls) => {
    server.answers(answer);
    await expect(anEmbedder(titan, 256).embed(['a'], 'document')).rejects.toMatchObject({ name: 'EmbeddingFailed', kind });
    expect(server.received).toHaveLength(calls);
  });

  test('a call that hangs ends', async () => {
    server.answers(() => 'hang');
    const config = { endpoint: server.url, region: 'eu-west-1', credentials: { accessKeyId: 'A', secretAccessKey: 'S' } };
    const embedder = guard(openBedrock(titan, 256, config), quickGuarding({ timeoutSeconds: 0.2, attempts: 2 }));
    await expect(embedder.embed(['a'], 'document')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(server.received).toHaveLength(2);
  });
});

describe('Cohere', () => {
  test('takes 96 texts a call and is told what they are for; a profile gives the vectors of its model', async () => {
    server.answers(goodCohere);
    const embedder = anEmbedder('us.cohere.embed-v4:0', 512);
    expect(embedder.model).toBe('cohere.embed-v4:0');
    const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`);
    expect(await embedder.embed(texts, 'document')).toHaveLength(100);
    await embedder.embed(['what?'], 'query');
    expect(server.received.map(({ body }) => (body['texts'] as string[]).length)).toEqual([96, 4, 1]);
    expect(server.received[0]?.path).toBe(`/model/${encodeURIComponent('us.cohere.embed-v4:0')}/invoke`);
    expect(server.received[0]?.body).toMatchObject({ input_type: 'search_document', embedding_types: ['float'], output_dimension: 512 });
    expect(server.received[2]?.body).toMatchObject({ texts: ['what?'], input_type: 'search_query' });
  });

  test('half a batch is no answer', async () => {
    server.answers(() => ({ body: { embeddings: { float: [vectorFor('a', 512)] } } }));
    await expect(anEmbedder('cohere.embed-v4:0', 512).embed(['a', 'b'], 'document')).rejects.toMatchObject({ kind: 'invalid' });
  });
});

test('a profile of any region is its model', () => {
  expect(['us', 'eu', 'apac', 'global', 'us-gov'].map((region) => modelOfProfile(`${region}.${titan}`))).toEqual(Array(5).fill(titan));
  expect(modelOfProfile(titan)).toBe(titan);
  expect(modelOfProfile('my.own-model')).toBe('my.own-model');
});
