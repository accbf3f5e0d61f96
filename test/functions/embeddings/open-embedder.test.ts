import { describe, expect, test } from '@jest/globals';
import { createEmbedder } from '../../../functions/embeddings/open-embedder.ts';
import type { EmbeddingSettings } from '../../../functions/embeddings/open-embedder.ts';
import { quickGuarding } from './guarding.ts';

const open = (settings: EmbeddingSettings) => createEmbedder(settings, quickGuarding());

describe('the embedder that the environment asks for', () => {
  test.each<[EmbeddingSettings, { model: string; dimension?: number; isOffline: boolean }]>([
    [{}, { model: 'local-1', isOffline: true }],
    [
      { provider: 'local', model: 'local-1' },
      { model: 'local-1', isOffline: true },
    ],
    [{ provider: 'bedrock' }, { model: 'amazon.titan-embed-text-v2:0', dimension: 1024, isOffline: false }],
    [
      { provider: 'bedrock', dimension: '256' },
      { model: 'amazon.titan-embed-text-v2:0', dimension: 256, isOffline: false },
    ],
    [
      { provider: 'bedrock', model: 'eu.cohere.embed-v4:0' },
      { model: 'cohere.embed-v4:0', dimension: 1536, isOffline: false },
    ],
    [
      { provider: 'openai', model: 'text-embedding-3-small', dimension: '512', apiKey: 'k' },
      { model: 'text-embedding-3-small', dimension: 512, isOffline: false },
    ],
    [
      { provider: 'openai', model: 'nomic-embed-text', dimension: '768', url: 'http://localhost:11434/v1' },
      { model: 'nomic-embed-text', dimension: 768, isOffline: false },
    ],
  ])('%j', async (settings, expected) => {
    expect(await open(settings)).toMatchObject(expected);
  });

  test.each<[EmbeddingSettings, RegExp]>([
    [{ provider: 'ollama' }, /^EMBEDDING_PROVIDER is "ollama"/],
    [{ provider: 'local', model: 'text-embedding-3-small' }, /^EMBEDDING_MODEL .* EMBEDDING_PROVIDER is local/],
    [{ dimension: '512' }, /^EMBEDDING_DIMENSION is 512/],
    [{ url: 'http://localhost:11434/v1' }, /^EMBEDDING_URL/],
    [{ provider: 'openai', apiKey: 'k' }, /^EMBEDDING_MODEL is not set/],
    [{ provider: 'openai', model: 'm' }, /EMBEDDING_API_KEY nor EMBEDDING_SECRET_ARN is set/],
    [{ provider: 'openai', model: 'm', apiKey: 'k', secretArn: 'arn' }, /^EMBEDDING_API_KEY and EMBEDDING_SECRET_ARN are both set/],
    [{ provider: 'openai', model: 'm', url: 'localhost:11434' }, /^EMBEDDING_URL is "localhost:11434"/],
    [{ provider: 'openai', model: 'm', apiKey: 'k', dimension: '0' }, /^EMBEDDING_DIMENSION is "0"/],
    [{ provider: 'bedrock', model: 'anthropic.claude' }, /^EMBEDDING_MODEL is "anthropic.claude"/],
    [{ provider: 'bedrock', dimension: '300' }, /^EMBEDDING_DIMENSION is 300; .* 1024, 512, 256/],
    [{ provider: 'bedrock', apiKey: 'k' }, /^EMBEDDING_API_KEY/],
  ])('%j cannot work, and the variable is named', async (settings, says) => {
    await expect(open(settings)).rejects.toThrow(says);
  });
});
