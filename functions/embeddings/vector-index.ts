import { QdrantClient } from '@qdrant/js-client-rest';
import type { Schemas } from '@qdrant/js-client-rest';
import { collectionName, ensureCollection } from './collections.ts';
import { asIndexError, isMissing } from './index-errors.ts';
import type { KeywordVector } from './keyword-vector.ts';
import { denseVector, keywordsOf, keywordsVector, pointId, toHit, toNumbers, toPoint } from './point.ts';
import type { Hit, IndexPoint, Visibility } from './point.ts';
import { readsNothing, scopeFilter, whereFilter } from './scope.ts';
import type { PointSelection, Scope } from './scope.ts';

/** A query: near a vector, or by words. */
export interface IndexQuery {
  readonly by: { readonly dense: Float32Array } | { readonly keywords: KeywordVector };
  readonly limit: number;
  /** Restricts the query to these ids within the scope. */
  readonly among?: readonly string[];
  /** Includes the keyword vectors of the hits. */
  readonly withKeywords?: boolean;
}

/**
 * The index of one model. It can be rebuilt from the database, which holds everything. Writes are idempotent, and visible to the next
 * query. Throws `IndexUnavailable` for calls that may be retried, and creates a missing collection.
 */
export interface VectorIndex {
  readonly collection: string;
  readonly dimension: number;
  ensure(): Promise<void>;
  /** Replaces the points with the same ids. Safe to repeat as a whole after a failure. */
  upsert(points: readonly IndexPoint[]): Promise<void>;
  remove(workspaceId: string, ids: readonly string[]): Promise<void>;
  removeWhere(selection: PointSelection): Promise<void>;
  setVisibility(selection: PointSelection, visibility: Visibility): Promise<void>;
  count(selection: PointSelection): Promise<number>;
  /** Keyword vectors of a sample of a workspace's texts. */
  sample(workspaceId: string, limit: number): Promise<KeywordVector[]>;
  /** Runs several queries in one round trip. Answers keep their order, each best first. */
  query(scope: Scope, queries: readonly IndexQuery[]): Promise<Hit[][]>;
}

export interface IndexSettings {
  readonly url: string;
  readonly apiKey?: string;
  /** Separates stages that share a server. */
  readonly stage: string;
  readonly model: string;
  readonly dimension: number;
  readonly timeoutSeconds?: number;
}

const defaultTimeoutSeconds = 10;
/** Points per request: 100 vectors of 1,024 numbers are about 1 MB of JSON. */
const maxBatch = 100;

export function openVectorIndex(settings: IndexSettings): VectorIndex {
  const client = new QdrantClient({
    url: settings.url,
    // The port of the address or its scheme: the client's default is 6333.
    port: null,
    // Sent as a header: the client logs a warning about its own key option on an unencrypted network, which ours is inside the VPC.
    ...(settings.apiKey !== undefined && { headers: { 'api-key': settings.apiKey } }),
    timeout: (settings.timeoutSeconds ?? defaultTimeoutSeconds) * 1000,
    // The check would cost a round trip for a warning that nobody reads.
    checkCompatibility: false,
  });
  return createVectorIndex(client, collectionName(settings.stage, settings.model, settings.dimension), settings.dimension);
}

export function createVectorIndex(client: QdrantClient, collection: string, dimension: number): VectorIndex {
  const ensure = () => reach(() => ensureCollection(client, collection, dimension));
  /** Creates a missing collection and repeats the call once. */
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isMissing(error)) throw asIndexError(error);
    }
    await ensure();
    return reach(work);
  };
  return {
    collection,
    dimension,
    ensure,
    async upsert(points) {
      for (let start = 0; start < points.length; start += maxBatch) {
        const batch = points.slice(start, start + maxBatch).map(toPoint);
        await call(() => client.upsert(collection, { wait: true, points: batch }));
      }
    },
    async remove(workspaceId, ids) {
      if (ids.length === 0) return;
      await call(() => client.delete(collection, { wait: true, points: ids.map((id) => pointId(workspaceId, id)) }));
    },
    async removeWhere(where) {
      await call(() => client.delete(collection, { wait: true, filter: whereFilter(where) }));
    },
    async setVisibility(where, visibility) {
      await call(() => client.setPayload(collection, { wait: true, payload: { visibility }, filter: whereFilter(where) }));
    },
    async count(where) {
      const { count } = await call(() => client.count(collection, { exact: true, filter: whereFilter(where) }));
      return count;
    },
    async sample(workspaceId, limit) {
      // Ids are hashes, so their order is random.
      const scroll = { filter: whereFilter({ workspaceId }), limit, with_payload: false, with_vector: [keywordsVector] };
      const { points } = await call(() => client.scroll(collection, scroll));
      return points.flatMap(({ vector }) => keywordsOf(vector) ?? []);
    },
    async query(scope, queries) {
      const requests = queries.map((one) => (isEmpty(scope, one) ? undefined : toSearch(scope, one)));
      const searches = requests.filter((search) => search !== undefined);
      const answers = searches.length === 0 ? [] : await call(() => client.queryBatch(collection, { searches }));
      let next = 0;
      return requests.map((search) => (search ? (answers[next++]?.points.map(toHit) ?? []) : []));
    },
  };
}

async function reach<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asIndexError(error);
  }
}

/** A query without words has no hits, and the index would reject it. */
const isEmpty = (scope: Scope, { by, among }: IndexQuery): boolean =>
  readsNothing(scope) || among?.length === 0 || ('keywords' in by && by.keywords.indices.length === 0);

function toSearch(scope: Scope, { by, limit, among, withKeywords = false }: IndexQuery): Schemas['QueryRequest'] {
  return {
    ...('dense' in by ? { query: toNumbers(by.dense), using: denseVector } : { query: { ...by.keywords }, using: keywordsVector }),
    filter: scopeFilter(scope, among),
    limit,
    with_payload: true,
    with_vector: withKeywords ? [keywordsVector] : false,
  };
}
