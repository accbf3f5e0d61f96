import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { QdrantClient } from '@qdrant/js-client-rest';
import type { Embedder } from '../functions/embeddings/embedder.ts';
import { keywordQuery } from '../functions/embeddings/keyword-vector.ts';
import { openEmbedder } from '../functions/embeddings/open-embedder.ts';
import { keywordsVector } from '../functions/embeddings/point.ts';
import { searchIndex } from '../functions/embeddings/search-index.ts';
import type { SearchMode } from '../functions/embeddings/search-index.ts';
import { NoData } from './support/bench.ts';
import type { Bench } from './support/bench.ts';
import type { BenchRun } from './support/bench-run.ts';
import { quantile } from './support/figures.ts';
import { makeUpRetrievalSet, qualityOf, readRetrievalSet } from './support/memory/retrieval.ts';
import type { Quality, RetrievalQuery, RetrievalSet } from './support/memory/retrieval.ts';
import { openRetrievalApp } from './support/memory/retrieval-app.ts';
import type { RetrievalApp } from './support/memory/retrieval-app.ts';
import { theWorkspace } from './support/seeding.ts';

/** `documents` is the number of generated documents, used when no folder is given. */
const full = { data: '', documents: 0 };
const smoke = { data: '', documents: 12 };
const modes: readonly SearchMode[] = ['keyword', 'vector', 'hybrid'];
/** Depth of each ranking, as in the published figures. */
const depth = 1_000;
const shown = 20;

/**
 * Retrieval quality of memory. The documents of a judged set are posted, each as one epoch, and the workers of memory cut, embed and
 * index them. The queries go through the search in each mode. `--data` is the folder of the set. Uses the local runner's Qdrant or
 * `QDRANT_URL`, and the embedder of the environment.
 */
export const bench: Bench<typeof full> = {
  full,
  smoke,
  async run(sizes, run) {
    const set = setOf(sizes);
    const log = { warn: (...line: unknown[]) => console.error(...line) };
    const embedder = await openEmbedder({ log, metrics: { count: () => undefined } });
    const url = process.env['QDRANT_URL'] ?? (await run.qdrant());
    const app = await openRetrievalApp(await run.database('retrieval'), embedder, url);
    run.atEnd(() => app.stop());
    const startedAt = performance.now();
    await run.until('all documents to be indexed', app.ingest(set.documents));
    const seconds = (performance.now() - startedAt) / 1_000;
    run.report({ figure: `documents a second, ${embedder.model}`, value: set.documents.length / seconds, unit: '1/s' });
    await reportQuality(run, app, set, embedder.isOffline);
    await reportTimes(run, app, set.queries, { embedder, url });
  },
};

function setOf({ data, documents }: typeof full): RetrievalSet {
  if (data === '' && documents > 0) return makeUpRetrievalSet(documents);
  const besideTheCheckout = `${import.meta.dirname}/../../shared/data/retrieval/cacm`;
  if (data === '' && !existsSync(besideTheCheckout))
    throw new NoData('There is no judged set beside the checkout: give its folder with --data');
  return readRetrievalSet(resolve(data === '' ? besideTheCheckout : data));
}

interface Answers {
  readonly rankings: Map<string, string[]>;
  readonly milliseconds: number[];
}

async function searchAll(
  run: BenchRun,
  app: RetrievalApp,
  queries: readonly RetrievalQuery[],
  mode: SearchMode,
  limit: number,
): Promise<Answers> {
  const rankings = new Map<string, string[]>();
  const milliseconds: number[] = [];
  for (const { id, text } of queries) {
    const startedAt = performance.now();
    rankings.set(id, await run.until(`the answer to query ${id}, ${mode}`, app.search(text, mode, limit)));
    milliseconds.push(performance.now() - startedAt);
  }
  return { rankings, milliseconds };
}

async function reportQuality(run: BenchRun, app: RetrievalApp, set: RetrievalSet, isOffline: boolean): Promise<void> {
  const quality = new Map<SearchMode, Quality>();
  for (const mode of modes) {
    const ofMode = qualityOf(set, (await searchAll(run, app, set.queries, mode, depth)).rankings);
    quality.set(mode, ofMode);
    const better = Math.max(quality.get('keyword')?.map ?? 0, quality.get('vector')?.map ?? 0);
    const bound = mode === 'hybrid' ? { peer: better, atLeast: 1 } : {};
    const beside = mode === 'hybrid' ? ', beside the better of its halves' : '';
    run.report({ figure: `MAP, ${mode}${beside}`, value: ofMode.map, unit: '', ...bound });
    run.report({ figure: `nDCG@10, ${mode}`, value: ofMode.ndcg10, unit: '' });
    run.report({ figure: `recall@100, ${mode}`, value: ofMode.recall100, unit: '' });
  }
  // The bound applies to CACM only, the set with a published figure for BM25, .312.
  if (set.documents[0]?.id.startsWith('CACM') === true && isOffline)
    run.report({ figure: 'MAP, hybrid and offline, on CACM', value: quality.get('hybrid')?.map ?? 0, unit: '', atLeast: 0.33 });
}

async function reportTimes(
  run: BenchRun,
  app: RetrievalApp,
  queries: readonly RetrievalQuery[],
  index: { embedder: Embedder; url: string },
): Promise<void> {
  const bare = await searchBare(app, queries, index.url);
  const layer = await searchLayer(app, queries, index.embedder);
  const peer = quantile(bare, 0.5);
  run.report({ figure: `query for ${shown} of the index, keyword, p50`, value: quantile(layer, 0.5), unit: 'ms', peer, atMost: 1.5 });
  const series: Record<string, number[]> = { 'the index, keyword': layer, 'the index without our layer': bare };
  for (const mode of modes) {
    const { milliseconds } = await searchAll(run, app, queries, mode, shown);
    series[`a member, ${mode}`] = milliseconds;
    const figure = `answer of ${shown} to a member, ${mode}`;
    run.report({ figure: `${figure}, p50`, value: quantile(milliseconds, 0.5), unit: 'ms' });
    run.report({ figure: `${figure}, p99`, value: quantile(milliseconds, 0.99), unit: 'ms' });
  }
  run.distribution({ distribution: `answer of ${shown}`, unit: 'ms', series });
}

/** Queries the index directly, without access rules and without resolving positions. */
async function searchLayer({ index }: RetrievalApp, queries: readonly RetrievalQuery[], embedder: Embedder): Promise<number[]> {
  const scope = { workspaceId: theWorkspace, readable: { publicToo: true, streamIds: [] } } as const;
  const milliseconds: number[] = [];
  for (const { text } of queries) {
    const startedAt = performance.now();
    await searchIndex(index, embedder, { scope, mode: 'keyword', text, limit: shown });
    milliseconds.push(performance.now() - startedAt);
  }
  return milliseconds;
}

/** Sends the query of the words mode with Qdrant's client alone. */
async function searchBare({ index }: RetrievalApp, queries: readonly RetrievalQuery[], url: string): Promise<number[]> {
  const client = new QdrantClient({ url, port: null, checkCompatibility: false });
  const milliseconds: number[] = [];
  for (const { text } of queries) {
    const query = {
      query: { ...keywordQuery(text) },
      using: keywordsVector,
      filter: { must: [{ key: 'workspace_id', match: { value: theWorkspace } }] },
    };
    const startedAt = performance.now();
    await client.query(index.collection, { ...query, limit: shown, with_payload: true });
    milliseconds.push(performance.now() - startedAt);
  }
  return milliseconds;
}
