import { afterEach, describe, expect, test } from '@jest/globals';
import { describeEmbedder, startIndex, withMemory, type LocalIndex } from '../../local/runner/memory.ts';

const log = () => undefined;
const running: LocalIndex[] = [];
afterEach(async () => {
  for (const index of running.splice(0)) await index.stop();
});
const start = async (environment: Record<string, string> = {}): Promise<LocalIndex> => {
  const index = await startIndex({ folder: undefined, environment, log });
  running.push(index);
  return index;
};

const template = {
  FAN_OUT_QUEUE_URL: 'http://127.0.0.1:1/queue',
  QDRANT_URL: 'http://qdrant.streambed-local.internal:6333',
  QDRANT_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:0:secret:key',
  EMBEDDING_PROVIDER: 'bedrock',
  EMBEDDING_MODEL: 'amazon.titan-embed-text-v2:0',
  EMBEDDING_DIMENSION: '1024',
};
const here = { url: 'http://127.0.0.1:6333' };

describe('the index of this machine', () => {
  test('ends, and begins again at the same address', async () => {
    const index = await start();
    expect((await fetch(`${index.url}/readyz`)).status).toBe(200);
    await index.stop();
    await expect(fetch(`${index.url}/readyz`)).rejects.toThrow('fetch failed');
    await index.start();
    expect((await fetch(`${index.url}/readyz`)).status).toBe(200);
  });

  test('is one that the machine names, which is not broken on purpose', async () => {
    const index = await start({ QDRANT_URL: 'http://127.0.0.1:9' });
    expect(index.url).toBe('http://127.0.0.1:9');
    expect(() => index.faults).toThrow("is not the runner's");
  });
});

describe('the variables of a function', () => {
  test('name the index that runs here, and the key of the template, so that its grant is used', () => {
    expect(withMemory(template, here, {})).toEqual({ ...template, QDRANT_URL: here.url });
  });

  test('have the key of the machine for the index of the machine', () => {
    const variables = withMemory(template, here, { QDRANT_URL: here.url, QDRANT_API_KEY: 'open' });
    expect(variables).toMatchObject({ QDRANT_URL: here.url, QDRANT_API_KEY: 'open' });
    expect(variables).not.toHaveProperty('QDRANT_SECRET_ARN');
  });

  test('keep nothing of a provider when there is another', () => {
    const variables = withMemory(template, here, { EMBEDDING_PROVIDER: 'openai', EMBEDDING_URL: 'http://127.0.0.1:11434/v1' });
    expect(variables).toMatchObject({ EMBEDDING_PROVIDER: 'openai', EMBEDDING_URL: 'http://127.0.0.1:11434/v1' });
    for (const name of ['EMBEDDING_MODEL', 'EMBEDDING_DIMENSION']) expect(variables).not.toHaveProperty(name);
  });

  test('stay as they are where a function has nothing to do with memory', () => {
    const environment = { EMBEDDING_PROVIDER: 'openai', QDRANT_URL: here.url, QDRANT_API_KEY: 'open' };
    expect(withMemory({ FAN_OUT_QUEUE_URL: 'x' }, here, environment)).toEqual({ FAN_OUT_QUEUE_URL: 'x' });
  });
});

test('what is offline says so', () => {
  expect(describeEmbedder({})).toBe('local, offline, by words only');
  expect(describeEmbedder({ EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'bge-m3', EMBEDDING_URL: 'http://127.0.0.1:11434/v1' })).toBe(
    'openai, bge-m3, http://127.0.0.1:11434/v1',
  );
});
