import { setImmediate as nextTurn } from 'node:timers/promises';
import { recordOf, recordsOf } from './answers.ts';
import type { Collection } from './collection.ts';
import type { Collections } from './collections.ts';
import { prepareVector } from './dense-vectors.ts';
import { invalid, notFound, noVector, wrongInput } from './errors.ts';
import { compareIds, type Payload, type Point, type PointId, type SparseVector } from './point.ts';
import { placeIn } from './posting.ts';
import { checkSize, search } from './query.ts';
import type { Filter, PointBody, QueryBody, WithPayload, WithVector } from './requests.ts';

/** Upserts points: all of them, or none when one is invalid. */
export function upsertPoints(collections: Collections, name: string, bodies: readonly PointBody[]): number {
  const collection = collections.get(name);
  const version = collection.operations + 1;
  const points = bodies.map((body, at) => pointOf(collection, body, at, version));
  return collections.change(name, { kind: 'upsert', points });
}

function pointOf(collection: Collection, { id, vector, payload }: PointBody, at: number, version: number): Point {
  const given = Array.isArray(vector) ? { '': vector } : vector;
  const dense = new Map<string, Float32Array>();
  const sparse = new Map<string, SparseVector>();
  for (const [name, values] of Object.entries(given)) {
    const vectors = collection.dense.get(name);
    if (vectors === undefined && !collection.sparse.has(name)) throw noVector(name);
    if ((vectors === undefined) === Array.isArray(values)) throw wrongInput('Wrong usage of sparse vectors');
    if (Array.isArray(values)) {
      checkSize(vectors?.size ?? 0, values.length);
      dense.set(name, prepareVector(values, vectors?.distance ?? 'Dot'));
    } else sparse.set(name, checkSparse(values, `points[${at}].vector.${name}`));
  }
  return { id, payload: payload ?? {}, dense, sparse, version };
}

/** Sorts a sparse vector. Throws when indices repeat or lack a value. */
function checkSparse({ indices, values }: SparseVector, where: string): SparseVector {
  if (indices.length !== values.length) throw invalid(`${where}.values: must be the same length as indices`);
  if (new Set(indices).size !== indices.length) throw invalid(`${where}.indices: must be unique`);
  const order = [...indices.keys()].sort((a, b) => (indices[a] as number) - (indices[b] as number));
  return { indices: order.map((at) => indices[at] as number), values: order.map((at) => values[at] as number) };
}

/** Points of one turn of a large change. */
const idsPerTurn = 200;

interface Chosen {
  readonly points?: readonly PointId[] | null;
  readonly filter?: Filter | null;
}

/** Deletes points, many of them in several turns, so that other requests run in between. */
export async function deletePoints(collections: Collections, name: string, chosen: Chosen): Promise<number> {
  const ids = idsOf(collections.get(name), chosen);
  let number = collections.get(name).operations;
  for (let start = 0; start < ids.length; start += idsPerTurn) {
    if (start > 0) await nextTurn();
    number = collections.change(name, { kind: 'delete', ids: ids.slice(start, start + idsPerTurn) });
  }
  return number;
}

/** Sets fields of payloads and keeps their other fields. Throws for missing ids after the existing ones are done. */
export async function setPayload(collections: Collections, name: string, payload: Payload, chosen: Chosen): Promise<number> {
  const collection = collections.get(name);
  const ids = idsOf(collection, chosen);
  const missing = ids.find((id) => collection.slotOf(id) === undefined);
  let number = collection.operations;
  for (let start = 0; start < ids.length; start += idsPerTurn) {
    if (start > 0) await nextTurn();
    const some = ids.slice(start, start + idsPerTurn);
    number = collections.change(name, { kind: 'payload', ids: some, payload, version: number + 1 });
  }
  if (missing !== undefined) throw notFound(`No point with id ${missing} found`);
  return number;
}

function idsOf(collection: Collection, { points, filter }: Chosen): readonly PointId[] {
  return points ?? matching(collection, filter);
}

/** Ids of all points that match a filter, unordered. */
function matching(collection: Collection, filter: Filter | null | undefined): PointId[] {
  const selection = collection.select(filter);
  const ids: PointId[] = [];
  for (const slot of collection.slotsOf(selection)) if (selection.matches(slot)) ids.push(collection.idOf(slot) as PointId);
  return ids;
}

export const countPoints = (collection: Collection, filter: Filter | null | undefined): number =>
  filter ? matching(collection, filter).length : collection.count;

interface Scroll {
  readonly filter?: Filter | null;
  readonly limit?: number | null;
  readonly offset?: PointId | null;
  readonly with_payload?: WithPayload;
  readonly with_vector?: WithVector;
}

/** Page of points by id, and the id at which the next page begins. */
export function scrollPoints(collection: Collection, { filter, limit, offset, with_payload = true, with_vector }: Scroll) {
  const { ids, matches } = inOrder(collection, filter);
  const wanted = (limit ?? 10) + 1;
  const found: PointId[] = [];
  const from = offset ?? undefined;
  for (
    let at = from === undefined ? 0 : placeIn(ids.length, (other) => compareIds(ids[other] as PointId, from) < 0);
    at < ids.length;
    at++
  ) {
    const id = ids[at] as PointId;
    if (!matches(collection.slotOf(id) as number)) continue;
    if (found.push(id) === wanted) break;
  }
  const next = found.length === wanted ? found.pop() : undefined;
  return { points: recordsOf(collection, found, { with_payload, with_vector }), next_page_offset: next ?? null };
}

/** Candidate ids in order: all points, or the few that an index gives. */
function inOrder(collection: Collection, filter: Filter | null | undefined) {
  const { slots, matches } = collection.select(filter);
  if (slots === undefined) return { ids: collection.ids, matches };
  const ids = Array.from(slots, (slot) => collection.idOf(slot)).filter((id) => id !== undefined);
  return { ids: ids.sort(compareIds), matches };
}

/** Points that a query finds, with their scores. */
export async function queryPoints(collection: Collection, request: QueryBody) {
  checkQueries(request);
  const hits = await search(collection, request, request.offset ?? 0);
  const points = hits.flatMap(({ id, score }) => {
    // A point may have been deleted during a long search.
    const point = collection.point(id);
    if (point === undefined) return [];
    const { id: _, ...rest } = recordOf(collection, point, request);
    return [{ id, version: point.version, score, ...rest }];
  });
  return { points };
}

function checkQueries({ query, prefetch }: Pick<QueryBody, 'query' | 'prefetch'>): void {
  if (typeof query === 'object' && query && 'indices' in query) checkSparse(query, 'query');
  for (const inner of prefetch ?? []) checkQueries(inner as QueryBody);
}
