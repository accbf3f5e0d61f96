import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { QdrantClient } from '@qdrant/js-client-rest';
import { keywordQuery } from '../functions/embeddings/keyword-vector.ts';
import { openEmbedder } from '../functions/embeddings/open-embedder.ts';
import { keywordsVector } from '../functions/embeddings/point.ts';
import { searchIndex } from '../functions/embeddings/search-index.ts';
import type { SearchMode } from '../functions/embeddings/search-index.ts';
import { startQdrant } from '../local/qdrant/qdrant.ts';
import { printFigure, quantile } from './support/figures.ts';
import { qualityOf, readRetrievalSet } from './support/retrieval.ts';
import type { Quality } from './support/retrieval.ts';
import { openRetrievalApp } from './support/retrieval-app.ts';
import { theWorkspace } from './support/seeding.ts';

/**
 * How well memory finds: the documents of a judged set are posted, each as an epoch of its own, cut, embedded and indexed by the workers of
 * memory; its queries go through the search of memory in each of its modes. `--data` is the folder of the set. Runs against the local runner's Qdrant, or the one that `QDRANT_URL`
 * names, with the embedder that the environment asks for.
 */
const bench = 'search';
const { values: options } = parseArgs({ options: { data: { type: 'string' } } });
const set = readRetrievalSet(resolve(options.data ?? `${import.meta.dirname}/../../shared/data/retrieval/cacm`));
const modes: readonly SearchMode[] = ['keyword', 'vector', 'hybrid'];
/** As deep as the published figures look. */
const depth = 1_000;

const log = { warn: (...line: unknown[]) => console.error(...line) };
const embedder = await openEmbedder({ log, metrics: { count: () => undefined } });
const server = process.env['QDRANT_URL'] === undefined ? await startQdrant({ log: (_, ...line) => console.error(...line) }) : undefined;
const url = server?.url ?? process.env['QDRANT_URL'] ?? '';
const app = await openRetrievalApp(embedder, url);
const { index } = app;

async function searchAll(mode: SearchMode, limit: number): Promise<{ rankings: Map<string, string[]>; milliseconds: number[] }> {
  const rankings = new Map<string, string[]>();
  const milliseconds: number[] = [];
  for (const { id, text } of set.queries) {
    const startedAt = performance.now();
    rankings.set(id, await app.search(text, mode, limit));
    milliseconds.push(performance.now() - startedAt);
  }
  return { rankings, milliseconds };
}

/** The search of the index, without who may see what and without what stands where. */
async function searchLayer(limit: number): Promise<number[]> {
  const scope = { workspaceId: theWorkspace, readable: { publicToo: true, streamIds: [] } } as const;
  const milliseconds: number[] = [];
  for (const { text } of set.queries) {
    const startedAt = performance.now();
    await searchIndex(index, embedder, { scope, mode: 'keyword', text, limit });
    milliseconds.push(performance.now() - startedAt);
  }
  return milliseconds;
}

/** The query that the words mode makes, sent by the client itself. */
async function searchBare(limit: number): Promise<number[]> {
  const client = new QdrantClient({ url, port: null, checkCompatibility: false });
  const milliseconds: number[] = [];
  for (const { text } of set.queries) {
    const query = {
      query: { ...keywordQuery(text) },
      using: keywordsVector,
      filter: { must: [{ key: 'workspace_id', match: { value: theWorkspace } }] },
    };
    const startedAt = performance.now();
    await client.query(index.collection, { ...query, limit, with_payload: true });
    milliseconds.push(performance.now() - startedAt);
  }
  return milliseconds;
}

const startedAt = performance.now();
await app.ingest(set.documents);
const seconds = (performance.now() - startedAt) / 1_000;
printFigure({ bench, figure: `documents a second, ${embedder.model}`, value: set.documents.length / seconds, unit: '1/s' });

const quality = new Map<SearchMode, Quality>();
for (const mode of modes) {
  const ofMode = qualityOf(set, (await searchAll(mode, depth)).rankings);
  quality.set(mode, ofMode);
  const better = Math.max(quality.get('keyword')?.map ?? 0, quality.get('vector')?.map ?? 0);
  const bound = mode === 'hybrid' ? { peer: better, atLeast: 1 } : {};
  printFigure({
    bench,
    figure: `MAP, ${mode}${mode === 'hybrid' ? ', beside the better of its halves' : ''}`,
    value: ofMode.map,
    unit: '',
    ...bound,
  });
  printFigure({ bench, figure: `nDCG@10, ${mode}`, value: ofMode.ndcg10, unit: '' });
  printFigure({ bench, figure: `recall@100, ${mode}`, value: ofMode.recall100, unit: '' });
}
const ofHybrid = quality.get('hybrid')?.map ?? 0;
// What is asked of the set that is published with a figure for BM25, .312.
const isCacm = set.documents[0]?.id.startsWith('CACM') === true;
if (isCacm && embedder.isOffline)
  printFigure({ bench, figure: 'MAP, hybrid and offline, on CACM', value: ofHybrid, unit: '', atLeast: 0.33 });

const shown = 20;
const bare = quantile(await searchBare(shown), 0.5);
const layer = quantile(await searchLayer(shown), 0.5);
printFigure({ bench, figure: `query for ${shown} of the index, keyword, p50`, value: layer, unit: 'ms', peer: bare, atMost: 1.5 });
for (const mode of modes) {
  const { milliseconds } = await searchAll(mode, shown);
  const figure = `answer of ${shown} to a member, ${mode}`;
  printFigure({ bench, figure: `${figure}, p50`, value: quantile(milliseconds, 0.5), unit: 'ms' });
  printFigure({ bench, figure: `${figure}, p99`, value: quantile(milliseconds, 0.99), unit: 'ms' });
}
await app.stop();
await server?.stop();
process.exit(0);
