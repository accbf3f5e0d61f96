import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Collection } from './collection.ts';
import { prepareVector } from './dense-vectors.ts';
import { notFound, noVector, wrongInput } from './errors.ts';
import { Best, fuseDistributions, fuseRanks, type Hit } from './fusion.ts';
import type { PointId, SparseVector } from './point.ts';
import type { Filter, Query, Search } from './requests.ts';
import type { Selection } from './sparse-vectors.ts';

/** Multiplications and points between two yields to the event loop: about ten milliseconds. */
const turnMultiplications = 8_000_000;
const turnPoints = 10_000;
const usualLimit = 10;

/** Runs a query with its prefetches. Returns the best first, without the first `offset`. */
export async function search(collection: Collection, request: Search, offset = 0): Promise<readonly Hit[]> {
  const wanted = (request.limit ?? usualLimit) + offset;
  const hits = await find(collection, request, wanted);
  const threshold = request.score_threshold ?? -Infinity;
  // As in Qdrant: fused scores may equal the threshold, vector scores must exceed it.
  const isFused = request.query !== undefined && request.query !== null && isFusion(request.query);
  const good = hits.filter(({ score }) => (isFused ? score >= threshold : score > threshold));
  return good.slice(offset, wanted);
}

async function find(collection: Collection, request: Search, wanted: number): Promise<readonly Hit[]> {
  const { prefetch, query, filter } = request;
  if (!prefetch || prefetch.length === 0) {
    if (query === undefined || query === null) return scrollAsHits(collection, filter, wanted);
    if (isFusion(query)) throw wrongInput('Validation failed: cannot apply Fusion without prefetches');
    return nearest(collection, request, query, collection.select(filter), wanted);
  }
  if (query === undefined || query === null) throw wrongInput('Validation failed: cannot have prefetches without a query');
  const lists: (readonly Hit[])[] = [];
  // The filter of a query applies to its prefetches too.
  for (const inner of prefetch) lists.push(await search(collection, { ...inner, filter: both(filter, inner.filter) }));
  if (isFusion(query)) return fuse(lists, query).slice(0, wanted);
  const ids = [...new Set(lists.flat().map(({ id }) => id))];
  return nearest(collection, request, query, collection.select(both(filter, { must: [{ has_id: ids }] })), wanted);
}

type Fusion = Extract<Query, { readonly fusion: unknown } | { readonly rrf: unknown }>;
const isFusion = (query: Query): query is Fusion => typeof query === 'object' && ('fusion' in query || 'rrf' in query);

function fuse(lists: readonly (readonly Hit[])[], query: Fusion): Hit[] {
  if ('fusion' in query) return query.fusion === 'rrf' ? fuseRanks(lists) : fuseDistributions(lists);
  const weights = query.rrf.weights;
  if (weights && weights.length !== lists.length)
    throw wrongInput(
      `Validation failed: Number of weights in RRF should match number of pre-fetches: got ${weights.length}, expected ${lists.length}`,
    );
  return fuseRanks(lists, query.rrf);
}

const both = (a: Filter | null | undefined, b: Filter | null | undefined): Filter | undefined =>
  a && b ? { must: [a, b] } : (a ?? b ?? undefined);

function scrollAsHits(collection: Collection, filter: Filter | null | undefined, wanted: number): Hit[] {
  const { matches } = collection.select(filter);
  const hits: Hit[] = [];
  for (const id of collection.ids) {
    if (hits.length >= wanted) break;
    if (matches(collection.slotOf(id) as number)) hits.push({ id, score: 1 });
  }
  return hits;
}

/** Points nearest to a vector, to a point, or to the mean of examples. */
async function nearest(
  collection: Collection,
  request: Search,
  query: Exclude<Query, Fusion>,
  selection: Selection,
  wanted: number,
): Promise<readonly Hit[]> {
  const name = request.using ?? '';
  const { vector, examples } = target(collection, query, name);
  // The queried points are not part of the answer.
  const others: Selection = examples.length === 0 ? selection : { ...selection, matches: (slot) => !isOf(slot) && selection.matches(slot) };
  const isOf = (slot: number): boolean => examples.includes(collection.idOf(slot) as PointId);
  if (Array.isArray(vector)) return nearestDense(collection, name, vector as number[], others, wanted);
  return nearestSparse(collection, request, name, vector as SparseVector, others, wanted);
}

interface Target {
  readonly vector: readonly number[] | SparseVector;
  /** Points whose vectors were used. */
  readonly examples: readonly PointId[];
}

function target(collection: Collection, query: Exclude<Query, Fusion>, name: string): Target {
  if (typeof query !== 'object') return { vector: vectorOf(collection, query, name), examples: [query] };
  if ('nearest' in query) return target(collection, query.nearest, name);
  if (!('recommend' in query)) return { vector: query, examples: [] };
  const sides = [query.recommend.positive ?? [], query.recommend.negative ?? []].map((inputs) =>
    inputs.map((one) => target(collection, one, name)),
  );
  const [positive = [], negative = []] = sides;
  if (positive.length === 0) throw wrongInput('At least one positive vector ID required');
  const mean = meanOf(positive);
  const away = negative.length === 0 ? mean : meanOf(negative);
  return {
    vector: mean.map((value, at) => 2 * value - (away[at] as number)),
    examples: sides.flat().flatMap(({ examples }) => examples),
  };
}

function meanOf(targets: readonly Target[]): number[] {
  const vectors = targets.map(({ vector }) => vector);
  if (!vectors.every((vector): vector is readonly number[] => Array.isArray(vector)))
    throw wrongInput('Recommendations are of dense vectors here');
  return (vectors[0] ?? []).map((_, at) => vectors.reduce((sum, vector) => sum + (vector[at] ?? 0), 0) / vectors.length);
}

function vectorOf(collection: Collection, id: PointId, name: string): readonly number[] | SparseVector {
  const slot = collection.slotOf(id);
  if (slot === undefined) throw notFound(`No point with id ${id} found`);
  const dense = collection.dense.get(name);
  const sparse = collection.sparse.get(name);
  if (dense === undefined && sparse === undefined) throw noVector(name);
  const vector = dense?.get(slot) ?? sparse?.get(slot);
  if (vector === undefined) throw notFound(`Point ${id} does not have vector named ${name}`);
  return vector instanceof Float32Array ? Array.from(vector) : vector;
}

async function nearestDense(
  collection: Collection,
  name: string,
  values: readonly number[],
  selection: Selection,
  wanted: number,
): Promise<readonly Hit[]> {
  const vectors = collection.dense.get(name);
  if (vectors === undefined) throw collection.sparse.has(name) ? wrongSparse() : noVector(name);
  checkSize(vectors.size, values.length);
  const query = prepareVector(values, vectors.distance);
  const best = new Best(wanted);
  const turn = Math.min(turnPoints, Math.ceil(turnMultiplications / vectors.size));
  let looked = 0;
  for (const slot of collection.slotsOf(selection)) {
    if (++looked % turn === 0) await nextTurn();
    if (!vectors.has(slot) || !selection.matches(slot)) continue;
    const score = Math.fround(vectors.score(slot, query));
    if (score >= best.floor) best.offer({ id: collection.idOf(slot) as PointId, score });
  }
  return best.hits;
}

function nearestSparse(
  collection: Collection,
  { params }: Search,
  name: string,
  query: SparseVector,
  selection: Selection,
  wanted: number,
): readonly Hit[] {
  const vectors = collection.sparse.get(name);
  if (vectors === undefined) throw collection.dense.has(name) ? wrongSparse() : noVector(name);
  const corpus = typeof params?.idf === 'object' && params.idf ? collection.select(params.idf.corpus) : undefined;
  const scores = vectors.search(query, selection, corpus);
  const best = new Best(wanted);
  // A score of zero is no hit, as in Qdrant.
  for (const [slot, score] of scores) if (score !== 0) best.offer({ id: collection.idOf(slot) as PointId, score: Math.fround(score) });
  return best.hits;
}

const wrongSparse = () => wrongInput('Wrong usage of sparse vectors');

/** Throws for a vector of another size than the collection's. */
export function checkSize(expected: number, got: number): void {
  if (expected !== got) throw wrongInput(`Vector dimension error: expected dim: ${expected}, got ${got}`);
}
