import { QdrantClient } from '@qdrant/js-client-rest';
import type { Schemas } from '@qdrant/js-client-rest';
import { collectionName, ensureCollection } from './collections.ts';
import { asIndexError, isMissing } from './index-errors.ts';
import type { KeywordVector } from './keyword-vector.ts';
import { denseVector, keywordsOf, keywordsVector, pointId, toHit, toNumbers, toPoint } from './point.ts';
import type { Hit, IndexPoint, Visibility } from './point.ts';
import { readsNothing, scopeFilter, whereFilter } from './scope.ts';
import type { Scope, Where } from './scope.ts';

/** One way of asking: what is near to a vector, or what holds these words. */
export interface Question {
  readonly by: { readonly dense: Float32Array } | { readonly keywords: KeywordVector };
  readonly limit: number;
  /** Only these, of what the scope lets through. */
  readonly among?: readonly string[];
  /** Brings the keyword vectors of what is found. */
  readonly withKeywords?: boolean;
}

/**
 * The index over everything that memory holds, of one model. It can be made again from the database, and nothing is only here. What is
 * written twice is there once, and what is changed is found as it is now by who asks next. Throws `IndexUnavailable` when the same call
 * should be made later; a collection that is missing is made.
 */
export interface VectorIndex {
  readonly collection: string;
  readonly dimension: number;
  ensure(): Promise<void>;
  /** Takes the place of what is there under the same id. Safe to repeat as a whole when it throws. */
  upsert(points: readonly IndexPoint[]): Promise<void>;
  remove(workspaceId: string, ids: readonly string[]): Promise<void>;
  removeWhere(where: Where): Promise<void>;
  setVisibility(where: Where, visibility: Visibility): Promise<void>;
  count(where: Where): Promise<number>;
  /** The words of some texts of a workspace, whichever they are. */
  sample(workspaceId: string, limit: number): Promise<KeywordVector[]>;
  /** Asks several questions in one round trip; the answers stand in their order, each best first. */
  ask(scope: Scope, questions: readonly Question[]): Promise<Hit[][]>;
}

export interface IndexSettings {
  readonly url: string;
  readonly apiKey?: string;
  /** Keeps apart what shares a server. */
  readonly stage: string;
  readonly model: string;
  readonly dimension: number;
  readonly timeoutSeconds?: number;
}

const defaultTimeoutSeconds = 10;
/** What one request carries: 100 vectors of 1,024 numbers are about 1 MB as JSON. */
const maxBatch = 100;

export function openVectorIndex(settings: IndexSettings): VectorIndex {
  const client = new QdrantClient({
    url: settings.url,
    // The port that the address says, or that of its scheme: the client would take 6333.
    port: null,
    // As a header: of a key the client says to everybody's log that it goes over a network that is not encrypted, and inside of ours it does.
    ...(settings.apiKey !== undefined && { headers: { 'api-key': settings.apiKey } }),
    timeout: (settings.timeoutSeconds ?? defaultTimeoutSeconds) * 1000,
    // A round trip for a warning that nobody reads.
    checkCompatibility: false,
  });
  return createVectorIndex(client, collectionName(settings.stage, settings.model, settings.dimension), settings.dimension);
}

export function createVectorIndex(client: QdrantClient, collection: string, dimension: number): VectorIndex {
  const ensure = () => reach(() => ensureCollection(client, collection, dimension));
  /** A collection that somebody dropped is made again, and the call made once more. */
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
      // In the order of their ids, which are hashes: by chance.
      const scroll = { filter: whereFilter({ workspaceId }), limit, with_payload: false, with_vector: [keywordsVector] };
      const { points } = await call(() => client.scroll(collection, scroll));
      return points.flatMap(({ vector }) => keywordsOf(vector) ?? []);
    },
    async ask(scope, questions) {
      const asked = questions.map((question) => (isEmpty(scope, question) ? undefined : toSearch(scope, question)));
      const searches = asked.filter((search) => search !== undefined);
      const answers = searches.length === 0 ? [] : await call(() => client.queryBatch(collection, { searches }));
      let next = 0;
      return asked.map((search) => (search ? (answers[next++]?.points.map(toHit) ?? []) : []));
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

/** Without words nothing is found by words, and the index would refuse to look. */
const isEmpty = (scope: Scope, { by, among }: Question): boolean =>
  readsNothing(scope) || among?.length === 0 || ('keywords' in by && by.keywords.indices.length === 0);

function toSearch(scope: Scope, { by, limit, among, withKeywords = false }: Question): Schemas['QueryRequest'] {
  return {
    ...('dense' in by ? { query: toNumbers(by.dense), using: denseVector } : { query: { ...by.keywords }, using: keywordsVector }),
    filter: scopeFilter(scope, among),
    limit,
    with_payload: true,
    with_vector: withKeywords ? [keywordsVector] : false,
  };
}
