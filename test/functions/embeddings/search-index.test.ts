import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EmbeddingFailed } from '../../../functions/embeddings/embedder.ts';
import type { Embedder } from '../../../functions/embeddings/embedder.ts';
import { localEmbedder } from '../../../functions/embeddings/local-embedder.ts';
import type { Scope } from '../../../functions/embeddings/scope.ts';
import { searchIndex } from '../../../functions/embeddings/search-index.ts';
import type { SearchMode } from '../../../functions/embeddings/search-index.ts';
import type { VectorIndex } from '../../../functions/embeddings/vector-index.ts';
import { startTestQdrant } from '../../support/qdrant.ts';
import type { TestQdrant } from '../../support/qdrant.ts';
import { aPoint, inWorkspace } from './a-point.ts';

let qdrant: TestQdrant;
let index: VectorIndex;
beforeAll(async () => {
  qdrant = await startTestQdrant();
  index = qdrant.openIndex();
  const texts: Record<string, string> = {
    ep_deploy: 'The deploy failed on Friday because the migration held a lock',
    ep_migration: 'The migration held its lock for an hour, we need a timeout',
    ep_rollback: 'Rollback of the deploy: the migration lock again',
    ep_lunch: 'Where shall we have lunch on Friday? The ramen place',
    ep_hiring: 'Two candidates for the design role come on Monday',
    ep_invoice: 'The invoice of the hosting company is higher than last month',
    ep_japanese: '金曜日のデプロイが失敗しました',
  };
  await index.upsert(await Promise.all(Object.entries(texts).map(([id, text]) => aPoint(id, text))));
  // Rarity needs many other texts.
  const others = Array.from({ length: 60 }, (_, i) => aPoint(`ep_other${i}`, `Notes about subject${i} and topic${i * 7} of team${i % 5}`));
  await index.upsert(await Promise.all(others));
  const secret = { streamId: 'str_secret', visibility: 'private' } as const;
  await index.upsert([
    await aPoint('ep_secret', 'The deploy failed on Friday: the migration and the layoffs', secret),
    await aPoint('ep_foreign', 'The deploy failed on Friday', { workspaceId: 'ws_two' }),
  ]);
});
afterAll(() => qdrant.stop());

const member: Scope = { workspaceId: inWorkspace, readable: { publicToo: true, streamIds: [] } };
const search = (text: string, mode: SearchMode, { scope = member, embedder = localEmbedder, limit = 5 } = {}) =>
  searchIndex(index, embedder, { scope, mode, text, limit });
const idsOf = async (...args: Parameters<typeof search>): Promise<string[]> => (await search(...args)).hits.map(({ id }) => id);

describe('search', () => {
  test.each<SearchMode>(['keyword', 'vector', 'hybrid'])('a few words bring what they are about first, by %s', async (mode) => {
    expect((await idsOf('deploy failed friday', mode))[0]).toBe('ep_deploy');
    expect((await idsOf('lunch friday', mode))[0]).toBe('ep_lunch');
    expect((await idsOf('デプロイ', mode))[0]).toBe('ep_japanese');
  });

  test('hybrid finds what shares no word with the query, by the words of what was found', async () => {
    const words = await idsOf('failed deploy', 'keyword');
    const hybrid = await idsOf('failed deploy', 'hybrid');
    expect(words).not.toContain('ep_migration');
    expect(hybrid.indexOf('ep_migration')).toBeGreaterThan(0);
    expect(hybrid.indexOf('ep_migration')).toBeLessThan(4);
  });

  test.each<SearchMode>(['keyword', 'vector', 'hybrid'])('finds only what may be read, by %s', async (mode) => {
    const all = await idsOf('deploy failed layoffs', mode, { limit: 50 });
    expect(all).not.toContain('ep_secret');
    expect(all).not.toContain('ep_foreign');
    const insider = { ...member, readable: { publicToo: true, streamIds: ['str_secret'] } };
    expect((await idsOf('deploy failed layoffs', mode, { scope: insider }))[0]).toBe('ep_secret');
    const nobody = { ...member, readable: { publicToo: false, streamIds: [] } };
    expect(await idsOf('deploy', mode, { scope: nobody })).toEqual([]);
  });

  test.each<SearchMode>(['keyword', 'vector', 'hybrid'])('brings no more than asked for, best first, each once, by %s', async (mode) => {
    const { hits } = await search('deploy migration friday', mode, { limit: 3 });
    expect(hits.length).toBeLessThanOrEqual(3);
    expect(new Set(hits.map(({ id }) => id)).size).toBe(hits.length);
    expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).toSorted((a, b) => b - a));
  });

  test.each<SearchMode>(['keyword', 'vector', 'hybrid'])('takes any text as words to look for, by %s', async (mode) => {
    for (const text of ['', '👍', 'the', '"; drop table epochs', '{"must":[]}', 'x'.repeat(20_000), '\u0000'])
      expect((await search(text, mode)).isDegraded).toBe(false);
  });

  test('in a workspace without anything there is nothing', async () => {
    expect(await idsOf('deploy', 'hybrid', { scope: { ...member, workspaceId: 'ws_none' } })).toEqual([]);
  });
});

describe('search without embeddings', () => {
  const embedder: Embedder = {
    ...localEmbedder,
    isOffline: false,
    embed: () => Promise.reject(new EmbeddingFailed('unavailable', 'down')),
  };

  test.each<SearchMode>(['vector', 'hybrid'])('goes on by words and says so, by %s', async (mode) => {
    const { hits, isDegraded } = await search('deploy failed', mode, { embedder });
    expect(isDegraded).toBe(true);
    expect(hits[0]?.id).toBe('ep_deploy');
  });

  test('asks nobody for vectors when words are wanted', async () => {
    expect((await search('deploy failed', 'keyword', { embedder })).isDegraded).toBe(false);
  });
});

describe('search with a model that knows meanings', () => {
  /** An embedder that relates "outage" to failures and nothing else. */
  const embedder: Embedder = {
    ...localEmbedder,
    isOffline: false,
    embed: (texts, purpose) =>
      localEmbedder.embed(
        texts.map((text) => text.replace('outage', 'deploy failed')),
        purpose,
      ),
  };

  test('brings what shares no word, and is not drowned by a word in common', async () => {
    expect(await idsOf('friday outage', 'keyword')).toContain('ep_lunch');
    expect((await idsOf('friday outage', 'hybrid', { embedder }))[0]).toBe('ep_deploy');
    expect((await idsOf('outage', 'hybrid', { embedder }))[0]).toMatch(/ep_deploy|ep_rollback/);
  });
});
